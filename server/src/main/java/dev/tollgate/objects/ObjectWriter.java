package dev.tollgate.objects;

import dev.tollgate.kernel.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what answers give out: one thread, all that waits in one commit, so that the database sees
 * few commits however many calls end. A batch that cannot be written is lost, and says so.
 */
final class ObjectWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ObjectWriter.class);

  private static final int WAITING = 10_000;
  private static final int BATCH = 256;
  private static final int ROWS = 10_000;

  private final ObjectStore store;
  private final BlockingQueue<Given> queue = new ArrayBlockingQueue<>(WAITING);
  private final Thread thread;
  private volatile boolean closing;

  /** What one answer gave out. */
  private record Given(
      UUID organization, Maker maker, Map<String, ObjectKind> ids, Promise<Boolean> kept) {}

  ObjectWriter(ObjectStore store) {
    this.store = store;
    this.thread = Thread.ofVirtual().name("provider-objects").start(this::run);
  }

  /**
   * Completes with whether they are durable.
   *
   * @param ids in hexadecimal digits of their hash
   */
  Future<Boolean> write(UUID organization, Maker maker, Map<String, ObjectKind> ids) {
    Promise<Boolean> kept = Promise.promise();
    if (closing || !queue.offer(new Given(organization, maker, ids, kept))) {
      kept.complete(false);
    }
    return kept.future();
  }

  private void run() {
    List<Given> batch = new ArrayList<>();
    while (!closing || !queue.isEmpty()) {
      try {
        Given first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          take(first, batch);
          batch.clear();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void take(Given first, List<Given> batch) {
    batch.add(first);
    int rows = first.ids().size();
    while (batch.size() < BATCH && rows < ROWS) {
      Given next = queue.poll();
      if (next == null) {
        break;
      }
      batch.add(next);
      rows += next.ids().size();
    }
    boolean kept = add(batch);
    batch.forEach(given -> given.kept().complete(kept));
  }

  private boolean add(List<Given> batch) {
    SortedMap<ObjectStore.Row, ObjectKind> rows = new TreeMap<>();
    for (Given given : batch) {
      given
          .ids()
          .forEach((hash, kind) ->
              rows.put(new ObjectStore.Row(given.organization(), hash, given.maker()), kind));
    }
    try {
      store.add(rows);
      return true;
    } catch (Failure away) {
      LOG.warn(
          "ids of {} answers could not be kept, and cannot be named in later requests: {}",
          batch.size(),
          away.getMessage());
      return false;
    } catch (RuntimeException defect) {
      LOG.error("ids of {} answers could not be kept", batch.size(), defect);
      return false;
    }
  }

  /** Writes what waits, then ends. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Given late = queue.poll(); late != null; late = queue.poll()) {
      late.kept().complete(false);
    }
  }
}
