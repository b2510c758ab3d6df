package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.translation.Node.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tools of a request to Messages, and which of them may be called. */
final class MessageTools {

  private final List<Node> tools;
  private final @Nullable Members choice;

  MessageTools(Members messages) {
    Node list = messages.take("tools", Kind.ARRAY);
    tools = list == null ? List.of() : list.values;
    Node node = messages.take("tool_choice", Kind.OBJECT);
    choice = node == null ? null : Members.of(node, "tool_choice");
  }

  void write(Out out) {
    boolean some = !tools.isEmpty();
    if (some) {
      out.array("tools");
      for (int i = 0; i < tools.size(); i++) {
        tool(Members.of(tools.get(i), "tools[" + i + "]"), out);
      }
      out.endArray();
    }
    if (choice != null) {
      choice(choice, some, out);
    }
  }

  private static void choice(Members choice, boolean some, Out out) {
    String type = choice.needWord("type");
    boolean single = choice.flag("disable_parallel_tool_use");
    switch (type) {
      case "auto", "none" -> {
        // Without tools OpenAI takes no choice among them.
        if (some) {
          out.put("tool_choice", type);
        }
      }
      case "any" -> out.put("tool_choice", "required");
      case "tool" ->
          out.object("tool_choice")
              .put("type", "function")
              .object("function")
              .put("name", choice.need("name", Kind.STRING))
              .endObject()
              .endObject();
      default -> throw cannot("tool_choice.type", "it knows no choice " + type);
    }
    if (single && some && !type.equals("none")) {
      out.put("parallel_tool_calls", false);
    }
    choice.done();
  }

  private static void tool(Members tool, Out out) {
    String type = tool.word("type");
    if (type != null && !type.equals("custom")) {
      throw MessageRequest.hosted(tool.path("type"), type);
    }
    Node name = tool.need("name", Kind.STRING);
    Node description = tool.take("description", Kind.STRING);
    Node schema = tool.need("input_schema", Kind.OBJECT);
    boolean strict = tool.flag("strict");
    // How the prompt is cached, and in what pieces the input comes.
    tool.drop("cache_control", "eager_input_streaming");
    tool.refuseBut("defer_loading", "it searches for no tools", "false");
    tool.refuseBut("input_examples", "its tools have no examples", "[]");
    callers(tool);
    tool.done();
    out.object().put("type", "function").object("function");
    out.put("name", name).put("description", description).put("parameters", schema);
    if (strict) {
      out.put("strict", true);
    }
    out.endObject().endObject();
  }

  private static void callers(Members tool) {
    Node callers = tool.take("allowed_callers", Kind.ARRAY);
    if (callers != null) {
      for (Node caller : callers.values) {
        if (!caller.shortText(64).equals("direct")) {
          throw cannot(tool.path("allowed_callers"), "the model alone calls tools there");
        }
      }
    }
  }
}
