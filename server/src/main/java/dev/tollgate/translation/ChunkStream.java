package dev.tollgate.translation;

import dev.tollgate.translation.Node.Kind;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's chunks as Anthropic's events.
 *
 * <p>Anthropic's blocks come one after the other. A call's pieces go out as they come while it is
 * the first that is not whole; what comes in between, pieces of later calls, text and thinking,
 * waits for that, so that servers that mix them are understood too. The end goes out with {@code
 * [DONE]}, since usage comes after the reason.
 *
 * <pre>
 * nothing ─▶ thinking ─▶ text ─▶ call 0 ─▶ call 1 ─▶ ended     each optional, any order
 *              ▲───────────┴─────────┘
 * </pre>
 */
final class ChunkStream implements StreamTranslation {

  private static final int KEPT = 16 * 1024 * 1024;

  /** What a call takes beside its text, about. */
  private static final int OVERHEAD = 256;

  private static final byte[] NOTHING = {};

  private enum Open {
    NONE,
    THINKING,
    TEXT,
    CALL
  }

  /** What is not over yet, or has to wait for what is not. */
  private sealed interface Pending {}

  /** A piece of text or thinking. */
  private record Waiting(Open kind, String signature, String text) implements Pending {}

  /** A call as far as it has come. */
  private static final class Call implements Pending {
    final String id;
    final String name;
    final ArgumentsScan scan = new ArgumentsScan();
    final StringBuilder waiting = new StringBuilder();
    boolean begun;
    boolean done;

    Call(String id, String name) {
      this.id = id;
      this.name = name;
    }
  }

  private final boolean thinkingShown;
  private final Map<Long, Call> calls = new HashMap<>();
  private final Queue<Pending> unfinished = new ArrayDeque<>();

  private Events events = new Events();
  private Tokens tokens = Tokens.NONE;
  private Open open = Open.NONE;
  private int index = -1;
  private String signature = "";
  private long latest;
  private int kept;
  private boolean started;
  private boolean called;
  private final StringBuilder refusal = new StringBuilder();
  private @Nullable String finish;
  private boolean finished;
  private boolean over;

  ChunkStream(boolean thinkingShown) {
    this.thinkingShown = thinkingShown;
  }

  @Override
  public byte[] event(byte[] bytes, int from, int to) {
    Events.Data data = Events.data(bytes, from, to);
    if (data == null || over) {
      return NOTHING;
    }
    events = new Events();
    if (data.is("[DONE]")) {
      if (!finished) {
        throw Upstream.invalid("the stream ends without a reason");
      }
      ending();
    } else {
      chunk(Upstream.object(data.bytes(), data.from(), data.to()));
    }
    return events.bytes();
  }

  @Override
  public byte[] end() {
    if (over || !finished) {
      return NOTHING;
    }
    events = new Events();
    ending();
    return events.bytes();
  }

  private void chunk(Node chunk) {
    if (chunk.get("error") != null) {
      error(chunk);
      return;
    }
    Node usage = chunk.get("usage");
    if (usage != null) {
      tokens = tokens.merge(Tokens.ofChat(usage, Upstream.text(chunk, "service_tier")));
    }
    Node choices = Upstream.need(chunk, "choices", Kind.ARRAY);
    if (choices.values.isEmpty()) {
      return;
    }
    Node choice = choices.values.getFirst();
    if (choices.values.size() > 1 || Upstream.whole(choice, "index") != 0) {
      throw Upstream.invalid("it has more than one choice");
    }
    if (!started) {
      start(chunk);
    }
    Node delta = Upstream.may(choice, "delta", Kind.OBJECT);
    if (delta != null) {
      delta(delta);
    }
    String reason = Upstream.text(choice, "finish_reason");
    if (reason != null) {
      finish = reason;
      finished = true;
    }
  }

  private void start(Node chunk) {
    started = true;
    Out out = events.begin("message_start");
    out.object("message")
        .put("id", Upstream.needText(chunk, "id"))
        .put("type", "message")
        .put("role", "assistant")
        .put("model", Upstream.needText(chunk, "model"))
        .array("content")
        .endArray()
        .putNull("stop_reason")
        .putNull("stop_sequence")
        .putNull("stop_details")
        .putNull("container");
    // What was read is not known before the end.
    Tokens.NONE.messages(out);
    events.end(out.endObject().endObject());
  }

  private void delta(Node delta) {
    Node reasoning = CompletionAnswer.reasoning(delta);
    if (reasoning != null) {
      thinking(MessageBlock.REASONING, reasoning);
    }
    for (ContentPart part : ContentPart.all(delta.get("content"))) {
      if (part.thinking()) {
        thinking(MessageBlock.PART, part.text());
      } else {
        say(Open.TEXT, "", part.text());
      }
    }
    Node refused = Upstream.string(delta, "refusal");
    if (refused != null && !refused.isBlank()) {
      keep(refused.length());
      refusal.append(refused.text());
      say(Open.TEXT, "", refused);
    }
    Node list = Upstream.may(delta, "tool_calls", Kind.ARRAY);
    if (list != null) {
      for (Node call : list.values) {
        call(call);
      }
    }
  }

  private void thinking(String signedBy, Node text) {
    if (thinkingShown) {
      say(Open.THINKING, signedBy, text);
    }
  }

  /** Sends a piece of text or thinking, or keeps it until the calls before it are whole. */
  private void say(Open kind, String signedBy, Node text) {
    if (!unfinished.isEmpty()) {
      // The bytes that it stands in are the reader's.
      Waiting waiting = new Waiting(kind, signedBy, text.text());
      keep(OVERHEAD + waiting.text.length());
      unfinished.add(waiting);
      advance(false);
      return;
    }
    Out out = saying(kind, signedBy);
    events.end(out.put(member(kind), text).endObject().endObject());
  }

  private void say(Waiting waiting) {
    Out out = saying(waiting.kind, waiting.signature);
    events.end(out.put(member(waiting.kind), waiting.text).endObject().endObject());
    kept -= OVERHEAD + waiting.text.length();
  }

  /** Begins a piece, in a block of its kind. */
  private Out saying(Open kind, String signedBy) {
    if (open != kind || !signature.equals(signedBy)) {
      open(kind);
      signature = signedBy;
      Out out = events.begin("content_block_start").put("index", index).object("content_block");
      if (kind == Open.THINKING) {
        out.put("type", "thinking").put("thinking", "").put("signature", "");
      } else {
        out.put("type", "text").put("text", "").putNull("citations");
      }
      events.end(out.endObject().endObject());
    }
    Out out = events.begin("content_block_delta").put("index", index).object("delta");
    return out.put("type", kind == Open.THINKING ? "thinking_delta" : "text_delta");
  }

  private static String member(Open kind) {
    return kind == Open.THINKING ? "thinking" : "text";
  }

  private void call(Node piece) {
    Call call = addressed(piece);
    Node function = piece.get("function");
    String arguments = CompletionAnswer.arguments(function);
    // A line feed after the end of a call is no more of it.
    if (!arguments.isEmpty() && !(call.done && arguments.isBlank())) {
      if (call.done) {
        throw Upstream.invalid("a piece comes of a call that is over");
      }
      call.scan.feed(arguments);
      keep(arguments.length());
      call.waiting.append(arguments);
    }
    advance(false);
  }

  /**
   * The call that a piece is of. Some servers number no calls, or all of them alike: an identifier
   * and a name that are new begin a call all the same.
   */
  private Call addressed(Node piece) {
    Node at = piece.get("index");
    long number = at == null ? latest : at.whole(-1);
    Call known = calls.get(number);
    Node function = piece.get("function");
    Node name = function == null ? null : Upstream.string(function, "name");
    String id = Upstream.text(piece, "id");
    boolean other = name != null && !name.isBlank() && id != null && !id.isEmpty();
    if (known != null && !(other && !known.id.equals(id))) {
      return known;
    }
    if (function == null || number < 0) {
      throw Upstream.invalid("a call has no function");
    }
    Call call = new Call(CompletionAnswer.id(piece), Upstream.needText(function, "name"));
    keep(OVERHEAD + call.name.length());
    calls.put(number, call);
    unfinished.add(call);
    latest = number;
    return call;
  }

  /** Sends what can be sent: of the first call all that came, of what follows when it is whole. */
  private void advance(boolean last) {
    for (Pending next = unfinished.peek(); next != null; next = unfinished.peek()) {
      switch (next) {
        case Waiting waiting -> say(waiting);
        case Call call -> {
          if (!call.begun) {
            begin(call);
          }
          if (!call.waiting.isEmpty()) {
            arguments(call);
          }
          if (!last && !(call.scan.whole() && unfinished.size() > 1)) {
            return;
          }
          call.done = true;
        }
      }
      unfinished.remove();
    }
  }

  private void begin(Call call) {
    open(Open.CALL);
    call.begun = true;
    called = true;
    Out out = events.begin("content_block_start").put("index", index).putName("content_block");
    CompletionAnswer.opening(call.id, call.name, out).object("input").endObject().endObject();
    events.end(out.endObject());
  }

  private void arguments(Call call) {
    // Half a surrogate pair waits for its other half.
    int whole = call.waiting.length();
    whole -= Character.isHighSurrogate(call.waiting.charAt(whole - 1)) ? 1 : 0;
    if (whole == 0) {
      return;
    }
    Out out = events.begin("content_block_delta").put("index", index).object("delta");
    out.put("type", "input_json_delta").put("partial_json", call.waiting.substring(0, whole));
    events.end(out.endObject().endObject());
    kept -= whole;
    call.waiting.delete(0, whole);
  }

  private void keep(int length) {
    kept += length;
    if (kept > KEPT) {
      throw Upstream.invalid("more than " + KEPT + " characters of it must be kept");
    }
  }

  /** Ends the block that is open and begins one of {@code kind}. */
  private void open(Open kind) {
    close();
    open = kind;
    index++;
  }

  private void close() {
    if (open == Open.NONE) {
      return;
    }
    if (open == Open.THINKING) {
      Out out = events.begin("content_block_delta").put("index", index).object("delta");
      out.put("type", "signature_delta").put("signature", signature);
      events.end(out.endObject().endObject());
    }
    events.end(events.begin("content_block_stop").put("index", index).endObject());
    open = Open.NONE;
  }

  private void ending() {
    over = true;
    advance(true);
    close();
    String stop = Reasons.stop(finish, called, !refusal.isEmpty());
    Out out = events.begin("message_delta").object("delta");
    out.put("stop_reason", stop).putNull("stop_sequence").putNull("container");
    CompletionAnswer.details(stop, refusal.isEmpty() ? null : refusal.toString(), out);
    tokens.messagesDelta(out.endObject());
    events.end(out.endObject());
    events.end(events.begin("message_stop").endObject());
  }

  private void error(Node chunk) {
    over = true;
    Errors.Said said = Errors.Said.of(chunk);
    Out out = events.begin("error");
    Errors.anthropic(Errors.status(said), said, null, out);
    events.end(out.endObject());
  }
}
