package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the money room does at intervals. */
final class Heartbeat implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  /** How often budgets are read: what other nodes changed is known here after that. */
  static final Duration BEAT = Duration.ofSeconds(1);

  /** How often charges are looked for that wait too long. */
  static final Duration SWEEP = Duration.ofMillis(100);

  /** How often partitions and gauges are looked after. */
  static final Duration CARE = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("spend-timer").daemon().factory());

  private final ExecutorService workers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("spend-heartbeat").factory());

  /** For short tasks that do not block. */
  ScheduledExecutorService timer() {
    return timer;
  }

  /** Runs {@code task}, which does not block, every {@code interval}. */
  void every(Duration interval, Runnable task) {
    long nanos = interval.toNanos();
    var _ = timer.scheduleWithFixedDelay(() -> guarded(task), nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** Runs {@code task} on a virtual thread every {@code interval}, unless it still runs. */
  void everyBlocking(Duration interval, Runnable task) {
    AtomicBoolean running = new AtomicBoolean();
    every(
        interval,
        () -> {
          if (!workers.isShutdown() && running.compareAndSet(false, true)) {
            start(task, running);
          }
        });
  }

  private void start(Runnable task, AtomicBoolean running) {
    boolean started = false;
    try {
      workers.execute(() -> {
        try {
          guarded(task);
        } finally {
          running.set(false);
        }
      });
      started = true;
    } finally {
      if (!started) {
        running.set(false);
      }
    }
  }

  /** A timer drops a task that throws, whatever it was. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      told(e);
    }
  }

  /** That the database is away is told once by who watches it, and by each task in a line. */
  private static void told(Throwable e) {
    if (e instanceof Failure failure && failure.code() == ErrorCode.UNAVAILABLE) {
      LOG.warn("a task of the money room will run again: {}", failure.getMessage());
      LOG.debug("what failed", e);
    } else {
      LOG.warn("a task of the money room failed and will run again", e);
    }
  }

  /** Stops, and lets what runs come to its end for a while. */
  @Override
  public void close() {
    timer.shutdownNow();
    workers.shutdown();
    try {
      if (!workers.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a task of the money room still runs");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
