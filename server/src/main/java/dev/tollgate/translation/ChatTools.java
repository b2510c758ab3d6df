package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.translation.Node.Kind;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tools of a request to Chat Completions, and which of them may be called. */
final class ChatTools {

  private final @Nullable Node tools;
  private final Choice choice;

  /**
   * @param only the tools that may be called; null: every one
   */
  private record Choice(
      @Nullable String type, @Nullable Node name, @Nullable Set<String> only, boolean single) {}

  ChatTools(Members chat) {
    tools = chat.take("tools", Kind.ARRAY);
    Node parallel = chat.take("parallel_tool_calls");
    if (parallel != null && !parallel.is(Kind.TRUE) && !parallel.is(Kind.FALSE)) {
      throw Members.wrong("parallel_tool_calls", "true or false");
    }
    choice = choice(chat.take("tool_choice"), parallel != null && parallel.is(Kind.FALSE));
  }

  void write(Out out) {
    if (tools == null || tools.values.isEmpty()) {
      forced(out);
      return;
    }
    out.array("tools");
    for (int i = 0; i < tools.values.size(); i++) {
      tool(Members.of(tools.values.get(i), "tools[" + i + "]"), out);
    }
    out.endArray();
    String type = choice.type == null && choice.single ? "auto" : choice.type;
    if (type != null) {
      out.object("tool_choice").put("type", type).put("name", choice.name);
      if (choice.single && !type.equals("none")) {
        out.put("disable_parallel_tool_use", true);
      }
      out.endObject();
    }
  }

  /** Without tools a choice among them says nothing, unless one is demanded. */
  private void forced(Out out) {
    if ("any".equals(choice.type) || "tool".equals(choice.type)) {
      out.object("tool_choice").put("type", choice.type).put("name", choice.name).endObject();
    }
  }

  private static Choice choice(@Nullable Node node, boolean single) {
    if (node == null) {
      return new Choice(null, null, null, single);
    }
    if (node.is(Kind.STRING)) {
      return switch (node.text()) {
        case "auto" -> new Choice("auto", null, null, single);
        case "required" -> new Choice("any", null, null, single);
        case "none" -> new Choice("none", null, null, single);
        default -> throw Members.wrong("tool_choice", "none, auto, required or an object");
      };
    }
    Members members = Members.of(node, "tool_choice");
    String type = members.needWord("type");
    Choice choice =
        switch (type) {
          case "function" -> new Choice("tool", name(members), null, single);
          case "allowed_tools" -> allowed(members, single);
          default -> throw cannot("tool_choice.type", "it calls functions alone");
        };
    members.done();
    return choice;
  }

  private static Node name(Members members) {
    Members function = Members.of(members.need("function", Kind.OBJECT), members.path("function"));
    Node name = function.need("name", Kind.STRING);
    function.done();
    return name;
  }

  /** Only the tools that may be called are offered, which comes to the same. */
  private static Choice allowed(Members members, boolean single) {
    Members allowed =
        Members.of(members.need("allowed_tools", Kind.OBJECT), members.path("allowed_tools"));
    String mode = allowed.needWord("mode");
    Node list = allowed.need("tools", Kind.ARRAY);
    Set<String> only = new HashSet<>();
    for (int i = 0; i < list.values.size(); i++) {
      Members tool = Members.of(list.values.get(i), allowed.path("tools") + "[" + i + "]");
      if (!tool.needWord("type").equals("function")) {
        throw cannot(tool.path("type"), "it calls functions alone");
      }
      only.add(name(tool).text());
      tool.done();
    }
    allowed.done();
    return switch (mode) {
      case "auto" -> new Choice(null, null, only, single);
      case "required" -> new Choice("any", null, only, single);
      default -> throw cannot(allowed.path("mode"), "it knows no mode " + mode);
    };
  }

  private void tool(Members tool, Out out) {
    String type = tool.needWord("type");
    if (!type.equals("function")) {
      throw cannot(
          tool.path("type"), "it calls functions alone, and this is a tool of type " + type);
    }
    Members function = Members.of(tool.need("function", Kind.OBJECT), tool.path("function"));
    Node name = function.need("name", Kind.STRING);
    Node description = function.take("description", Kind.STRING);
    Node parameters = function.take("parameters", Kind.OBJECT);
    boolean strict = function.flag("strict");
    function.done();
    tool.done();
    if (choice.only != null && !choice.only.contains(name.text())) {
      return;
    }
    out.object().put("name", name).put("description", description);
    schema(parameters, out);
    if (strict) {
      out.put("strict", true);
    }
    out.endObject();
  }

  /** Messages wants a schema, and that its type is written out. */
  private static void schema(@Nullable Node parameters, Out out) {
    if (parameters != null && parameters.get("type") != null) {
      out.put("input_schema", parameters);
      return;
    }
    out.object("input_schema").put("type", "object");
    if (parameters == null) {
      out.object("properties").endObject();
    } else {
      for (int i = 0; i < parameters.names.size(); i++) {
        if (!parameters.names.get(i).equals("type")) {
          out.put(parameters.names.get(i), parameters.values.get(i));
        }
      }
    }
    out.endObject();
  }
}
