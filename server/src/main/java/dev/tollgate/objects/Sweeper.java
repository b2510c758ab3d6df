package dev.tollgate.objects;

import dev.tollgate.kernel.Failure;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes ids that are too old, every hour, in small commits. */
final class Sweeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  private static final int AT_ONCE = 5_000;
  private static final int ROUNDS = 1_000;

  private final ObjectStore store;
  private final CountDownLatch closed = new CountDownLatch(1);

  Sweeper(ObjectStore store) {
    this.store = store;
    Thread.ofVirtual().name("provider-objects-sweep").start(this::run);
  }

  private void run() {
    try {
      while (!closed.await(1, TimeUnit.HOURS)) {
        try {
          sweep();
        } catch (Failure away) {
          LOG.info("old ids of providers' objects stay for an hour: {}", away.getMessage());
        } catch (RuntimeException defect) {
          LOG.error("old ids of providers' objects could not be removed", defect);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes all that is too old now; returns how much. */
  int sweep() {
    int all = 0;
    for (int round = 0; round < ROUNDS && closed.getCount() > 0; round++) {
      int removed = store.sweep(AT_ONCE);
      all += removed;
      if (removed < AT_ONCE) {
        break;
      }
    }
    return all;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
