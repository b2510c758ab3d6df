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
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits that change and windows that open while calls are in flight. */
class TermsIT {

  private static final Money DOLLAR = Money.ofCents(100);

  private static StorageConfig database;
  private static Till till;

  @BeforeAll
  static void open() {
    database = TestDatabase.freshPlainOwner();
    till = Till.open(database);
  }

  @AfterAll
  static void close() {
    till.close();
  }

  @Test
  void settlesIntoTheWindowOfTheHoldAfterAReset() {
    OrgScope scope = till.organization("reset", DOLLAR);
    Hold before = till.hold(scope, Money.ofCents(60));
    BudgetStatus fresh = till.spend.reset(scope, Till.ADMIN, "a new month");
    assertThat(fresh.window()).isEqualTo(2);
    assertThat(fresh.spent()).isEqualTo(Money.ZERO);
    Hold after = till.hold(scope, DOLLAR);
    till.settle(before, Money.ofCents(60));
    assertThat(till.settle(after, Money.ofCents(30)).remaining()).isEqualTo(Money.ofCents(70));
    assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ofCents(30));
    assertThat(till.spend.ledger(scope, null, null, 10, null).items())
        .extracting(entry -> entry.windows().getFirst())
        .containsExactly(2L, 1L);
    till.books();
    assertThat(audit(scope))
        .anyMatch(entry ->
            entry.action().equals("budget.reset") && entry.details().contains("a new month"));
  }

  @Test
  void wakesCallsThatWaitWhenTheBudgetIsResetOrRaised() {
    SpendConfig patient = Till.config(Duration.ofMinutes(1), Till.PATIENT);
    try (Till waiting = Till.open(TestDatabase.freshPlainOwner(), patient, Ids.next())) {
      OrgScope scope = waiting.organization("woken", DOLLAR);
      Hold all = waiting.hold(scope, DOLLAR);
      Future<Admission<String>> first = waiting.ask(scope, DOLLAR);
      waiting.spend.reset(scope, Till.ADMIN, "needed now");
      assertThat(Till.await(first)).isInstanceOf(Admission.Granted.class);
      Future<Admission<String>> second = waiting.ask(scope, DOLLAR);
      waiting.spend.setTerms(scope, Till.ADMIN, _ -> Till.limit(Money.ofCents(200)));
      assertThat(Till.await(second)).isInstanceOf(Admission.Granted.class);
      waiting.settle(all, DOLLAR);
      waiting.books();
    }
  }

  @Test
  void grantsNothingOutOfItsSliceOnceTheLimitIsLower() {
    OrgScope scope = till.organization("lowered", Money.ofCents(1_000));
    till.settle(till.hold(scope, Money.ofCents(400)), Money.ofCents(10));
    Hold open = till.hold(scope, Money.ofCents(90));
    till.spend.setTerms(scope, Till.ADMIN, _ -> Till.limit(DOLLAR));
    assertThat(till.refusal(scope, Money.ofCents(1)).code()).isEqualTo(ErrorCode.BUDGET_HELD);
    till.settle(open, Money.ofCents(50));
    Hold rest = till.hold(scope, Money.ofCents(40));
    assertThat(till.settle(rest, Money.ofCents(40)).remaining()).isEqualTo(Money.ZERO);
    till.books();
    assertThat(audit(scope)).anyMatch(entry -> entry.action().equals("budget.set"));
  }

  @Test
  void countsOnWhenALimitIsRemovedAndSetAgain() {
    OrgScope scope = till.organization("removed", DOLLAR);
    Hold open = till.hold(scope, DOLLAR);
    till.spend.setTerms(scope, Till.ADMIN, _ -> Till.limit(null));
    till.settle(till.hold(scope, DOLLAR), DOLLAR);
    assertThat(till.settle(open, DOLLAR).remaining()).isNull();
    till.spend.setTerms(scope, Till.ADMIN, _ -> Till.limit(Money.ofCents(201)));
    assertThat(till.refusal(scope, Money.ofCents(2)).code())
        .isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
    till.settle(till.hold(scope, Money.ofCents(1)), Money.ofCents(1));
    till.books();
  }

  @Test
  void isKnownToOtherNodesSoon() {
    try (Till other = Till.open(database)) {
      OrgScope scope = till.organization("two nodes", DOLLAR);
      other.settle(other.hold(scope, Money.ofCents(10)), Money.ofCents(10));
      till.spend.setTerms(scope, Till.ADMIN, _ -> Till.limit(Money.ofCents(10)));
      await().until(() -> Money.ZERO.equals(other.account(scope).remaining()));
      assertThat(other.refusal(scope, Money.ofCents(1)).code())
          .isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
      other.books();
    }
  }

  @Test
  void stopsWhenTheOrganizationIsDeleted() {
    OrgScope scope = till.organization("deleted", DOLLAR);
    Hold open = till.hold(scope, Money.ofCents(10));
    till.tenancy.deleteOrganization(Till.ADMIN, scope.organizationId(), handle -> {});
    await()
        .until(() -> {
          Admission<String> admission = till.admit(scope, Money.ofCents(1));
          if (admission instanceof Admission.Granted<String> granted) {
            till.spend.release(granted.hold());
            return false;
          }
          return ((Admission.Refused<String>) admission).code() == ErrorCode.BUDGET_UNAVAILABLE;
        });
    till.settle(open, Money.ofCents(10));
    till.books();
  }

  @Test
  void refusesAResetWithoutAReasonAndANegativeLimit() {
    OrgScope scope = till.organization("bad input", DOLLAR);
    assertThatThrownBy(() -> till.spend.reset(scope, Till.ADMIN, "  "))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.field()).isEqualTo("reason"));
    assertThatThrownBy(() -> Till.limit(new Money(-1)))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.field()).isEqualTo("monthlyBudgetCents"));
  }

  @Test
  void opensOneWindowWhereTwoGiveTheFirstBudgetAtOnce() throws SQLException {
    OrgScope scope = till.organization("two first", DOLLAR);
    BudgetName project = new BudgetName(scope, BudgetScope.PROJECT, "both");
    List<CompletableFuture<BudgetStatus>> both;
    try (Connection holder = TestDatabase.connectAsSuperuser(database);
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute(
          "SELECT 1 FROM tollgate.budgets WHERE organization_id = '%s' FOR NO KEY UPDATE"
              .formatted(scope.organizationId()));
      both = List.of(give(project, 10), give(project, 20));
      awaitWaiting(2);
      holder.commit();
    }
    both.forEach(CompletableFuture::join);
    assertThat(till.spend.status(project).window()).isEqualTo(1);
    long windows =
        till.storage.transact(
            Access.spend(),
            handle ->
                handle
                    .createQuery("SELECT count(*) FROM budget_windows WHERE budget_id = :budget")
                    .bind("budget", till.spend.status(project).budget())
                    .mapTo(Long.class)
                    .one());
    assertThat(windows).isEqualTo(1);
  }

  @Test
  void givesABudgetTheZoneThatItsOrganizationIsJustGiven() {
    ZoneId zone = ZoneId.of("Asia/Seoul");
    OrgScope scope = till.organization("moved", DOLLAR);
    BudgetName project = new BudgetName(scope, BudgetScope.PROJECT, "moved");
    AtomicReference<CompletableFuture<BudgetStatus>> given = new AtomicReference<>();
    till.spend.setTerms(
        scope,
        Till.ADMIN,
        now -> {
          given.set(give(project, 10));
          awaitWaiting(1);
          return new BudgetTerms(
              now.limit(),
              now.ladder(),
              now.estimation(),
              now.capAllowed(),
              new BudgetWindow(now.window().kind(), zone));
        });
    given.get().join();
    assertThat(till.spend.status(project).terms().window().zone()).isEqualTo(zone);
  }

  private static CompletableFuture<BudgetStatus> give(BudgetName name, long cents) {
    return CompletableFuture.supplyAsync(
        () -> till.spend.setBudget(name, Till.ADMIN, "given", Money.ofCents(cents), null),
        Thread::startVirtualThread);
  }

  @Test
  void saysThatANodeIsCrowdedRatherThanThatNobodyKnowsTheBudget() {
    SpendConfig one =
        new SpendConfig(
            Till.PATIENT,
            1_024,
            Till.PATIENT,
            65_536,
            256,
            Duration.ofSeconds(10),
            1,
            100,
            Duration.ofSeconds(5));
    try (Till small = Till.open(database, one, Ids.next())) {
      OrgScope first = small.organization("first", DOLLAR);
      OrgScope second = small.organization("second", DOLLAR);
      small.settle(small.hold(first, Money.ofCents(1)), Money.ofCents(1));
      assertThat(small.refusal(second, Money.ofCents(1)).message())
          .isEqualTo(Refusals.CROWDED_NODE);
      assertThat(small.refusal(second, Money.ofCents(1)).message())
          .isEqualTo(Refusals.CROWDED_NODE);
    }
  }

  /** So many transactions wait for another's lock. */
  private static void awaitWaiting(int transactions) {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> {
          try (Connection watch = TestDatabase.connectAsSuperuser(database);
              Statement statement = watch.createStatement();
              ResultSet row =
                  statement.executeQuery(
                      "SELECT count(*) FROM pg_stat_activity"
                          + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
            return row.next() && row.getInt(1) >= transactions;
          }
        });
  }

  private static List<AuditEntry> audit(OrgScope scope) {
    return till.tenancy.auditEntries(scope.organizationId(), 100, null).items();
  }
}
