package dev.tollgate.testing;

import dev.tollgate.kernel.Clock;
import java.time.Duration;
import java.time.Instant;

/** A clock that stands still until it is told to go on; both readings move together. */
public final class ManualClock implements Clock {

  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  private volatile Duration passed = Duration.ZERO;

  /** Begins at noon. */
  public ManualClock() {}

  public synchronized void advance(Duration by) {
    passed = passed.plus(by);
  }

  @Override
  public Instant now() {
    return START.plus(passed);
  }

  @Override
  public long nanoTime() {
    return passed.toNanos();
  }
}
