package dev.tollgate.connectors;

import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Meta;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.ServerFace;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How several servers present themselves as one. Pure. */
final class CombinedFace {

  /** What can be offered together; the rest belongs to one server. */
  private static final Set<String> OFFERED =
      Set.of("tools", "prompts", "resources", "completions", "logging");

  private CombinedFace() {}

  /**
   * The face of all.
   *
   * @param faces by connector
   * @param unavailable connectors that did not show theirs
   */
  static ServerFace of(Raw info, Map<String, ServerFace> faces, List<String> unavailable) {
    Members capabilities = Members.NONE;
    StringBuilder instructions = new StringBuilder();
    for (Map.Entry<String, ServerFace> each : new TreeMap<>(faces).entrySet()) {
      capabilities = merged(capabilities, Members.orNone(each.getValue().capabilities()));
      String own = each.getValue().rest().string("instructions");
      if (own != null) {
        instructions.append("# ").append(each.getKey()).append("\n").append(own).append("\n\n");
      }
    }
    Members rest =
        Members.NONE.withIf(
            "instructions",
            instructions.isEmpty() ? null : Raw.string(instructions.toString().strip()));
    if (!unavailable.isEmpty()) {
      rest =
          rest.with(
              Meta.FIELD,
              Members.NONE
                  .with(Meta.UNAVAILABLE, Elements.strings(unavailable.stream().sorted().toList()))
                  .raw());
    }
    return new ServerFace(capabilities.raw(), info, rest);
  }

  private static Members merged(Members all, Members one) {
    Members merged = all;
    for (Map.Entry<String, Raw> capability : one.entries()) {
      if (OFFERED.contains(capability.getKey())) {
        merged = merged.with(capability.getKey(), either(merged, capability));
      }
    }
    return merged;
  }

  /** What either says that it can. */
  private static Raw either(Members all, Map.Entry<String, Raw> capability) {
    Members both = all.within(capability.getKey());
    for (Map.Entry<String, Raw> detail : Members.orNone(capability.getValue()).entries()) {
      Raw before = both.get(detail.getKey());
      both =
          before != null && before.isTrue() ? both : both.with(detail.getKey(), detail.getValue());
    }
    return both.raw();
  }
}
