package dev.tollgate.pooling;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Runs short tasks later; a {@link ScheduledExecutorService} in life, a hand in tests. */
@FunctionalInterface
public interface PoolTimer {

  /**
   * Runs {@code task} once, after {@code delay}.
   *
   * @return what keeps it from running, if it has not yet
   */
  Runnable after(Duration delay, Runnable task);

  /** The timer that {@code executor} is; it should forget cancelled tasks at once. */
  static PoolTimer of(ScheduledExecutorService executor) {
    return (delay, task) -> {
      ScheduledFuture<?> scheduled = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> scheduled.cancel(false);
    };
  }
}
