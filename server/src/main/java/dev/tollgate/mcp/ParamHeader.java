package dev.tollgate.mcp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a tool that is mirrored into a header (MCP 2026-07-28, Streamable HTTP, Custom
 * Headers from Tool Parameters).
 *
 * @param header its whole name
 * @param path the properties that lead to the value, from the arguments down
 */
public record ParamHeader(String header, List<String> path) {

  private static final String MARK = "x-mcp-header";
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
  private static final Set<String> TYPES = Set.of("string", "integer", "boolean");
  private static final Set<String> DATA = Set.of("const", "enum", "default", "examples");

  public ParamHeader {
    path = List.copyOf(path);
  }

  /** Those that {@code tool} of a list declares; null: it declares some that are invalid. */
  public static @Nullable List<ParamHeader> of(Members tool) {
    Raw schema = tool.get("inputSchema");
    if (schema == null || !schema.isObject() || !schema.json().contains(MARK)) {
      return List.of();
    }
    List<ParamHeader> found = new ArrayList<>();
    Set<String> names = new HashSet<>();
    return walk(schema, List.of(), true, found, names) ? List.copyOf(found) : null;
  }

  private static boolean walk(
      Raw value, List<String> path, boolean reachable, List<ParamHeader> found, Set<String> names) {
    if (value.isArray()) {
      return Elements.of(value).stream().allMatch(each -> walk(each, path, false, found, names));
    }
    Members schema = Members.orNone(value);
    for (Map.Entry<String, Raw> member : schema.entries()) {
      boolean fine =
          switch (member.getKey()) {
            case MARK -> reachable && !path.isEmpty() && declare(schema, path, found, names);
            case "properties" -> properties(member.getValue(), path, reachable, found, names);
            default ->
                DATA.contains(member.getKey())
                    || walk(member.getValue(), path, false, found, names);
          };
      if (!fine) {
        return false;
      }
    }
    return true;
  }

  private static boolean properties(
      Raw value, List<String> path, boolean reachable, List<ParamHeader> found, Set<String> names) {
    for (Map.Entry<String, Raw> property : Members.orNone(value).entries()) {
      List<String> longer = new ArrayList<>(path);
      longer.add(property.getKey());
      if (!walk(property.getValue(), longer, reachable, found, names)) {
        return false;
      }
    }
    return true;
  }

  private static boolean declare(
      Members schema, List<String> path, List<ParamHeader> found, Set<String> names) {
    String name = schema.string(MARK);
    String type = schema.string("type");
    if (name == null
        || type == null
        || !TOKEN.matcher(name).matches()
        || !TYPES.contains(type)
        || !names.add(name.toLowerCase(Locale.ROOT))) {
      return false;
    }
    found.add(new ParamHeader("Mcp-Param-" + name, path));
    return true;
  }

  /** What the header says for {@code arguments}, encoded; null: it is left out. */
  public @Nullable String value(Members arguments) {
    Members at = arguments;
    for (String step : path.subList(0, path.size() - 1)) {
      at = at.within(step);
    }
    Raw value = at.get(path.getLast());
    if (value == null || value.isNull() || value.isObject() || value.isArray()) {
      return null;
    }
    String text = value.string();
    return HeaderText.encode(text == null ? value.json() : text);
  }
}
