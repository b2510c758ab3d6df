package dev.tollgate.http.mcp;

import dev.tollgate.http.engine.Exchange;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a posted request is answered with: one message as JSON when nothing came before it, else a
 * stream of events. A quiet one becomes a stream too, and shows that it lives. Lives on its event
 * loop.
 */
final class PostAnswer implements EventLog.Outlet {

  /** From which on more should wait. */
  private static final long FULL_BYTES = 128 * 1024;

  /** From which on a client is left behind that nothing waits for. */
  private static final long BEHIND_BYTES = 4 * 1024 * 1024;

  private final McpLoop loop;
  private final String requestId;
  private final HttpVersion version;
  private final HttpServerResponse response;
  private final Deadlines deadlines;
  private final Clock clock;
  private final Duration beat;
  private @Nullable Deadline next;
  private @Nullable Runnable whenGone;
  private volatile boolean gone;

  /** What was to be written and is not yet; with {@link #held}, guarded by the monitor. */
  private long unsent;

  private @Nullable Runnable held;

  PostAnswer(McpLoop loop, Exchange exchange, Deadlines deadlines, Clock clock, Duration beat) {
    this.loop = loop;
    // Not the exchange: its body may be large, and a stream long.
    this.requestId = exchange.requestId();
    this.version = exchange.request().version();
    this.response = exchange.response();
    this.deadlines = deadlines;
    this.clock = clock;
    this.beat = beat;
    this.next = deadlines.arm(clock.nanoTime() + beat.toNanos(), this::quiet);
    response.closeHandler(closed -> closed());
  }

  private void closed() {
    disarm();
    boolean early = !gone && !response.ended();
    gone = true;
    release();
    if (early && whenGone != null) {
      whenGone.run();
    }
  }

  /** Runs {@code action} when the client goes away before the end. */
  PostAnswer whenGone(Runnable action) {
    whenGone = action;
    return this;
  }

  /**
   * Never becomes a stream while it is waited for. A handshake's is such: its head has the session,
   * which clients use from then on, and which is there when the server behind has agreed.
   */
  PostAnswer whole() {
    disarm();
    return this;
  }

  private void quiet() {
    next = null;
    if (open()) {
      begin();
      response.write(Sse.BEAT);
      next = deadlines.arm(clock.nanoTime() + beat.toNanos(), this::quiet);
    }
  }

  private void begin() {
    if (!response.headWritten()) {
      response.putHeader("x-request-id", requestId);
      Sse.head(response, version);
      response.writeHead();
    }
  }

  boolean open() {
    return !gone && !response.ended() && !response.closed();
  }

  /** One event of the stream. */
  private void event(Buffer event) {
    if (!open()) {
      sent(event.length());
      return;
    }
    begin();
    response.write(event).onComplete(written -> sent(event.length()));
    if (next != null) {
      next.move(clock.nanoTime() + beat.toNanos());
    }
  }

  /**
   * Says by a header, where there is time for one, what a cache had to do with the answer (Age: RFC
   * 9111, 5.1).
   */
  void sourced(String status, Duration age) {
    if (open() && !response.headWritten()) {
      response.putHeader("x-tollgate-cache", status);
      if (status.equals("hit") || status.equals("stale")) {
        response.putHeader(HttpHeaders.AGE, Long.toString(age.toSeconds()));
      }
    }
  }

  /** The last message. */
  void end(int status, Raw message) {
    disarm();
    if (!open()) {
      return;
    }
    if (response.headWritten()) {
      response.end(Sse.event(null, message));
    } else {
      response
          .setStatusCode(status)
          .putHeader("x-request-id", requestId)
          .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
          .end(Buffer.buffer(message.copy()));
    }
  }

  /** Begins the stream though there is nothing to send yet. */
  void start() {
    if (open()) {
      begin();
    }
  }

  @Override
  public void write(Buffer event) {
    synchronized (this) {
      unsent += event.length();
    }
    loop.run(() -> event(event));
  }

  @Override
  public void end() {
    loop.run(this::endEmpty);
  }

  /** Ends with no message: a request that was cancelled has no answer. */
  void endEmpty() {
    disarm();
    if (open()) {
      begin();
      response.end();
    }
  }

  private void sent(int bytes) {
    boolean drained;
    synchronized (this) {
      unsent -= bytes;
      drained = unsent < FULL_BYTES / 2;
    }
    if (drained) {
      release();
    }
  }

  private void release() {
    Runnable waits;
    synchronized (this) {
      waits = held;
      held = null;
    }
    if (waits != null) {
      waits.run();
    }
  }

  @Override
  public synchronized boolean full(Runnable drained) {
    if (gone || unsent < FULL_BYTES) {
      return false;
    }
    held = drained;
    return true;
  }

  /** Ends the connection of a client that reads too slowly for what cannot wait; true: it did. */
  boolean leftBehind() {
    boolean behind;
    synchronized (this) {
      behind = unsent > BEHIND_BYTES;
    }
    if (behind && open()) {
      response.reset();
    }
    return behind;
  }

  private void disarm() {
    if (next != null) {
      next.disarm();
      next = null;
    }
  }

  /** The status that goes with an error of a modern answer (Streamable HTTP). */
  static int status(@Nullable Long code) {
    if (code == null) {
      return 200;
    }
    return switch (code.intValue()) {
      case RpcError.METHOD_NOT_FOUND -> 404;
      case RpcError.PARSE_ERROR,
          RpcError.HEADER_MISMATCH,
          RpcError.MISSING_CAPABILITY,
          RpcError.UNSUPPORTED_VERSION ->
          400;
      default -> 200;
    };
  }
}
