package dev.tollgate.connectors;

import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Raw;
import java.util.ArrayList;
import java.util.List;

/** Leaves out of a list of tools those that its caller may not use. */
final class ToolFilter {

  private static final String TOOLS = "tools";

  private ToolFilter() {}

  /** The same bytes where nothing is left out; what is changed is only its caller's to keep. */
  static Raw visible(Raw result, Tools tools) {
    Members members = Members.orNone(result);
    List<Raw> all = Elements.of(members.get(TOOLS));
    List<Raw> kept = new ArrayList<>();
    for (Raw tool : all) {
      String name = Members.orNone(tool).string("name");
      if (name == null || tools.allows(name)) {
        kept.add(tool);
      }
    }
    if (kept.size() == all.size()) {
      return result;
    }
    Members filtered = members.with(TOOLS, Elements.raw(kept));
    return (members.has("cacheScope")
            ? filtered.with("cacheScope", Raw.string("private"))
            : filtered)
        .raw();
  }
}
