package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is left of months that the ledger need not keep. */
@ParameterizedClass
@MethodSource("databases")
class RetentionIT {

  private static final Money CENT = Money.ofCents(1);

  private final Supplier<StorageConfig> databases;
  private final YearMonth present = YearMonth.now(ZoneOffset.UTC);
  private StorageConfig database;
  private Till till;
  private OrgScope scope;
  private LedgerRetention retention;

  RetentionIT(Supplier<StorageConfig> databases) {
    this.databases = databases;
  }

  static Stream<Named<Supplier<StorageConfig>>> databases() {
    return Stream.of(
        Named.of("a superuser's", TestDatabase::fresh),
        Named.of("a plain owner's", TestDatabase::freshPlainOwner));
  }

  @BeforeEach
  void open() {
    database = databases.get();
    till = Till.open(database);
    scope = till.organization("kept for a while", Money.ofCents(10_000));
    retention = new LedgerRetention(till.storage, Retention.FOREVER);
  }

  @AfterEach
  void close() {
    till.close();
  }

  private Instant middle(YearMonth month) {
    return month.atDay(15).atTime(12, 34, 56).toInstant(ZoneOffset.UTC);
  }

  private Hold holdAt(Instant when) {
    UUID call = new UUID(when.toEpochMilli() << 16 | 0x7000, Ids.next().getLeastSignificantBits());
    return till.hold(scope, call, CENT);
  }

  /** Charges, and waits until PostgreSQL has it: a caller is told as soon as the journal has. */
  private void spendAt(Instant when) {
    till.settle(holdAt(when), CENT);
    while (entriesAt(when).isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private List<LedgerEntry> entriesAt(Instant when) {
    Instant millis = when.truncatedTo(ChronoUnit.MILLIS);
    return till.spend.ledger(scope, millis, millis.plusMillis(1), 10, null).items();
  }

  private void catchUp() {
    Rollups rollups = new Rollups(till.storage, Clock.system());
    while (behind()) {
      rollups.roll();
    }
  }

  private boolean behind() {
    return rows("ledger WHERE mark >= (SELECT below FROM usage_state)") > 0;
  }

  private long rows(String of) {
    return till.storage.transact(
        Access.spend(),
        handle -> handle.createQuery("SELECT count(*) FROM " + of).mapTo(Long.class).one());
  }

  private UsageReport usage() {
    return till.spend.usage(scope, UsageQuery.byModel(null, null));
  }

  @Test
  void keepsTheSumsOfWhatItDrops() {
    YearMonth old = present.minusMonths(7);
    spendAt(middle(old));
    spendAt(middle(old).plusSeconds(4_000));
    spendAt(middle(present.minusMonths(5)));
    spendAt(Instant.now());
    till.books();
    catchUp();
    UsageReport before = usage();
    Books.Report books = Books.verify(till.storage);
    assertThat(retention.retire(present.minusMonths(5))).isTrue();
    till.books();
    assertThat(Books.verify(till.storage)).isEqualTo(books);
    assertThat(usage()).isEqualTo(before);
    assertThat(till.spend.ledger(scope, null, null, 10, null).items()).hasSize(2);
    assertThat(rows("closing_balances WHERE entries = 2 AND cost_nanos = 20000000")).isEqualTo(1);
    spendAt(Instant.now());
    till.books();
    assertThat(usage().cost()).isEqualTo(Money.ofCents(5));
  }

  @Test
  void knowsOnlyWholeDaysOfRetiredMonths() {
    YearMonth old = present.minusMonths(6);
    spendAt(middle(old));
    catchUp();
    assertThat(retention.retire(present.minusMonths(5))).isTrue();
    LocalDate day = old.atDay(15);
    Instant midnight = day.atStartOfDay().toInstant(ZoneOffset.UTC);
    assertThat(
            till.spend
                .usage(scope, UsageQuery.byModel(midnight, midnight.plusSeconds(86_400)))
                .calls())
        .isEqualTo(1);
    assertThatThrownBy(
            () -> till.spend.usage(scope, UsageQuery.byModel(midnight.plusSeconds(1), null)))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.field()).isEqualTo("from"));
    assertThatThrownBy(
            () -> till.spend.usage(scope, UsageQuery.byModel(null, midnight.plusSeconds(1))))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.field()).isEqualTo("to"));
    UsageQuery hours = new UsageQuery(midnight, null, UsageGrouping.HOUR, null, 10, null);
    assertThatThrownBy(() -> till.spend.usage(scope, hours))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.field()).isEqualTo("from"));
  }

  @Test
  void refusesAnEntryThatComesTooLateAndKeepsItsMoneyHeld() {
    spendAt(middle(present.minusMonths(9)));
    catchUp();
    Instant gone = middle(present.minusMonths(8));
    Hold late = holdAt(gone);
    assertThat(retention.retire(present.minusMonths(7))).isTrue();
    var _ = till.pay(late, CENT);
    // Commits keep their order: after this one the late one is decided.
    spendAt(Instant.now());
    assertThat(entriesAt(gone)).isEmpty();
    assertThat(usage().calls()).isEqualTo(2);
    assertThat(till.spend.status(scope).spent()).isGreaterThanOrEqualTo(Money.ofCents(2));
    till.books();
  }

  /** A database that has not heard of the batch would seem to have been restored. */
  @Test
  void aNodeGoesOnBehindAChargeThatIsRefused() {
    Instant gone = middle(present.minusMonths(8));
    Hold late = holdAt(gone);
    assertThat(retention.retire(present.minusMonths(7))).isTrue();
    var _ = till.pay(late, CENT);
    await().until(() -> till.spend.ready() && batches() == 1);
    assertThat(till.spend.obstacle()).isNull();
    spendAt(Instant.now());
    assertThat(batches()).as("nothing was posted again").isEqualTo(2);
    till.books();
  }

  @Test
  void aJournalWithAChargeThatIsRefusedIsReplayedAllTheSame() {
    Hold late = holdAt(middle(present.minusMonths(8)));
    assertThat(retention.retire(present.minusMonths(7))).isTrue();
    StorageConfig backup = TestDatabase.backup(database);
    var _ = till.pay(late, CENT);
    Instant kept = Instant.now();
    spendAt(kept);
    TestDatabase.restore(database, backup);
    await()
        .ignoreExceptions()
        .untilAsserted(() ->
            // Its lease was presumed spent as it was restored: that is taken back by as much.
            assertThat(entriesAt(kept))
                .extracting(LedgerEntry::kind)
                .containsExactlyInAnyOrder(LedgerEntry.Kind.CHARGE, LedgerEntry.Kind.REVERSAL));
    await().until(till.spend::ready);
    till.settle(till.hold(scope, CENT), CENT);
    till.books();
  }

  private long batches() {
    return till.storage.transact(
        Access.spend(),
        handle -> handle.createQuery("SELECT max(batch) FROM nodes").mapTo(Long.class).one());
  }

  @Test
  void waitsForEntriesThatAreNotSummedYet() throws SQLException {
    try (Connection other = TestDatabase.connectAsSuperuser(database);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT pg_current_xact_id()");
      spendAt(middle(present.minusMonths(11)));
      assertThat(retention.retire(present.minusMonths(10))).isFalse();
      till.books();
      assertThat(usage().calls()).isEqualTo(1);
      other.rollback();
    }
    catchUp();
    assertThat(retention.retire(present.minusMonths(10))).isTrue();
    till.books();
    assertThat(usage().calls()).isEqualTo(1);
  }

  @Test
  void keepsWhatAPresumptionMayYetBeTakenBackFrom() throws SQLException {
    spendAt(middle(present.minusMonths(15)));
    catchUp();
    try (Connection superuser = TestDatabase.connectAsSuperuser(database);
        Statement statement = superuser.createStatement()) {
      statement.execute(
          "INSERT INTO tollgate.leases (budget_id, window_id, organization_id, node_id, epoch,"
              + " state, presumed_nanos, frozen_at, expires_at) SELECT id, window_id,"
              + " organization_id, (SELECT id FROM tollgate.nodes), 0, 'frozen', 7, '"
              + present.minusMonths(15).atDay(3)
              + "', now() FROM tollgate.budgets");
      assertThat(retention.retire(present.minusMonths(14))).isFalse();
      assertThat(till.spend.ledger(scope, null, null, 10, null).items()).hasSize(1);
      statement.execute("UPDATE tollgate.leases SET resolved = true WHERE state = 'frozen'");
    }
    assertThat(retention.retire(present.minusMonths(14))).isTrue();
  }

  @Test
  void doesNothingByHalves() {
    spendAt(middle(present.minusMonths(13)));
    catchUp();
    assertThatThrownBy(() ->
            till.storage.transact(
                Access.spend(),
                handle -> {
                  handle.execute(
                      "SELECT ledger_retire('" + present.minusMonths(12).atDay(1) + "')");
                  throw new IllegalStateException("the node dies here");
                }))
        .hasMessage("the node dies here");
    assertThat(till.spend.ledger(scope, null, null, 10, null).items()).hasSize(1);
    till.books();
  }

  @Test
  void touchesNeitherThisMonthNorTheOneBefore() {
    assertThatThrownBy(() -> retention.retire(present)).hasMessageContaining("keeps this month");
    LedgerRetention shortest = new LedgerRetention(till.storage, new Retention(1));
    spendAt(Instant.now());
    catchUp();
    shortest.lookAfter(Instant.now());
    assertThat(till.spend.ledger(scope, null, null, 10, null).items()).hasSize(1);
  }

  @Test
  void nobodyElseMayAndClosingBalancesStay() throws SQLException {
    for (Access access : List.of(Access.admin(), Access.tenant(scope.organizationId()))) {
      for (String sql :
          List.of("SELECT ledger_retire('2026-01-01')", "SELECT usage_rebase()::text")) {
        assertThatThrownBy(() -> till.storage.transact(access, handle -> handle.execute(sql)))
            .hasMessageContaining("permission denied");
      }
    }
    assertThatThrownBy(() ->
            till.storage.transact(
                Access.spend(),
                handle ->
                    handle.execute(
                        "INSERT INTO closing_balances SELECT budget_id, window_id, now(),"
                            + " organization_id, 1, 1 FROM budget_windows")))
        .hasMessageContaining("permission denied");
    try (Connection superuser = TestDatabase.connectAsSuperuser(database);
        Statement statement = superuser.createStatement()) {
      for (String sql :
          List.of(
              "UPDATE tollgate.closing_balances SET entries = 0",
              "DELETE FROM tollgate.closing_balances",
              "TRUNCATE tollgate.closing_balances")) {
        assertThatThrownBy(() -> statement.execute(sql)).hasMessageContaining("append-only");
      }
    }
  }
}
