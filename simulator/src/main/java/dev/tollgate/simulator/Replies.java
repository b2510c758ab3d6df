package dev.tollgate.simulator;

import dev.tollgate.simulator.Faults.Cut;
import dev.tollgate.simulator.Reply.Ending;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Writes answers and errors of one behaviour, with all that is to go wrong. */
final class Replies {

  private static final Buffer PAGE =
      Buffer.buffer("<html><body><h1>502 Bad Gateway</h1><p>[simulated]</p></body></html>\n");

  private final Dialect dialect;
  private final Behaviour behaviour;
  private final Faults faults;

  Replies(Dialect dialect, Behaviour behaviour) {
    this.dialect = dialect;
    this.behaviour = behaviour;
    this.faults = behaviour.faults();
  }

  Reply error(int status, String message, String requestId) {
    Map<String, String> headers = headers();
    if (faults.retryAfter() != null) {
      headers.put("retry-after", faults.retryAfter());
    }
    Buffer body = body(Json.bytes(dialect.error(status, message, requestId)));
    return whole(status, headers, body, behaviour.timing().firstByte(), null);
  }

  private Map<String, String> headers() {
    return new HashMap<>(faults.headers());
  }

  /** A document that is no answer of a model, such as a list of models. */
  Reply document(ObjectNode document) {
    Buffer body = body(Json.bytes(document));
    return whole(200, headers(), body, behaviour.timing().firstByte(), null);
  }

  Reply answer(Ask ask, Answer answer, String requestId) {
    Answer padded = dialect.padded(answer, behaviour.shape().answerBytes());
    if (ask.stream() && faults.body() != Faults.Body.HTML) {
      return stream(ask, padded, requestId);
    }
    Buffer body = body(Json.bytes(dialect.whole(padded)));
    long wait = behaviour.timing().whole(answer.counts().completion());
    return whole(200, headers(), body, wait, padded);
  }

  private Reply whole(
      int status, Map<String, String> headers, Buffer body, long wait, @Nullable Answer answer) {
    headers.put("content-type", contentType("application/json"));
    Buffer encoded = encode(List.of(body), headers).getFirst();
    boolean cut = faults.cutBytes() >= 0 && faults.cutBytes() < encoded.length();
    List<Buffer> parts = List.of(cut ? encoded.slice(0, faults.cutBytes()) : encoded);
    return new Reply(status, headers, encoded.length(), parts, ending(cut), wait, 0, answer);
  }

  private Reply stream(Ask ask, Answer answer, String requestId) {
    List<Buffer> events =
        dialect.events(answer, behaviour.shape().chunks(), ask.includeUsage(), faults.terminal());
    boolean cut = faults.cutAfter() >= 0 && faults.cutAfter() < events.size();
    List<Buffer> spoilt = cut ? events.subList(0, faults.cutAfter()) : spoil(events, requestId);
    Map<String, String> headers = headers();
    headers.put("content-type", contentType("text/event-stream; charset=utf-8"));
    headers.put("cache-control", "no-cache");
    Timing timing = behaviour.timing();
    return new Reply(
        200,
        headers,
        -1,
        encode(spoilt, headers),
        ending(cut),
        timing.firstByte(),
        timing.step(answer.counts().completion(), events.size()),
        answer);
  }

  private List<Buffer> spoil(List<Buffer> events, String requestId) {
    if (faults.body() == Faults.Body.EMPTY) {
      return List.of();
    }
    List<Buffer> spoilt = new ArrayList<>(events);
    if (faults.errorAfter() >= 0 && faults.errorAfter() < events.size()) {
      spoilt = new ArrayList<>(events.subList(0, faults.errorAfter()));
      spoilt.add(dialect.errorEvent(requestId));
    }
    if (faults.body() == Faults.Body.INVALID) {
      Buffer torn = spoilt.get(spoilt.size() / 2);
      spoilt.set(spoilt.size() / 2, torn.slice(0, torn.length() / 2).copy().appendString("\n\n"));
    }
    return spoilt;
  }

  private Buffer body(Buffer normal) {
    return switch (faults.body()) {
      case NORMAL -> normal;
      case INVALID -> normal.slice(0, normal.length() / 2);
      case HTML -> PAGE;
      case EMPTY -> Buffer.buffer();
    };
  }

  private String contentType(String normal) {
    if (faults.contentType() != null) {
      return faults.contentType();
    }
    return faults.body() == Faults.Body.HTML ? "text/html" : normal;
  }

  private List<Buffer> encode(List<Buffer> parts, Map<String, String> headers) {
    if (!faults.gzip()) {
      return parts;
    }
    headers.put("content-encoding", "gzip");
    return Gzip.encode(parts);
  }

  private Ending ending(boolean cut) {
    if (!cut) {
      return Ending.NORMAL;
    }
    return faults.cut() == Cut.RESET ? Ending.RESET : Ending.CLOSE;
  }
}
