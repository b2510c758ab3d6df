package dev.tollgate.http.mcp;

import dev.tollgate.mcp.Raw;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One event stream of a session: what was sent is kept, within a bound, for a client that comes
 * back for what it missed (MCP 2025-11-25, Resumability and Redelivery). Thread-safe; under its
 * monitor outlets are told, which only pass on.
 */
final class EventLog {

  /** Where the events go to at present. */
  interface Outlet {
    void write(Buffer event);

    void end();

    /**
     * Whether more should wait; {@code drained} runs, on any thread, when it need not any more, or
     * nobody reads.
     */
    boolean full(Runnable drained);
  }

  private record Kept(long number, Buffer event) {}

  private final int stream;
  private final int bound;
  private final int most;
  private final boolean listening;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private int bytes;
  private long last;
  private boolean ended;
  private @Nullable Outlet outlet;

  /**
   * One with nothing in it.
   *
   * @param bound bytes that are kept, about
   * @param most the most that one event may take to be kept
   */
  EventLog(int stream, int bound, int most, boolean listening, Outlet outlet) {
    this.most = most;
    this.stream = stream;
    this.listening = listening;
    this.bound = bound;
    this.outlet = outlet;
  }

  int stream() {
    return stream;
  }

  /** Whether it is the stream of what belongs to no request. */
  boolean listening() {
    return listening;
  }

  /** Sends one message. */
  synchronized void add(Raw message) {
    put(Sse.event(nextId(), message));
  }

  /** Tells the client where it can come back to. */
  synchronized void prime(@Nullable Long retryMillis) {
    put(Sse.priming(nextId(), retryMillis));
  }

  private String nextId() {
    return stream + "-" + ++last;
  }

  private void put(Buffer event) {
    if (event.length() <= most) {
      kept.add(new Kept(last, event));
      bytes += event.length();
    }
    while (bytes > bound && kept.size() > 1) {
      bytes -= kept.remove().event().length();
    }
    if (outlet != null) {
      outlet.write(event);
    }
  }

  /** Nothing more comes. */
  synchronized void end() {
    ended = true;
    interrupt();
  }

  /** Whether what comes more should wait. */
  synchronized boolean full(Runnable drained) {
    return outlet != null && outlet.full(drained);
  }

  /** Nobody reads at {@code from} any more. */
  synchronized void detach(Outlet from) {
    if (from.equals(outlet)) {
      outlet = null;
    }
  }

  /** Whether it may be forgotten: nothing more comes, or nobody listens. */
  synchronized boolean over() {
    return ended || (listening && outlet == null);
  }

  /** Ends the connection, not the stream. */
  synchronized void interrupt() {
    if (outlet != null) {
      outlet.end();
      outlet = null;
    }
  }

  /** Goes on at {@code to} behind the event with this number. */
  synchronized void attach(Outlet to, long behind) {
    interrupt();
    for (Kept each : kept) {
      if (each.number() > behind) {
        to.write(each.event());
      }
    }
    if (ended) {
      to.end();
    } else {
      outlet = to;
    }
  }

  /** Whether anything was sent. */
  synchronized boolean begun() {
    return last > 0;
  }
}
