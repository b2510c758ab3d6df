package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import io.vertx.core.Promise;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Leases that are over are added up, and what still comes for them is not lost. */
class LeaseFoldingIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Nobody renews these leases, and the till beside them freezes what is over. */
  private static final Duration LIFETIME = Duration.ofHours(1);

  /** Also what ends in a while. */
  private static final Duration AT_ONCE = Duration.ofHours(-2);

  private final StorageConfig database = TestDatabase.freshPlainOwner();

  /** One node, spoken for directly. */
  private static final class Bearer {
    final Node node;
    final LeaseStore leases;
    final LedgerStore ledger;
    private long batch;

    Bearer(Till till) {
      node = Registration.register(till.storage, Ids.next(), "a test");
      leases = new LeaseStore(till.storage, Clock.system(), node, LIFETIME, new Readings());
      ledger = new LedgerStore(till.storage, node);
    }

    /** A lease with {@code granted} in it. */
    Lease lease(UUID budget, long granted) {
      Opened opened = ((Reply.Open) leases.ask(budget, new Effect.Open())).opened();
      Lease lease =
          new Lease(opened.lease(), budget, opened.reading().window(), 0, 0, opened.request());
      assertThat(leases.ask(budget, new Effect.Ask(lease, lease.request + 1, granted, 0, 0)))
          .isInstanceOfSatisfying(
              Reply.Given.class, given -> assertThat(given.amount()).isEqualTo(granted));
      lease.request++;
      return lease;
    }

    void charge(OrgScope scope, Lease lease, long cost) {
      Account account = new Account(lease.budget(), SpendConfig.DEFAULT, new NoSurroundings());
      Hold hold =
          new Hold(
              scope, Ids.next(), 1, new Money(cost), List.of(new Hold.Part(account, lease)), 0);
      byte[] rows =
          new ChargeRows()
              .encode(
                  List.of(
                      new PendingCharge(
                          hold, Till.FACTS, Till.outcome(new Money(cost)), Promise.promise(), 0)));
      batch++;
      ledger.commit(batch - 1, batch, 1, rows);
    }

    void close(Lease lease, long left) {
      assertThat(
              leases.ask(lease.budget(), new Effect.Return(lease, lease.request + 1, left, true)))
          .isEqualTo(new Reply.Returned(true));
    }
  }

  private static OrgScope organization(Till till) {
    return till.organization("folded", Money.ofCents(1_000));
  }

  private static UUID budget(Till till, OrgScope scope) {
    return till.spend.status(scope).budget();
  }

  private static long rows(Till till) {
    return till.storage.transact(
        Access.spend(),
        handle -> handle.createQuery("SELECT count(*) FROM leases").mapTo(Long.class).one());
  }

  @Test
  void addsUpWhatIsOver() {
    try (Till till = Till.open(database)) {
      OrgScope scope = organization(till);
      UUID budget = budget(till, scope);
      Bearer bearer = new Bearer(till);
      Lease first = bearer.lease(budget, 100);
      bearer.charge(scope, first, 40);
      bearer.close(first, 60);
      for (int lease = 0; lease < 30; lease++) {
        Lease next = bearer.lease(budget, 100);
        bearer.charge(scope, next, 40);
        bearer.close(next, 60);
      }
      Lease open = bearer.lease(budget, 100);
      LeaseFolding folding = new LeaseFolding(till.storage);
      assertThat(folding.fold(LeaseFolding.AGE, 1_000)).as("its node may ask once more").isZero();
      assertThat(folding.fold(AT_ONCE, 10)).isEqualTo(11);
      folding.fold(AT_ONCE, 1_000);
      assertThat(rows(till)).as("the sum, and the one that is open").isEqualTo(2);
      assertThat(folding.fold(AT_ONCE, 1_000)).as("nothing is left to add").isZero();
      assertThat(till.spend.status(scope).spent()).isEqualTo(new Money(31 * 40));
      till.books();

      bearer.charge(scope, first, 7);
      assertThat(till.spend.status(scope).spent()).isEqualTo(new Money(31 * 40 + 7));
      bearer.charge(scope, open, 5);
      folding.fold(AT_ONCE, 1_000);
      assertThat(rows(till)).isEqualTo(2);
      assertThat(till.spend.status(scope).spent()).isEqualTo(new Money(31 * 40 + 12));
      till.books();
    }
  }

  @Test
  void keepsWhatIsPresumedUntilItIsTakenBack() throws SQLException {
    try (Till till = Till.open(database)) {
      OrgScope scope = organization(till);
      UUID budget = budget(till, scope);
      Bearer bearer = new Bearer(till);
      Lease closed = bearer.lease(budget, 100);
      bearer.close(closed, 100);
      Lease frozen = bearer.lease(budget, 100);
      freeze(frozen, till);
      LeaseFolding folding = new LeaseFolding(till.storage);
      folding.fold(AT_ONCE, 1_000);
      assertThat(rows(till)).isEqualTo(2);
      assertThat(reverse(till, bearer, frozen, 0)).isEqualTo(100);
      folding.fold(AT_ONCE, 1_000);
      assertThat(rows(till)).isEqualTo(1);
      assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ZERO);
      till.books();
    }
  }

  /** What one takes back, the other must not take back a second time. */
  @Test
  void takesAPresumptionBackOnceWhereTwoDoAtOnce() throws Exception {
    try (Till till = Till.open(database);
        Connection other = TestDatabase.connectAsSuperuser(database);
        Connection watch = TestDatabase.connectAsSuperuser(database);
        Statement statement = other.createStatement()) {
      OrgScope scope = organization(till);
      Bearer bearer = new Bearer(till);
      Lease lease = bearer.lease(budget(till, scope), 100);
      freeze(lease, till);
      other.setAutoCommit(false);
      statement.execute("SET LOCAL search_path TO tollgate");
      statement.execute(
          "SELECT spend_reverse('%s', %d, %d, 10, true)"
              .formatted(bearer.node.id(), bearer.node.epoch(), lease.id()));
      CompletableFuture<Void> settled =
          CompletableFuture.runAsync(
              () -> bearer.charge(scope, lease, 50), Thread::startVirtualThread);
      await().atMost(PATIENCE).until(() -> waiting(watch));
      other.commit();
      settled.join();
      assertThat(till.spend.status(scope).spent()).isEqualTo(new Money(50));
      assertThat(Books.verify(till.storage).differences()).isEmpty();
    }
  }

  private static boolean waiting(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) > 0 FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
      return row.next() && row.getBoolean(1);
    }
  }

  private void freeze(Lease lease, Till till) throws SQLException {
    try (Connection connection = TestDatabase.connectAsSuperuser(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE tollgate.leases SET expires_at = now() - interval '1 hour' WHERE id = "
              + lease.id());
    }
    await()
        .atMost(PATIENCE)
        .until(() ->
            till.storage.transact(
                Access.spend(),
                handle ->
                    handle
                        .createQuery("SELECT state = 'frozen' FROM leases WHERE id = :lease")
                        .bind("lease", lease.id())
                        .mapTo(Boolean.class)
                        .one()));
  }

  private static long reverse(Till till, Bearer bearer, Lease lease, long keep) {
    return till.storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery("SELECT spend_reverse(:node, :epoch, :lease, :keep, true)")
                .bind("node", bearer.node.id())
                .bind("epoch", bearer.node.epoch())
                .bind("lease", lease.id())
                .bind("keep", keep)
                .mapTo(Long.class)
                .one());
  }

  /** An account's, where nothing is ever asked. */
  private static final class NoSurroundings implements Account.Surroundings {
    @Override
    public Clock clock() {
      return Clock.system();
    }

    @Override
    public void carry(Account account, Effect.Request request) {
      throw new AssertionError(request.toString());
    }

    @Override
    public void distrust() {
      throw new AssertionError("distrust");
    }

    @Override
    public void later(long nanos, Runnable task) {
      throw new AssertionError("later");
    }
  }
}
