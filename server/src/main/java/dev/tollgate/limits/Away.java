package dev.tollgate.limits;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether what nodes share limits by is away, and what each has of a limit meanwhile. */
final class Away {

  private static final Logger LOG = LoggerFactory.getLogger(Away.class);
  private static final long PROBE = Rules.nanos(1_000);

  private final IntSupplier nodes;
  private final boolean configured;
  private final AtomicLong probeAt = new AtomicLong();
  private volatile boolean away;

  /**
   * Begins with it there.
   *
   * @param nodes how many share, as last known; at least 1
   */
  Away(IntSupplier nodes) {
    this(nodes, true);
  }

  /**
   * @param configured whether there is something that could be away; if not, nobody is told so
   */
  Away(IntSupplier nodes, boolean configured) {
    this.nodes = nodes;
    this.configured = configured;
  }

  boolean now() {
    return away;
  }

  int nodes() {
    return nodes.getAsInt();
  }

  /** This node's part of a limit: an equal one, and never nothing. */
  long share(long limit) {
    return Math.max(1, limit / nodes());
  }

  void failed(long now, Throwable cause) {
    probeAt.set(now + PROBE);
    if (!away && configured) {
      LOG.warn(
          "Redis is away: each of {} nodes has its share of limits now ({})",
          nodes(),
          cause instanceof TimeoutException ? "no answer in time" : cause.getMessage());
    }
    away = true;
  }

  void answered() {
    if (away) {
      away = false;
      LOG.info("Redis is there again: nodes share limits by it");
    }
  }

  /** Whether the caller is the one who is to try again. */
  boolean probes(long now) {
    long due = probeAt.get();
    return away && now - due >= 0 && probeAt.compareAndSet(due, now + PROBE);
  }
}
