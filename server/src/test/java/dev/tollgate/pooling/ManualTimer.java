package dev.tollgate.pooling;

import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.util.TreeMap;

/** Runs what is due when the clock is moved, in order; among equals what was asked for first. */
final class ManualTimer implements PoolTimer {

  private record At(long nanos, long number) implements Comparable<At> {
    @Override
    public int compareTo(At other) {
      return nanos != other.nanos
          ? Long.compare(nanos, other.nanos)
          : Long.compare(number, other.number);
    }
  }

  private final ManualClock clock;
  private final TreeMap<At, Runnable> tasks = new TreeMap<>();
  private long count;

  ManualTimer(ManualClock clock) {
    this.clock = clock;
  }

  @Override
  public Runnable after(Duration delay, Runnable task) {
    At at = new At(clock.nanoTime() + delay.toNanos(), count++);
    tasks.put(at, task);
    return () -> tasks.remove(at);
  }

  void advance(Duration by) {
    long end = clock.nanoTime() + by.toNanos();
    while (!tasks.isEmpty() && tasks.firstKey().nanos() <= end) {
      var next = tasks.pollFirstEntry();
      clock.advance(Duration.ofNanos(Math.max(0, next.getKey().nanos() - clock.nanoTime())));
      next.getValue().run();
    }
    clock.advance(Duration.ofNanos(end - clock.nanoTime()));
  }

  int pending() {
    return tasks.size();
  }
}
