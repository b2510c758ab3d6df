package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.ApiKeyDraft;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What calls ask of PostgreSQL, as PostgreSQL counts it. */
class StatementsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Money EACH = Money.ofCents(10);
  private static final int CALLS = 2_000;

  @Test
  void asksNothingOfPostgresWhileTheSlicesOfThreeBudgetsLast() throws SQLException {
    StorageConfig database = TestDatabase.freshPlainOwner();
    try (Connection observer = TestDatabase.connectAsSuperuser(database);
        Statement statement = observer.createStatement()) {
      statement.execute(
          "ALTER DATABASE %s SET track_functions = 'pl'".formatted(observer.getCatalog()));
      try (Till till = Till.open(oneConnection(database))) {
        OrgScope scope = threeBudgets(till);
        till.spend.release(till.hold(scope, EACH));
        till.settle(till.hold(scope, EACH), new Money(1));
        long before = counted(statement, till, "before", 3);
        long transactions = transactions(statement);
        // What lies idle for long is given back: taken once more, should counting have taken long.
        till.spend.release(till.hold(scope, EACH));
        till.settle(till.hold(scope, EACH), new Money(1));

        List<Future<Settlement>> settled = new ArrayList<>();
        for (int call = 0; call < CALLS; call++) {
          Future<Admission<String>> asked = till.ask(scope, EACH);
          assertThat(asked.isComplete()).as("granted from memory").isTrue();
          settled.add(till.pay(((Admission.Granted<String>) asked.result()).hold(), new Money(1)));
        }
        await().atMost(PATIENCE).until(() -> settled.stream().allMatch(Future::succeeded));

        assertThat(counted(statement, till, "after", before + 1) - before)
            .as("but for the mark and what slices grow by in time")
            .isLessThan(20);
        assertThat(transactions(statement) - transactions)
            .as("commits of many calls each, the node's own beat, and looking here")
            .isLessThan(CALLS / 4);
      }
    }
  }

  /** Over one connection statements are counted in their order. */
  private static StorageConfig oneConnection(StorageConfig database) {
    return new StorageConfig(
        database.jdbcUrl(), database.user(), database.password(), 1, database.startTimeout());
  }

  private static OrgScope threeBudgets(Till till) {
    OrgScope whole = till.organization("three", Money.ofCents(1_000_000));
    String key =
        till.tenancy
            .createKey(whole, Till.ADMIN, new ApiKeyDraft("key", null, "p", null))
            .key()
            .reveal();
    OrgScope scope = ((Caller.Tenant) till.tenancy.authenticate(key)).scope();
    for (BudgetName name :
        List.of(
            new BudgetName(scope, BudgetScope.PROJECT, "p"),
            new BudgetName(scope, BudgetScope.KEY, String.valueOf(scope.keyId())))) {
      till.spend.setBudget(
          name, Till.ADMIN, "of three", Money.ofCents(100_000), BudgetWindow.Kind.MANUAL);
    }
    return scope;
  }

  /**
   * Requests for leases and money so far, once there are {@code least}: a mark after them, a budget
   * that is opened, has been counted then.
   */
  private static long counted(Statement statement, Till till, String mark, long least) {
    OrgScope marked = till.organization(mark, Money.ofCents(100));
    till.spend.release(till.hold(marked, Money.ofCents(1)));
    return await().atMost(PATIENCE).until(() -> requests(statement), count -> count >= least);
  }

  /** Of this database so far, whoever made them; what is told of functions is told of these. */
  private static long transactions(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database"
                + " WHERE datname = current_database()")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static long requests(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_user_functions WHERE funcname IN"
                + " ('spend_open', 'spend_ask', 'spend_return', 'spend_recall')")) {
      row.next();
      return row.getLong(1);
    }
  }
}
