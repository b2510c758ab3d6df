package dev.tollgate.translation;

import dev.tollgate.translation.Node.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Anthropic's events as OpenAI's chunks.
 *
 * <p>Thinking goes out as it comes ({@code reasoning_content}) and, when its block is whole, once
 * more with its signature ({@code thinking_blocks}), so that a caller can give it back.
 */
final class MessageStream implements StreamTranslation {

  private static final int KEPT = 16 * 1024 * 1024;

  /** What a block takes beside its text, about. */
  private static final int OVERHEAD = 256;

  private static final byte[] NOTHING = {};

  private final boolean usageAsked;
  private final long created;
  private final Map<Long, Block> open = new HashMap<>();

  private Events events = new Events();
  private String id = "";
  private String model = "";
  private Tokens tokens = Tokens.NONE;
  private boolean started;
  private boolean finished;
  private boolean over;
  private int kept;
  private int calls;
  private int place;
  private boolean said;

  MessageStream(boolean usageAsked, long created) {
    this.usageAsked = usageAsked;
    this.created = created;
  }

  /** A block of content that is still coming. */
  private sealed interface Block {

    record Text() implements Block {}

    final class Call implements Block {
      final int index;
      final String whole;
      boolean argued;

      /**
       * @param whole input that came with the beginning of the block
       */
      Call(int index, String whole) {
        this.index = index;
        this.whole = whole;
      }
    }

    final class Thought implements Block {
      final int place;
      final StringBuilder text = new StringBuilder();
      final StringBuilder signature = new StringBuilder();

      Thought(int place) {
        this.place = place;
      }
    }
  }

  @Override
  public byte[] event(byte[] bytes, int from, int to) {
    Events.Data data = Events.data(bytes, from, to);
    if (data == null || over) {
      return NOTHING;
    }
    events = new Events();
    Node event = Upstream.object(data.bytes(), data.from(), data.to());
    String type = Upstream.needText(event, "type");
    switch (type) {
      case "message_start" -> start(Upstream.need(event, "message", Kind.OBJECT));
      case "content_block_start" -> opened(event);
      case "content_block_delta" -> delta(event);
      case "content_block_stop" -> closed(event);
      case "message_delta" -> ending(event);
      case "message_stop" -> stop();
      case "error" -> error(event);
      // Keeps what stands between us and the caller from growing impatient.
      case "ping" -> events.whole(": ping\n\n");
      // New kinds of events may come, says Anthropic, and are to be passed over.
      default -> {}
    }
    return events.bytes();
  }

  @Override
  public byte[] end() {
    if (over || !finished) {
      return NOTHING;
    }
    events = new Events();
    stop();
    return events.bytes();
  }

  private void start(Node message) {
    if (started) {
      throw Upstream.invalid("the message begins twice");
    }
    started = true;
    id = Upstream.needText(message, "id");
    model = Upstream.needText(message, "model");
    tokens = Tokens.ofMessages(message.get("usage"));
    chunk(delta -> delta.put("role", "assistant").put("content", "").putNull("refusal"), null);
  }

  private void opened(Node event) {
    Node block = Upstream.need(event, "content_block", Kind.OBJECT);
    String type = Upstream.needText(block, "type");
    long index = index(event);
    switch (type) {
      case "text" -> {
        begin(index, new Block.Text());
        text(Upstream.string(block, "text"));
      }
      case "tool_use" -> call(index, block);
      case "thinking" -> {
        Block.Thought thought = new Block.Thought(place++);
        begin(index, thought);
        think(thought, Upstream.string(block, "thinking"));
        sign(thought, Upstream.string(block, "signature"));
      }
      case "redacted_thinking" -> redacted(Upstream.need(block, "data", Kind.STRING));
      default -> throw Upstream.invalid("it has content of type " + type);
    }
  }

  private void begin(long index, Block block) {
    keep(OVERHEAD);
    if (open.put(index, block) != null) {
      throw Upstream.invalid("two blocks have one place");
    }
  }

  private static long index(Node event) {
    return Upstream.need(event, "index", Kind.NUMBER).whole(-1);
  }

  private void call(long index, Node block) {
    Node input = block.get("input");
    Block.Call call =
        new Block.Call(calls++, input == null || !input.is(Kind.OBJECT) ? "{}" : input.json());
    keep(call.whole.length());
    begin(index, call);
    place++;
    String callId = Upstream.needText(block, "id");
    String name = Upstream.needText(block, "name");
    chunk(
        delta -> {
          delta.array("tool_calls").object().put("index", call.index).put("id", callId);
          delta.put("type", "function").object("function");
          delta.put("name", name).put("arguments", "");
          delta.endObject().endObject().endArray();
        },
        null);
  }

  private void delta(Node event) {
    Node delta = Upstream.need(event, "delta", Kind.OBJECT);
    Block block = open.get(index(event));
    String type = Upstream.needText(delta, "type");
    switch (type) {
      case "text_delta" -> text(Upstream.need(delta, "text", Kind.STRING));
      case "input_json_delta" -> {
        if (!(block instanceof Block.Call call)) {
          throw Upstream.invalid("input comes for a block that is no call");
        }
        Node piece = Upstream.need(delta, "partial_json", Kind.STRING);
        if (!piece.isBlank()) {
          call.argued = true;
          arguments(call, out -> out.put("arguments", piece));
        }
      }
      case "thinking_delta" -> think(thought(block), Upstream.string(delta, "thinking"));
      case "signature_delta" -> sign(thought(block), Upstream.string(delta, "signature"));
      // Citations are given only where a document asks for them, which these callers cannot.
      default -> {}
    }
  }

  private static Block.Thought thought(@Nullable Block block) {
    if (block instanceof Block.Thought thought) {
      return thought;
    }
    throw Upstream.invalid("thinking comes for a block that is none");
  }

  private void text(@Nullable Node text) {
    if (text != null && !text.isBlank()) {
      place += said ? 0 : 1;
      said = true;
      chunk(delta -> delta.put("content", text), null);
    }
  }

  private void think(Block.Thought thought, @Nullable Node text) {
    if (text != null && !text.isBlank()) {
      keep(thought.text, text.text());
      chunk(delta -> delta.put("reasoning_content", text), null);
    }
  }

  private void sign(Block.Thought thought, @Nullable Node signature) {
    if (signature != null) {
      keep(thought.signature, signature.text());
    }
  }

  private void keep(StringBuilder where, String piece) {
    keep(piece.length());
    where.append(piece);
  }

  private void keep(int length) {
    kept += length;
    if (kept > KEPT) {
      throw Upstream.invalid("more than " + KEPT + " characters of thinking must be kept");
    }
  }

  private void redacted(Node data) {
    int at = place++;
    chunk(
        delta ->
            delta
                .array("thinking_blocks")
                .object()
                .put("type", "redacted_thinking")
                .put("index", at)
                .put("data", data)
                .endObject()
                .endArray(),
        null);
  }

  private void closed(Node event) {
    Block block = open.remove(index(event));
    if (block == null) {
      // Of a block whose kind is whole when it begins.
      return;
    }
    kept -= OVERHEAD;
    switch (block) {
      case Block.Call call -> {
        kept -= call.whole.length();
        if (!call.argued) {
          arguments(call, out -> out.put("arguments", call.whole));
        }
      }
      case Block.Thought thought -> {
        kept -= thought.text.length() + thought.signature.length();
        signed(thought);
      }
      case Block.Text _ -> {}
    }
  }

  private void signed(Block.Thought thought) {
    chunk(
        delta ->
            delta
                .array("thinking_blocks")
                .object()
                .put("type", "thinking")
                .put("index", thought.place)
                .put("thinking", thought.text.toString())
                .put("signature", thought.signature.toString())
                .endObject()
                .endArray(),
        null);
  }

  private void arguments(Block.Call call, Consumer<Out> arguments) {
    chunk(
        delta -> {
          delta.array("tool_calls").object().put("index", call.index).object("function");
          arguments.accept(delta);
          delta.endObject().endObject().endArray();
        },
        null);
  }

  private void ending(Node event) {
    tokens = tokens.merge(Tokens.ofMessages(event.get("usage")));
    Node delta = event.get("delta");
    String reason = delta == null ? null : Upstream.text(delta, "stop_reason");
    if (reason == null || finished || delta == null) {
      return;
    }
    finished = true;
    String refusal = reason.equals(Reasons.REFUSAL) ? MessageAnswer.refusal(delta) : null;
    if (refusal != null) {
      chunk(out -> out.put("refusal", refusal), null);
    }
    chunk(out -> {}, Reasons.finish(reason));
  }

  private void stop() {
    if (!finished) {
      throw Upstream.invalid("the message stops without a reason");
    }
    over = true;
    if (usageAsked) {
      Out out = begin();
      out.array("choices").endArray();
      tokens.chat(out);
      events.end(out.endObject());
    }
    events.whole("data: [DONE]\n\n");
  }

  private void error(Node event) {
    over = true;
    Errors.Said said = Errors.Said.of(event);
    Out out = events.begin();
    Errors.openAi(Errors.status(said), said, out);
    events.end(out);
  }

  private void chunk(Consumer<Out> content, @Nullable String finishReason) {
    if (!started) {
      throw Upstream.invalid("content comes before the message begins");
    }
    Out out = begin();
    out.array("choices").object().put("index", 0).object("delta");
    content.accept(out);
    out.endObject().putNull("logprobs").put("finish_reason", finishReason);
    out.endObject().endArray();
    if (usageAsked) {
      out.putNull("usage");
    }
    events.end(out.endObject());
  }

  private Out begin() {
    return events
        .begin()
        .object()
        .put("id", id)
        .put("object", "chat.completion.chunk")
        .put("created", created)
        .put("model", model);
  }
}
