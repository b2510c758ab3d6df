package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sums that several nodes keep up at once, pages of them, and a database that came from a dump. */
class RollupsIT {

  private static final int WRITERS = 3;
  private static final int BATCHES = 40;

  private final StorageConfig database = TestDatabase.freshPlainOwner();
  private final List<UUID> organizations = List.of(new UUID(7, 0), new UUID(7, 1));
  private final Instant now = Instant.now();
  private Storage storage;

  @BeforeEach
  void open() {
    storage = Storage.open(database);
    new Partitions(storage).ensure(List.of(now, now.minus(Duration.ofDays(1))));
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private int write(Random random, int entries, boolean commit) throws SQLException {
    try (Connection connection = TestDatabase.connectAsSuperuser(database)) {
      connection.setAutoCommit(false);
      for (int i = 0; i < entries; i++) {
        LedgerDraft.random(random, organizations, now.minus(Duration.ofHours(20)), now)
            .ofOneCall()
            .insert(connection);
      }
      if (commit) {
        connection.commit();
      }
    }
    return commit ? entries : 0;
  }

  private long entries() {
    UsageReport report =
        new UsageQueries(storage).report(Access.admin(), null, UsageQuery.byModel(null, null));
    return report.calls()
        + report.corrections().stream().mapToLong(UsageReport.Correction::entries).sum();
  }

  /** Rolls until nothing is left; a transaction of any other database delays that. */
  private long catchUp() {
    Rollups rollups = new Rollups(storage, Clock.system());
    long sum = 0;
    while (behind()) {
      sum += rollups.once(100).entries();
    }
    return sum;
  }

  private boolean behind() {
    return storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery(
                    "SELECT EXISTS (SELECT FROM ledger WHERE mark >="
                        + " (SELECT below FROM usage_state))")
                .mapTo(Boolean.class)
                .one());
  }

  @Test
  void severalNodesSumWhatIsWrittenMeanwhile() throws Exception {
    AtomicInteger writing = new AtomicInteger(WRITERS);
    try (ExecutorService nodes = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> written = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        Random random = new Random(writer);
        written.add(
            nodes.submit(() -> {
              int sum = 0;
              for (int batch = 0; batch < BATCHES; batch++) {
                sum += write(random, 1 + random.nextInt(5), random.nextInt(4) > 0);
              }
              writing.decrementAndGet();
              return sum;
            }));
      }
      List<Future<Boolean>> rolling = new ArrayList<>();
      for (int node = 0; node < 3; node++) {
        rolling.add(nodes.submit(roller(writing)));
      }
      long last = 0;
      while (writing.get() > 0) {
        long seen = entries();
        assertThat(seen).isGreaterThanOrEqualTo(last);
        last = seen;
      }
      for (Future<Boolean> roller : rolling) {
        assertThat(roller.get()).isTrue();
      }
      long sum = 0;
      for (Future<Integer> writer : written) {
        sum += writer.get();
      }
      catchUp();
      assertThat(entries()).isEqualTo(sum);
    }
  }

  private Callable<Boolean> roller(AtomicInteger writing) {
    Rollups rollups = new Rollups(storage, Clock.system());
    return () -> {
      while (writing.get() > 0) {
        rollups.once(7);
      }
      return true;
    };
  }

  @Test
  void countsOnAfterADumpWasRestoredIntoAnotherServer() throws SQLException {
    write(new Random(1), 10, true);
    catchUp();
    write(new Random(2), 5, true);
    // A server whose transactions have small numbers knows a dump's state as one of its future.
    try (Connection superuser = TestDatabase.connectAsSuperuser(database);
        Statement statement = superuser.createStatement()) {
      statement.execute("ALTER TABLE tollgate.ledger DISABLE TRIGGER append_only");
      statement.execute(
          "UPDATE tollgate.ledger SET mark = mark + 1000000000"
              + " WHERE mark >= (SELECT below FROM tollgate.usage_state)");
      statement.execute("ALTER TABLE tollgate.ledger ENABLE TRIGGER append_only");
      statement.execute("UPDATE tollgate.usage_state SET below = below + 1000000000");
    }
    Rollups rollups = new Rollups(storage, Clock.system());
    rollups.straighten();
    assertThat(entries()).isEqualTo(15);
    write(new Random(3), 4, true);
    assertThat(entries()).isEqualTo(19);
    assertThat(catchUp()).isEqualTo(9);
    assertThat(entries()).isEqualTo(19);
    rollups.straighten();
    write(new Random(4), 1, true);
    assertThat(catchUp()).isEqualTo(1);
    assertThat(entries()).isEqualTo(20);
  }

  @Test
  void saysHowFarItIsBehind() throws SQLException {
    Rollups rollups = new Rollups(storage, Clock.system());
    try (Connection old = TestDatabase.connectAsSuperuser(database);
        Statement statement = old.createStatement()) {
      old.setAutoCommit(false);
      statement.execute("SELECT pg_current_xact_id()");
      write(new Random(1), 3, true);
      rollups.roll();
      assertThat(rollups.lag()).isPositive();
      assertThat(entries()).isEqualTo(3);
    }
  }

  @Test
  void givesGroupsByPagesEachOnce() throws SQLException {
    write(new Random(5), 300, true);
    new Rollups(storage, Clock.system()).once(100);
    write(new Random(6), 30, true);
    UsageQueries queries = new UsageQueries(storage);
    UsageReport whole =
        queries.report(
            Access.admin(),
            null,
            new UsageQuery(null, null, UsageGrouping.MODEL, null, 1_000, null));
    List<UsageReport.Group> paged = new ArrayList<>();
    @Nullable String cursor = null;
    do {
      UsageReport page =
          queries.report(
              Access.admin(),
              null,
              new UsageQuery(null, null, UsageGrouping.MODEL, null, 3, cursor));
      paged.addAll(page.groups());
      assertThat(page.cost()).isEqualTo(whole.cost());
      cursor = page.nextCursor();
    } while (cursor != null);
    assertThat(paged).isEqualTo(whole.groups()).hasSize(9);
    assertThatThrownBy(() ->
            queries.report(
                Access.admin(),
                null,
                new UsageQuery(null, null, UsageGrouping.MODEL, null, 3, "nonsense")))
        .isInstanceOf(Failure.class);
  }

  @Test
  void sumsWhateverAProviderSays() throws SQLException {
    try (Connection superuser = TestDatabase.connectAsSuperuser(database);
        Statement statement = superuser.createStatement()) {
      for (int call = 0; call < 3; call++) {
        statement.execute(
            "INSERT INTO tollgate.ledger (held_at, call_id, attempt, kind, organization_id,"
                + " model_served, provider, input_tokens, held_nanos, cost_nanos, status, budgets,"
                + " windows) VALUES (now(), gen_random_uuid(), 1, 'charge',"
                + " gen_random_uuid(), (SELECT string_agg(md5(i::text), '') FROM"
                + " generate_series(1, 500) i), 'p', 9223372036854775807, 0, 4e18::bigint, 'ok',"
                + " '{}', '{}')");
      }
    }
    assertThat(catchUp()).isEqualTo(3);
    assertThatThrownBy(this::entries).isInstanceOf(ArithmeticException.class);
  }
}
