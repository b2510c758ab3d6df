package dev.tollgate.spend;

/**
 * How much money a node should have in hand for a budget: about what it spends in two seconds, and
 * enough for two of its calls, so that a call rarely has to wait for PostgreSQL and little is
 * presumed spent after a crash.
 */
final class SliceSize {

  private static final double SECONDS = 2;
  private static final double WEIGHT = 0.5;
  private static final double NANOS = 1e9;

  private double nanosPerSecond;
  private long lastSettled;
  private long lastAt;
  private long typicalHold;

  SliceSize(long settled, long now) {
    this.lastSettled = settled;
    this.lastAt = now;
  }

  /** Learns what was settled up to {@code now}, a monotonic reading. */
  void sample(long settled, long now) {
    double seconds = (now - lastAt) / NANOS;
    if (seconds < 0.1) {
      return;
    }
    double rate = Math.max(0, settled - lastSettled) / seconds;
    nanosPerSecond += WEIGHT * (rate - nanosPerSecond);
    lastSettled = settled;
    lastAt = now;
  }

  /** Learns how much a call held. */
  void held(long amount) {
    typicalHold = Math.max(amount, typicalHold - typicalHold / 8);
  }

  /** What to have in hand, in nano-dollars. */
  long target() {
    double target = Math.max(SECONDS * nanosPerSecond, 2.0 * typicalHold);
    return (long) Math.min(target, Long.MAX_VALUE / 4.0);
  }
}
