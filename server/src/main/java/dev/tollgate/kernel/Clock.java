package dev.tollgate.kernel;

import java.time.Instant;

/**
 * Where time comes from: wall time for what is recorded, monotonic time for what is waited for.
 *
 * <p>Expiry of leases and windows of budgets are the database's clock, never this one.
 */
public interface Clock {

  /** The wall clock of this machine. */
  Instant now();

  /** A monotonic reading in nanoseconds; only differences mean something. */
  long nanoTime();

  /** The machine's own clocks. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
