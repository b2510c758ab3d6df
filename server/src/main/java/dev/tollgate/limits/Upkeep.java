package dev.tollgate.limits;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done at intervals, on a thread of its own. */
final class Upkeep implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private static final long TICK_MILLIS = 500;
  private static final long COUNT_MILLIS = 5_000;

  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(1, Thread.ofVirtual().name("limits").factory());

  private Upkeep() {}

  static Upkeep start(Runnable tick, Nodes nodes) {
    Upkeep upkeep = new Upkeep();
    upkeep.every(TICK_MILLIS, tick);
    upkeep.every(COUNT_MILLIS, nodes::count);
    return upkeep;
  }

  private void every(long millis, Runnable task) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                LOG.warn("upkeep of limits failed and will run again", e);
              }
            },
            0,
            millis,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
