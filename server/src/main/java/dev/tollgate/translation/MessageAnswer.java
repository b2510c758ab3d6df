package dev.tollgate.translation;

import dev.tollgate.translation.Node.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A whole message of Anthropic's as a chat completion of OpenAI's. */
final class MessageAnswer {

  private record Thought(int place, Node block) {}

  private final List<Node> texts = new ArrayList<>();
  private final List<Node> calls = new ArrayList<>();
  private final List<Thought> thoughts = new ArrayList<>();

  private MessageAnswer(Node content) {
    int place = 0;
    for (Node block : content.values) {
      String type = Upstream.needText(block, "type");
      switch (type) {
        case "text" -> {
          Node text = Upstream.need(block, "text", Kind.STRING);
          if (!text.isBlank()) {
            // All text becomes one, which has one place.
            place += texts.isEmpty() ? 1 : 0;
            texts.add(text);
          }
        }
        case "tool_use" -> {
          place++;
          calls.add(block);
        }
        case "thinking", "redacted_thinking" -> thoughts.add(new Thought(place++, block));
        default -> throw Upstream.invalid("it has content of type " + type);
      }
    }
  }

  static byte[] completion(Node message, long created) {
    MessageAnswer answer = new MessageAnswer(Upstream.need(message, "content", Kind.ARRAY));
    Tokens tokens = Tokens.ofMessages(message.get("usage"));
    String stop = Upstream.needText(message, "stop_reason");
    Out out = new Out();
    out.object()
        .put("id", Upstream.needText(message, "id"))
        .put("object", "chat.completion")
        .put("created", created)
        .put("model", Upstream.needText(message, "model"))
        .array("choices")
        .object()
        .put("index", 0);
    answer.message(message, stop, out);
    out.putNull("logprobs").put("finish_reason", Reasons.finish(stop)).endObject().endArray();
    tokens.chat(out);
    if (tokens.chatTier() != null) {
      out.put("service_tier", tokens.chatTier());
    }
    return out.endObject().bytes();
  }

  private void message(Node message, String stop, Out out) {
    out.object("message").put("role", "assistant");
    if (texts.size() == 1) {
      out.put("content", texts.getFirst());
    } else {
      out.put("content", texts.isEmpty() ? null : joined(texts));
    }
    out.put("refusal", stop.equals(Reasons.REFUSAL) ? refusal(message) : null);
    out.array("annotations").endArray();
    thinking(out);
    if (!calls.isEmpty()) {
      out.array("tool_calls");
      for (Node call : calls) {
        call(call, out);
      }
      out.endArray();
    }
    out.endObject();
  }

  /** What Anthropic says of why it refused; null: nothing. */
  static @Nullable String refusal(Node message) {
    Node details = message.get("stop_details");
    return details == null ? null : Upstream.text(details, "explanation");
  }

  private void thinking(Out out) {
    if (thoughts.isEmpty()) {
      return;
    }
    List<Node> words = new ArrayList<>();
    for (Thought thought : thoughts) {
      Node text = Upstream.string(thought.block, "thinking");
      if (text != null) {
        words.add(text);
      }
    }
    if (!words.isEmpty()) {
      out.put("reasoning_content", joined(words));
    }
    out.array("thinking_blocks");
    for (Thought thought : thoughts) {
      out.object().put("type", Upstream.needText(thought.block, "type"));
      out.put("index", thought.place);
      out.put("thinking", Upstream.string(thought.block, "thinking"));
      out.put("signature", Upstream.string(thought.block, "signature"));
      out.put("data", Upstream.string(thought.block, "data"));
      out.endObject();
    }
    out.endArray();
  }

  private static void call(Node call, Out out) {
    out.object()
        .put("id", Upstream.needText(call, "id"))
        .put("type", "function")
        .object("function")
        .put("name", Upstream.needText(call, "name"))
        .put("arguments", Upstream.need(call, "input", Kind.OBJECT).json())
        .endObject()
        .endObject();
  }

  static String joined(List<Node> texts) {
    StringBuilder all = new StringBuilder();
    for (Node text : texts) {
      all.append(text.text());
    }
    return all.toString();
  }
}
