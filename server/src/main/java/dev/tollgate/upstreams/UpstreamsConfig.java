package dev.tollgate.upstreams;

import dev.tollgate.pooling.PoolConfig;
import dev.tollgate.pooling.PoolConfig.Bounds;
import dev.tollgate.pooling.PoolConfig.Times;
import java.time.Duration;

/**
 * Bounds of the room.
 *
 * @param resultBytes the most that one message of a server may take
 * @param sessions sessions with legacy servers that are one client's own, in all
 * @param pool of the sessions that clients have in turn
 * @param processes whether connectors may start child processes
 */
public record UpstreamsConfig(int resultBytes, int sessions, PoolConfig pool, boolean processes) {

  /** How long a program may take to start: it may be fetched first. */
  private static final Duration START = Duration.ofSeconds(30);

  public static final UpstreamsConfig DEFAULT =
      new UpstreamsConfig(
          32 * 1024 * 1024,
          4_096,
          new PoolConfig(new Bounds(2, 5, 20, 100, 1_000, 16, 10_000), Times.DEFAULT),
          false);

  /** The same, with or without child processes. */
  public UpstreamsConfig processes(boolean allowed) {
    return new UpstreamsConfig(resultBytes, sessions, pool, allowed);
  }

  /** The same with another pool. */
  public UpstreamsConfig pool(PoolConfig other) {
    return new UpstreamsConfig(resultBytes, sessions, other, processes);
  }

  /** For sessions over a single stream, which carry a call at a time; a spare one costs more. */
  PoolConfig pipePool() {
    Bounds bounds = pool.bounds();
    Times times = pool.times();
    return new PoolConfig(
        new Bounds(
            Math.min(bounds.min(), 1),
            bounds.max(),
            bounds.hardMax(),
            bounds.groupMax(),
            bounds.totalMax(),
            1,
            bounds.waiters()),
        new Times(
            longer(times.acquire()),
            longer(times.create()),
            times.drain(),
            times.waitTarget(),
            times.idle(),
            times.lifetime(),
            times.sweep()));
  }

  private static Duration longer(Duration time) {
    return time.compareTo(START) < 0 ? START : time;
  }
}
