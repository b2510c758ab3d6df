package dev.tollgate.bootstrap;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a server of ours again when it died under us.
 *
 * <p>Looks five times a second, on a virtual thread of its own. A start that fails is tried again,
 * ever later, at most {@value #ATTEMPTS} times in a row.
 */
final class Watchdog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final int ATTEMPTS = 20;
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final String name;
  private final BooleanSupplier alive;
  private final Runnable start;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private Watchdog(String name, BooleanSupplier alive, Runnable start) {
    this.name = name;
    this.alive = alive;
    this.start = start;
    this.thread = Thread.ofVirtual().name("watchdog-" + name).unstarted(this::watch);
  }

  /** Watches the server {@code name}, which runs now. */
  static Watchdog over(String name, BooleanSupplier alive, Runnable start) {
    Watchdog watchdog = new Watchdog(name, alive, start);
    watchdog.thread.start();
    return watchdog;
  }

  private void watch() {
    while (!closes(LOOK)) {
      if (!alive.getAsBoolean() && !revive()) {
        return;
      }
    }
  }

  private boolean revive() {
    LOG.error("{} died; starting it again", name);
    Duration pause = LOOK;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        start.run();
        LOG.info("{} runs again", name);
        return true;
      } catch (RuntimeException e) {
        LOG.warn("{} did not start, attempt {} of {}", name, attempt, ATTEMPTS, e);
      }
      if (closes(pause)) {
        return false;
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
    LOG.error("{} is not tried again: mend what the warnings tell, then restart Tollgate", name);
    return false;
  }

  private boolean closes(Duration within) {
    try {
      return closing.await(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      return true;
    }
  }

  /** Stops watching; when this returns no start is under way. */
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
