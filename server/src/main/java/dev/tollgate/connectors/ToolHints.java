package dev.tollgate.connectors;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Raw;
import dev.tollgate.upstreams.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What servers said of their tools when they last listed them. Thread-safe. */
final class ToolHints {

  private static final int MOST = 10_000;

  private final Cache<String, Map<String, Boolean>> listed =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(Duration.ofHours(1)).build();

  /** Takes note of a list, or of a page of one. */
  void note(Target target, Raw result) {
    Map<String, Boolean> tools = new HashMap<>();
    for (Raw tool : Elements.of(Members.orNone(result).get("tools"))) {
      Members members = Members.orNone(tool);
      String name = members.string("name");
      Raw hint = members.within("annotations").get("readOnlyHint");
      if (name != null) {
        tools.put(name, hint != null && hint.isTrue());
      }
    }
    listed
        .asMap()
        .merge(
            target.key(),
            tools,
            (before, now) -> {
              Map<String, Boolean> all = new HashMap<>(before);
              all.putAll(now);
              return all;
            });
  }

  /** Whether the server lists a tool. */
  boolean lists(Target target, String tool) {
    Map<String, Boolean> tools = listed.getIfPresent(target.key());
    return tools != null && tools.containsKey(tool);
  }

  /** Whether it says that a tool only reads; null: it says nothing, or was not asked yet. */
  @Nullable Boolean readOnly(Target target, String tool) {
    Map<String, Boolean> tools = listed.getIfPresent(target.key());
    Boolean hint = tools == null ? null : tools.get(tool);
    return Boolean.TRUE.equals(hint) ? hint : null;
  }
}
