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

  private final Cache<String, Map<String, Hint>> listed =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(Duration.ofHours(1)).build();

  /** What {@code readOnlyHint} says. */
  private enum Hint {
    READS,
    MAY_WRITE,
    NONE
  }

  /** Takes note of a list, or of a page of one. */
  void note(Target target, Raw result) {
    Map<String, Hint> tools = new HashMap<>();
    for (Raw tool : Elements.of(Members.orNone(result).get("tools"))) {
      Members members = Members.orNone(tool);
      String name = members.string("name");
      if (name != null) {
        tools.put(name, hint(members.within("annotations").get("readOnlyHint")));
      }
    }
    listed
        .asMap()
        .merge(
            target.key(),
            tools,
            (before, now) -> {
              Map<String, Hint> all = new HashMap<>(before);
              all.putAll(now);
              return all;
            });
  }

  private static Hint hint(@Nullable Raw said) {
    if (said == null) {
      return Hint.NONE;
    }
    return said.isTrue() ? Hint.READS : Hint.MAY_WRITE;
  }

  /** Whether the server lists a tool. */
  boolean lists(Target target, String tool) {
    return of(target, tool) != null;
  }

  /** Whether it says that a tool only reads; null: it says nothing, or was not asked yet. */
  @Nullable Boolean readOnly(Target target, String tool) {
    Hint hint = of(target, tool);
    if (hint == null || hint == Hint.NONE) {
      return null;
    }
    return hint == Hint.READS;
  }

  private @Nullable Hint of(Target target, String tool) {
    Map<String, Hint> tools = listed.getIfPresent(target.key());
    return tools == null ? null : tools.get(tool);
  }
}
