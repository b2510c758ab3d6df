package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.bootstrap.PostgresAddress;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.testing.Cable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that dies under load and comes back. */
class OutageIT {

  @Test
  void failsWithUnavailableWhileTheDatabaseIsAwayAndGoesOnAfter(@TempDir Path home)
      throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home);
        Cable cable = new Cable(server.port())) {
      StorageConfig config = config(server.owner(), cable.port());
      Storage.migrate(config);
      try (Storage storage = Storage.open(config);
          Load load = new Load(storage)) {
        await().until(() -> load.answers.get() > 100);
        // It is started again at once; the cable keeps it away until that has been seen.
        cable.cut();
        server.kill();
        await().until(() -> load.unavailable.get() > 100);
        cable.mend();
        int before = load.answers.get();
        await().atMost(Duration.ofSeconds(60)).until(() -> load.answers.get() > before + 100);
        assertThat(storage.available()).isTrue();
        assertThat(load.others).isEmpty();
      }
    }
  }

  @Test
  void failsAtOnceWhenTheDatabaseIsKnownToBeAway(@TempDir Path home) {
    StorageConfig config;
    Storage storage;
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home)) {
      config = config(server.owner(), server.port());
      Storage.migrate(config);
      storage = Storage.open(config);
    }
    try (storage) {
      await().until(() -> !storage.available());
      long start = System.nanoTime();
      for (int i = 0; i < 1_000; i++) {
        assertThatThrownBy(() -> storage.transact(Access.admin(), handle -> 1))
            .isInstanceOfSatisfying(
                Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }
  }

  private static StorageConfig config(PostgresAddress owner, int port) {
    return new StorageConfig(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + owner.database(),
        owner.user(),
        owner.password(),
        4,
        Duration.ofSeconds(10));
  }

  /** Eight who ask without pause; on threads of their own, for they never give way. */
  private static final class Load implements AutoCloseable {

    final AtomicInteger answers = new AtomicInteger();
    final AtomicInteger unavailable = new AtomicInteger();
    final ConcurrentLinkedQueue<RuntimeException> others = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ExecutorService threads = Executors.newFixedThreadPool(8);

    Load(Storage storage) {
      for (int i = 0; i < 8; i++) {
        threads.execute(() -> ask(storage));
      }
    }

    private void ask(Storage storage) {
      while (!stopped.get()) {
        try {
          storage.transact(Access.admin(), handle -> handle.execute("SELECT 1"));
          answers.incrementAndGet();
        } catch (Failure e) {
          unavailable.incrementAndGet();
          if (e.code() != ErrorCode.UNAVAILABLE) {
            others.add(e);
          }
        } catch (RuntimeException e) {
          others.add(e);
        }
      }
    }

    @Override
    public void close() {
      stopped.set(true);
      threads.close();
    }
  }
}
