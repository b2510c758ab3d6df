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
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a posted request is answered with: one message as JSON when nothing came before it, else a
 * stream of events. A quiet one becomes a stream too, and shows that it lives. Lives on its event
 * loop.
 */
final class PostAnswer implements EventLog.Outlet {

  private final McpLoop loop;
  private final Exchange exchange;
  private final HttpServerResponse response;
  private final Deadlines deadlines;
  private final Clock clock;
  private final Duration beat;
  private @Nullable Deadline next;
  private boolean gone;

  PostAnswer(McpLoop loop, Exchange exchange, Deadlines deadlines, Clock clock, Duration beat) {
    this.loop = loop;
    this.exchange = exchange;
    this.response = exchange.response();
    this.deadlines = deadlines;
    this.clock = clock;
    this.beat = beat;
    this.next = deadlines.arm(clock.nanoTime() + beat.toNanos(), this::quiet);
  }

  /** Runs {@code action} when the client goes away before the end. */
  PostAnswer whenGone(Runnable action) {
    response.closeHandler(closed -> {
      disarm();
      if (!gone && !response.ended()) {
        gone = true;
        action.run();
      }
    });
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
      response.putHeader("x-request-id", exchange.requestId());
      Sse.head(response, exchange.request().version());
      response.writeHead();
    }
  }

  boolean open() {
    return !gone && !response.ended() && !response.closed();
  }

  /** One event of the stream. */
  void event(Buffer event) {
    if (!open()) {
      return;
    }
    begin();
    response.write(event);
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
          .putHeader("x-request-id", exchange.requestId())
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

  /** Whether more should wait; {@code drained} runs when it need not any more. */
  boolean full(Runnable drained) {
    if (open() && response.writeQueueFull()) {
      response.drainHandler(ignored -> drained.run());
      return true;
    }
    return false;
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
