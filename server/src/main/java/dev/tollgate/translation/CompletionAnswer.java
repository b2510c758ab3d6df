package dev.tollgate.translation;

import dev.tollgate.kernel.Ids;
import dev.tollgate.translation.Node.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chat completion of OpenAI's as a message of Anthropic's. */
final class CompletionAnswer {

  private record Call(String id, String name, String input) {}

  private final Node completion;
  private final Node message;
  private final @Nullable String finish;
  private final @Nullable Node refusal;
  private final List<Call> calls = new ArrayList<>();

  private CompletionAnswer(Node completion) {
    this.completion = completion;
    Node choices = Upstream.need(completion, "choices", Kind.ARRAY);
    if (choices.values.size() != 1) {
      throw Upstream.invalid("it has " + choices.values.size() + " choices instead of one");
    }
    Node choice = choices.values.getFirst();
    message = Upstream.need(choice, "message", Kind.OBJECT);
    finish = Upstream.text(choice, "finish_reason");
    Node said = Upstream.string(message, "refusal");
    refusal = said == null || said.isBlank() ? null : said;
    calls();
  }

  static byte[] message(Node completion, boolean thinkingShown) {
    return new CompletionAnswer(completion).write(thinkingShown);
  }

  private void calls() {
    if (message.get("function_call") != null) {
      throw Upstream.invalid("it calls a function in a way that was not asked for");
    }
    Node list = Upstream.may(message, "tool_calls", Kind.ARRAY);
    if (list == null) {
      return;
    }
    for (Node call : list.values) {
      Node function = Upstream.need(call, "function", Kind.OBJECT);
      String name = Upstream.needText(function, "name");
      String input = ChatAssistant.object(arguments(function));
      if (input != null) {
        calls.add(new Call(id(call), name, input));
      } else if (!"length".equals(finish)) {
        throw Upstream.invalid("the arguments of a call are not a JSON object");
      }
      // A call that the maximum cut off cannot be carried out; the stop reason says so.
    }
  }

  /** A call's arguments as text; some servers write them as the object itself. */
  static String arguments(@Nullable Node function) {
    Node arguments = function == null ? null : function.get("arguments");
    if (function == null || arguments == null) {
      return "";
    }
    return arguments.is(Kind.OBJECT) ? arguments.json() : Upstream.needText(function, "arguments");
  }

  /** Some servers give calls no identifier, without which no result can be given. */
  static String id(Node call) {
    String id = Upstream.text(call, "id");
    return id == null || id.isEmpty() ? "call_" + Ids.next() : id;
  }

  private byte[] write(boolean thinkingShown) {
    String stop = Reasons.stop(finish, !calls.isEmpty(), refusal != null);
    Out out = new Out();
    out.object()
        .put("id", Upstream.needText(completion, "id"))
        .put("type", "message")
        .put("role", "assistant")
        .put("model", Upstream.needText(completion, "model"))
        .array("content");
    Node reasoning = reasoning(message);
    if (reasoning != null && thinkingShown) {
      out.object().put("type", "thinking").put("thinking", reasoning);
      out.put("signature", MessageBlock.REASONING).endObject();
    }
    content(ContentPart.all(message.get("content")), thinkingShown, out);
    if (refusal != null) {
      text(List.of(refusal), out);
    }
    for (Call call : calls) {
      opening(call.id, call.name, out).putJson("input", call.input).endObject();
    }
    out.endArray();
    ending(stop, out);
    out.putNull("container");
    Node usage = completion.get("usage");
    String tier = Upstream.text(completion, "service_tier");
    (usage == null ? Tokens.NONE : Tokens.ofChat(usage, tier)).messages(out);
    return out.endObject().bytes();
  }

  /** Reasoning goes by either name at servers of OpenAI's dialect; null: there is none. */
  static @Nullable Node reasoning(Node message) {
    Node content = Upstream.string(message, "reasoning_content");
    Node reasoning = content != null ? content : Upstream.string(message, "reasoning");
    return reasoning == null || reasoning.isBlank() ? null : reasoning;
  }

  /** Neighbours of one kind are pieces of one block. */
  private static void content(List<ContentPart> parts, boolean thinkingShown, Out out) {
    for (int from = 0; from < parts.size(); ) {
      boolean thinking = parts.get(from).thinking();
      List<Node> pieces = new ArrayList<>();
      for (; from < parts.size() && parts.get(from).thinking() == thinking; from++) {
        pieces.add(parts.get(from).text());
      }
      if (!thinking) {
        text(pieces, out);
      } else if (thinkingShown) {
        out.object().put("type", "thinking");
        joined("thinking", pieces, out).put("signature", MessageBlock.PART).endObject();
      }
    }
  }

  private static void text(List<Node> pieces, Out out) {
    out.object().put("type", "text");
    joined("text", pieces, out).putNull("citations").endObject();
  }

  private static Out joined(String name, List<Node> pieces, Out out) {
    return pieces.size() == 1
        ? out.put(name, pieces.getFirst())
        : out.put(name, MessageAnswer.joined(pieces));
  }

  /** A call's block without its input. */
  static Out opening(String id, String name, Out out) {
    out.object().put("type", "tool_use").put("id", id).put("name", name);
    return out.object("caller").put("type", "direct").endObject();
  }

  private void ending(String stop, Out out) {
    out.put("stop_reason", stop).putNull("stop_sequence");
    details(stop, refusal == null ? null : refusal.text(), out);
  }

  static void details(String stop, @Nullable String explanation, Out out) {
    if (stop.equals(Reasons.REFUSAL)) {
      out.object("stop_details").put("type", "refusal").putNull("category");
      out.put("explanation", explanation).endObject();
    } else {
      out.putNull("stop_details");
    }
  }
}
