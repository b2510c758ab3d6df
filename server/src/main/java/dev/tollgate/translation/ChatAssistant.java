package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.translation.Node.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What the assistant said, in Chat Completions: text, calls, and the signed thinking that a
 * provider of Messages wants back ({@code thinking_blocks}, as its answer had them).
 *
 * <p>Each block of thinking says by its {@code index} which place among the answer's blocks it had;
 * those without one come first.
 */
record ChatAssistant(List<ThinkingBlock> thinking, List<Node> texts, List<Call> calls) {

  record ThinkingBlock(long index, Node block) {}

  record Call(String id, Node name, String input) {}

  static ChatAssistant of(Members members) {
    members.refuse("participants have no names there", "name");
    members.refuse("it hears no audio", "audio");
    members.refuse("functions are deprecated; use tool_calls", "function_call");
    // Unsigned, so that it cannot be given back; and where the words of the answer came from.
    members.drop("reasoning_content", "annotations");
    List<ThinkingBlock> thinking = thinking(members);
    List<Node> texts = new ArrayList<>();
    for (ChatPart part : ChatPart.all(members, "content")) {
      if (!(part instanceof ChatPart.Text text)) {
        throw cannot(part.path(), "the assistant says text there");
      }
      if (part.says()) {
        texts.add(text.text());
      }
    }
    Node refusal = members.take("refusal", Kind.STRING);
    if (refusal != null && !refusal.isBlank()) {
      texts.add(refusal);
    }
    List<Call> calls = calls(members);
    members.done();
    return new ChatAssistant(thinking, texts, calls);
  }

  boolean isEmpty() {
    return thinking.isEmpty() && texts.isEmpty() && calls.isEmpty();
  }

  void write(Out out) {
    int thought = 0;
    int said = 0;
    int others = texts.size() + calls.size();
    for (int place = 0; thought + said < thinking.size() + others; place++) {
      boolean think =
          thought < thinking.size() && (said == others || thinking.get(thought).index() <= place);
      if (think) {
        block(thinking.get(thought++).block(), out);
      } else {
        other(said++, out);
      }
    }
  }

  private void other(int at, Out out) {
    if (at < texts.size()) {
      out.object().put("type", "text").put("text", texts.get(at)).endObject();
      return;
    }
    Call call = calls.get(at - texts.size());
    out.object().put("type", "tool_use").put("id", call.id()).put("name", call.name());
    out.putJson("input", call.input()).endObject();
  }

  private static void block(Node block, Out out) {
    out.object();
    for (int i = 0; i < block.names.size(); i++) {
      if (!block.names.get(i).equals("index")) {
        out.put(block.names.get(i), block.values.get(i));
      }
    }
    out.endObject();
  }

  private static List<ThinkingBlock> thinking(Members members) {
    Node blocks = members.take("thinking_blocks", Kind.ARRAY);
    List<ThinkingBlock> thinking = new ArrayList<>();
    for (int i = 0; blocks != null && i < blocks.values.size(); i++) {
      Node node = blocks.values.get(i);
      Members block = Members.of(node, members.path("thinking_blocks") + "[" + i + "]");
      String type = block.needWord("type");
      switch (type) {
        case "thinking" -> {
          block.need("thinking", Kind.STRING);
          block.need("signature", Kind.STRING);
        }
        case "redacted_thinking" -> block.need("data", Kind.STRING);
        default -> throw cannot(block.path("type"), "it knows no thinking of type " + type);
      }
      Node index = block.take("index", Kind.NUMBER);
      block.done();
      thinking.add(new ThinkingBlock(index == null ? -1 : index.whole(-1), node));
    }
    return thinking;
  }

  private static List<Call> calls(Members members) {
    Node list = members.take("tool_calls", Kind.ARRAY);
    List<Call> calls = new ArrayList<>();
    for (int i = 0; list != null && i < list.values.size(); i++) {
      Members call = Members.of(list.values.get(i), members.path("tool_calls") + "[" + i + "]");
      String type = call.word("type");
      if (type != null && !type.equals("function")) {
        throw cannot(call.path("type"), "it calls functions alone");
      }
      // Where a call stands among those of a stream.
      call.drop("index");
      String id = CallIds.anthropic(call.needWord("id"));
      Members function = Members.of(call.need("function", Kind.OBJECT), call.path("function"));
      Node name = function.need("name", Kind.STRING);
      Node arguments = function.take("arguments", Kind.STRING);
      String input = object(arguments == null ? "" : arguments.text());
      if (input == null) {
        throw cannot(function.path("arguments"), "arguments are a JSON object there");
      }
      function.done();
      call.done();
      calls.add(new Call(id, name, input));
    }
    return calls;
  }

  /** Arguments as a JSON object, none of them as an empty one; null: they are something else. */
  static @Nullable String object(String arguments) {
    if (arguments.isBlank()) {
      return "{}";
    }
    byte[] json = arguments.getBytes(StandardCharsets.UTF_8);
    try {
      Node node = Node.parse(json, 0, json.length);
      return node.is(Kind.OBJECT) ? node.json() : null;
    } catch (JacksonException malformed) {
      return null;
    }
  }
}
