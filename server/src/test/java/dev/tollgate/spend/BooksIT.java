package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.AuditEntry;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that somebody changed by hand, found and set right; and what is presumed for good. */
class BooksIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Money DOLLAR = Money.ofCents(100);
  private static final Money CENT = Money.ofCents(1);

  private final StorageConfig database = TestDatabase.freshPlainOwner();

  private void sql(String statement) throws SQLException {
    try (Connection connection = TestDatabase.connectAsSuperuser(database);
        Statement cooked = connection.createStatement()) {
      cooked.execute(statement);
    }
  }

  private static List<String> wrong(Till till) {
    return Books.verify(till.storage).differences().stream()
        .map(Books.Difference::toString)
        .toList();
  }

  private static List<Books.Difference> repair(Till till) {
    return Books.repair(till.storage, Till.ADMIN, "a test");
  }

  private static List<AuditEntry> audit(Till till, OrgScope scope) {
    return till.tenancy.auditEntries(scope.organizationId(), 100, null).items();
  }

  /** Spends 7 cents of a dollar, and closes the lease of it. */
  private OrgScope spent(Till till) {
    OrgScope scope = till.organization("books", DOLLAR);
    till.settle(till.hold(scope, Money.ofCents(10)), Money.ofCents(7));
    return scope;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE tollgate.leases SET spent_nanos = spent_nanos + 5",
        "UPDATE tollgate.leases SET spent_nanos = spent_nanos - 5",
        "UPDATE tollgate.leases SET spent_nanos = 0",
        "UPDATE tollgate.leases SET granted_nanos = granted_nanos + 5",
        "UPDATE tollgate.leases SET granted_nanos = 0",
        "UPDATE tollgate.leases SET granted_nanos = granted_nanos + 5, spent_nanos = spent_nanos +"
            + " 5",
        "UPDATE tollgate.leases SET presumed_nanos = 5",
        "UPDATE tollgate.leases SET state = 'frozen', presumed_nanos = 5",
        "UPDATE tollgate.budgets SET granted_nanos = granted_nanos + 5",
        "UPDATE tollgate.budgets SET granted_nanos = 0",
        "DELETE FROM tollgate.leases",
        "DELETE FROM tollgate.leases; DELETE FROM tollgate.budget_windows",
      })
  void repairsWhatWasCooked(String cooking) throws SQLException {
    OrgScope scope;
    try (Till till = Till.open(database)) {
      scope = spent(till);
    }
    sql(cooking);
    try (Till till = Till.open(database)) {
      assertThat(wrong(till)).as(cooking).isNotEmpty();
      assertThat(repair(till)).as(cooking).isNotEmpty();
      assertThat(wrong(till)).as(cooking).isEmpty();
      assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ofCents(7));
      assertThat(repair(till)).as("nothing is left to repair").isEmpty();
      assertThat(audit(till, scope))
          .filteredOn(entry -> entry.action().equals("books.repair"))
          .hasSize(1)
          .allMatch(entry -> entry.details().toString().contains("a test"));
      till.settle(till.hold(scope, Money.ofCents(93)), Money.ofCents(93));
      assertThat(wrong(till)).isEmpty();
    }
  }

  @Test
  void leavesALiveLeaseWithWhatItsNodeHasInHand() throws SQLException {
    try (Till till = Till.open(database)) {
      OrgScope scope = till.organization("live", DOLLAR);
      Hold open = till.hold(scope, Money.ofCents(10));
      till.settle(till.hold(scope, Money.ofCents(10)), Money.ofCents(7));
      sql("UPDATE tollgate.leases SET spent_nanos = spent_nanos + 5");
      assertThat(repair(till)).hasSize(1);
      till.settle(open, Money.ofCents(10));
      assertThat(wrong(till)).isEmpty();
      assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ofCents(17));
    }
    try (Till till = Till.open(database)) {
      assertThat(wrong(till)).as("all was given back").isEmpty();
    }
  }

  @Test
  void repairsWhileCallsSettle() throws Exception {
    try (Till till = Till.open(database)) {
      OrgScope scope = till.organization("busy", Money.ofCents(1_000_000));
      AtomicBoolean over = new AtomicBoolean();
      CompletableFuture<Integer> calls =
          CompletableFuture.supplyAsync(() -> {
            int settled = 0;
            while (!over.get()) {
              till.settle(till.hold(scope, CENT), CENT);
              settled++;
            }
            return settled;
          });
      try {
        for (int round = 0; round < 20; round++) {
          sql("UPDATE tollgate.leases SET spent_nanos = spent_nanos + 5 WHERE spent_nanos > 0");
          repair(till);
          assertThat(wrong(till)).isEmpty();
        }
      } finally {
        over.set(true);
      }
      int settled = calls.get();
      assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ofCents(settled));
      assertThat(wrong(till)).isEmpty();
    }
  }

  @Test
  void setsWhatIsWrongOfAPresumptionRightByItsEntries() throws SQLException {
    try (Till till = Till.open(database)) {
      OrgScope scope = frozen(till);
      Money presumed = till.spend.status(scope).spent();
      sql(
          "UPDATE tollgate.leases SET presumed_nanos = spent_nanos + 1, granted_nanos = 1"
              + " WHERE state = 'frozen'");
      assertThat(wrong(till)).anyMatch(line -> line.contains("presumed, against spent"));
      repair(till);
      assertThat(wrong(till)).isEmpty();
      assertThat(till.spend.status(scope).spent()).isEqualTo(presumed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   "})
  void changesNothingWithoutAReason(String reason) {
    try (Till till = Till.open(database)) {
      assertThatThrownBy(() -> Books.repair(till.storage, Till.ADMIN, reason))
          .isInstanceOfSatisfying(
              Failure.class, failure -> assertThat(failure.field()).isEqualTo("reason"));
      assertThatThrownBy(
              () -> Books.resolve(till.storage, Till.ADMIN, new Books.Abandoned.OfLease(1), reason))
          .isInstanceOf(Failure.class);
    }
  }

  /** A budget with 10 cents in a lease of a node that is gone with its disk. */
  private OrgScope frozen(Till till) throws SQLException {
    OrgScope scope = till.organization("gone", DOLLAR);
    UUID gone = Ids.next();
    sql(
        "INSERT INTO tollgate.nodes (id, epoch, address, seen_at)"
            + " VALUES ('"
            + gone
            + "', 1, 'gone', now() - interval '1 hour');"
            + "INSERT INTO tollgate.leases (budget_id, window_id, organization_id, node_id, epoch,"
            + " granted_nanos, expires_at) SELECT id, window_id, organization_id, '"
            + gone
            + "', 1, 100000000, now() - interval '1 hour' FROM tollgate.budgets;"
            + "UPDATE tollgate.budgets SET granted_nanos = granted_nanos + 100000000");
    await()
        .atMost(PATIENCE)
        .until(() -> till.spend.status(scope).spent().equals(Money.ofCents(10)));
    assertThat(wrong(till)).isEmpty();
    return scope;
  }

  @Test
  void resolvesWhatANodeThatIsGoneLeftPresumed() throws SQLException {
    try (Till till = Till.open(database)) {
      OrgScope scope = frozen(till);
      Books.Abandoned node = new Books.Abandoned.OfNode(frozen(till, "node_id", UUID.class));
      List<Books.Resolution> resolved =
          Books.resolve(till.storage, Till.ADMIN, node, "its disk burnt");
      assertThat(resolved).hasSize(1);
      assertThat(resolved.getFirst().reversed()).isEqualTo(Money.ofCents(10));
      assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ZERO);
      assertThat(wrong(till)).isEmpty();
      assertThat(audit(till, scope))
          .anyMatch(entry ->
              entry.action().equals("books.resolve")
                  && entry.details().toString().contains("its disk burnt"));
      assertThat(
              Books.resolve(
                      till.storage,
                      Till.ADMIN,
                      new Books.Abandoned.OfLease(resolved.getFirst().lease()),
                      "again")
                  .getFirst()
                  .reversed())
          .isEqualTo(Money.ZERO);
    }
  }

  @Test
  void leavesToANodeThatLivesWhatItHasToSay() throws SQLException {
    try (Till till = Till.open(database)) {
      frozen(till);
      sql("UPDATE tollgate.nodes SET seen_at = now() WHERE address = 'gone'");
      assertThatThrownBy(() ->
              Books.resolve(
                  till.storage,
                  Till.ADMIN,
                  new Books.Abandoned.OfLease(frozen(till, "id", Long.class)),
                  "x"))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("within a minute");
      assertThatThrownBy(() ->
              Books.resolve(till.storage, Till.ADMIN, new Books.Abandoned.OfNode(Ids.next()), "x"))
          .isInstanceOfSatisfying(
              Failure.class, failure -> assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
  }

  private static <T> T frozen(Till till, String column, Class<T> type) {
    return till.storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery("SELECT " + column + " FROM leases WHERE state = 'frozen'")
                .mapTo(type)
                .one());
  }
}
