package dev.tollgate.limits;

import java.time.Duration;

/**
 * The times of the protocol, in milliseconds.
 *
 * @param window what limits of requests and tokens are of
 * @param hold how long a node may use what it leased of a window; what it used counts for so much
 *     longer, so it is also how far a sustained rate stays below a limit
 * @param grain how finely uses are told apart in time
 * @param slots how long a node may use slots of streams without renewing them, and so how long the
 *     streams of a killed node count
 * @param patience how long an answer is waited for; then the others are away
 */
record Rules(long window, long hold, long grain, long slots, long patience) {

  static final Rules DEFAULT = new Rules(60_000, 2_000, 500, 10_000, 2_000);

  /** How long what was leased counts. */
  long keep() {
    return window + hold;
  }

  static long nanos(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
