package dev.tollgate.limits;

import java.util.concurrent.atomic.AtomicBoolean;

/** What an admitted call holds of its limits, until it is closed. Thread-safe. */
public final class Permit {

  /** Of a call that nothing limits. */
  static final Permit OPEN = new Permit(new Need[0], 0, 0);

  private final Need[] taken;
  private final long expected;
  private final long takenAt;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param taken of each gauge
   * @param expected how many tokens
   */
  Permit(Need[] taken, long expected, long takenAt) {
    this.taken = taken;
    this.expected = expected;
    this.takenAt = takenAt;
  }

  /** The monotonic reading at which the call was let in: its window begins there. */
  long takenAt() {
    return takenAt;
  }

  /** The call has ended, and nobody knows how many tokens it took: those expected stay counted. */
  public void close() {
    close(expected);
  }

  /**
   * The call has ended. Only the first time counts.
   *
   * @param tokens that it took; 0 gives back all that were expected
   */
  public void close(long tokens) {
    if (taken.length == 0 || !closed.compareAndSet(false, true)) {
      return;
    }
    long now = taken[0].gauge().clock().nanoTime();
    for (Need one : taken) {
      one.gauge().lock();
      try {
        one.settle(Math.max(0, tokens), takenAt, now);
      } finally {
        one.gauge().unlock();
      }
    }
  }
}
