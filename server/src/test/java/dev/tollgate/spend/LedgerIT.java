package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ledger, what it adds up to, and what shows when it does not. */
class LedgerIT {

  private static final Money DOLLAR = Money.ofCents(100);
  private static final Money CENT = Money.ofCents(1);

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

  private static void run(String sql) throws SQLException {
    try (Connection connection = TestDatabase.connectAsSuperuser(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void cannotBeChangedNotEvenByASuperuser() throws SQLException {
    OrgScope scope = till.organization("append only", DOLLAR);
    till.settle(till.hold(scope, CENT), CENT);
    for (String sql :
        List.of(
            "UPDATE tollgate.ledger SET cost_nanos = 0",
            "DELETE FROM tollgate.ledger",
            "TRUNCATE tollgate.ledger")) {
      assertThatThrownBy(() -> run(sql)).hasMessageContaining("append-only");
    }
  }

  @Test
  void listsByPagesNewestFirstAndEachEntryOnce() {
    OrgScope scope = till.organization("pages", DOLLAR);
    List<UUID> calls = new ArrayList<>();
    for (int call = 0; call < 7; call++) {
      Hold hold = till.hold(scope, CENT);
      till.settle(hold, CENT);
      calls.addFirst(hold.callId());
    }
    List<UUID> listed = new ArrayList<>();
    String cursor = null;
    do {
      Page<LedgerEntry> page = till.spend.ledger(scope, null, null, 3, cursor);
      page.items().forEach(entry -> listed.add(entry.callId()));
      cursor = page.nextCursor();
    } while (cursor != null);
    assertThat(listed).isEqualTo(calls);
    Instant since = Ids.instant(calls.get(2));
    assertThat(till.spend.ledger(scope, since, null, 10, null).items()).hasSizeBetween(3, 7);
    assertThat(till.spend.ledger(scope, null, since, 10, null).items()).hasSizeBetween(0, 4);
    OrgScope other = till.organization("somebody else", DOLLAR);
    assertThat(till.spend.ledger(other, null, null, 10, null).items()).isEmpty();
    assertThatThrownBy(() -> till.spend.ledger(scope, null, null, 0, null))
        .isInstanceOf(Failure.class);
    assertThatThrownBy(() -> till.spend.ledger(scope, null, null, 5, "nonsense"))
        .isInstanceOf(Failure.class);
  }

  @Test
  void makesThePartitionThatAnOldCallNeeds() {
    OrgScope scope = till.organization("late", DOLLAR);
    long millis = Instant.now().minus(Duration.ofDays(200)).toEpochMilli();
    UUID old = new UUID(millis << 16 | 0x7000, Ids.next().getLeastSignificantBits());
    till.settle(till.hold(scope, old, CENT), CENT);
    // The caller is told as soon as the journal has it; the partition is made after that.
    List<LedgerEntry> entries = List.of();
    while (entries.isEmpty()) {
      entries = till.spend.ledger(scope, null, null, 10, null).items();
    }
    assertThat(entries.getFirst().heldAt()).isEqualTo(Instant.ofEpochMilli(millis));
    till.books();
  }

  @Test
  void storesWhateverAProviderOrCallerSays() {
    OrgScope scope = till.organization("texts", DOLLAR);
    CallFacts facts =
        new CallFacts.Model(
            "r",
            null,
            null,
            null,
            null,
            "nul\0 \ud800 ü",
            "m".repeat(40_000),
            null,
            "d",
            "p",
            "c",
            null);
    Outcome outcome =
        new Outcome(Outcome.Status.DISCONNECTED, null, "{\"a\":\"\\u0000\"}", CENT, null, 1, -1, 0);
    Till.await(till.spend.settle(till.hold(scope, CENT), facts, outcome));
    till.awaitCommitted();
    LedgerEntry entry = till.spend.ledger(scope, null, null, 1, null).items().getFirst();
    assertThat(entry.usage()).isNull();
    assertThat(entry.firstByteMicros()).isEqualTo(-1);
    assertThat(entry.facts())
        .isInstanceOfSatisfying(
            CallFacts.Model.class, kept -> assertThat(kept.modelAsked()).isEqualTo("nul ? ü"));
  }

  @Test
  void addsUpByModel() {
    OrgScope scope = till.organization("usage", DOLLAR);
    till.settle(till.hold(scope, CENT), CENT);
    till.settle(till.hold(scope, Money.ZERO), null);
    UsageReport report = till.spend.usage(scope, UsageQuery.byModel(null, null));
    assertThat(report.calls()).isEqualTo(2);
    assertThat(report.cost()).isEqualTo(CENT);
    assertThat(report.groups())
        .singleElement()
        .satisfies(model -> {
          assertThat(model.name()).isEqualTo("served");
          assertThat(model.figures().unpriced()).isEqualTo(1);
          assertThat(model.figures().tokens()).isEqualTo(Usage.of(20, 10));
        });
    UsageQuery later = UsageQuery.byModel(Instant.now().plusSeconds(60), null);
    assertThat(till.spend.usage(scope, later).calls()).isZero();
  }

  @Test
  void showsEveryDifferenceToTheNano() throws SQLException {
    StorageConfig cooked = TestDatabase.freshPlainOwner();
    try (Till cook = Till.open(cooked)) {
      OrgScope scope = cook.organization("cooked", DOLLAR);
      cook.settle(cook.hold(scope, CENT), CENT);
      cook.books();
      try (Connection connection = TestDatabase.connectAsSuperuser(cooked);
          Statement statement = connection.createStatement()) {
        statement.execute("UPDATE tollgate.leases SET spent_nanos = spent_nanos + 3");
        statement.execute("UPDATE tollgate.budgets SET granted_nanos = granted_nanos + 1");
      }
      Books.Report report = Books.verify(cook.storage);
      assertThat(report.balanced()).isFalse();
      assertThat(report.differences())
          .extracting(each -> each.actual().subtract(each.expected()).longValueExact())
          .containsExactly(3L, 1L);
      assertThat(report.differences().getFirst().toString()).contains("difference 3 nano-dollars");
    }
  }

  @Test
  void tellsHowOrganizationsStand() {
    OrgScope limited = till.organization("health limited", DOLLAR);
    OrgScope unlimited = till.organization("health unlimited", null);
    till.settle(till.hold(limited, Money.ofCents(85)), Money.ofCents(85));
    till.settle(till.hold(unlimited, DOLLAR), DOLLAR);
    assertThat(till.spend.health(limited).organizations())
        .singleElement()
        .isEqualTo(
            new BudgetHealth.Organization(
                limited.organizationId(), "health limited", 100L, 85, 15L, 85.0, "warning"));
    assertThat(till.spend.health(unlimited).organizations())
        .singleElement()
        .isEqualTo(
            new BudgetHealth.Organization(
                unlimited.organizationId(), "health unlimited", null, 100, null, null, "ok"));
    List<String> names = new ArrayList<>();
    @Nullable String cursor = null;
    do {
      BudgetHealth page = till.spend.health(2, cursor);
      page.organizations().forEach(each -> names.add(each.name()));
      cursor = page.nextCursor();
    } while (cursor != null);
    assertThat(names).contains("health limited", "health unlimited").doesNotHaveDuplicates();
  }

  @Test
  void showsWhatOrganizationsSpentAndHaveLeftAsMetrics() {
    OrgScope limited = till.organization("metrics limited", DOLLAR);
    OrgScope unlimited = till.organization("metrics unlimited", null);
    till.settle(till.hold(limited, Money.ofCents(25)), Money.ofCents(25));
    till.settle(till.hold(unlimited, CENT), CENT);
    till.refusal(limited, DOLLAR);
    till.spend.setTerms(limited, Till.ADMIN, _ -> Till.limit(DOLLAR));
    String scrape = till.meters.scrape();
    assertThat(scrape)
        .contains(
            "organization_budget_spend_cents{organizationId=\"%s\"} 25.0"
                .formatted(limited.organizationId()),
            "organization_budget_remaining_cents{organizationId=\"%s\"} 75.0"
                .formatted(limited.organizationId()),
            "organization_budget_spend_cents{organizationId=\"%s\"} 1.0"
                .formatted(unlimited.organizationId()),
            "ai_requests_rejected_budget_total{organizationId=\"%s\"} 1.0"
                .formatted(limited.organizationId()),
            "spend_commit_seconds_count",
            "spend_commit_entries_sum",
            "spend_commit_queue",
            "spend_holds",
            "spend_lease_free_cents")
        .doesNotContain(
            "organization_budget_remaining_cents{organizationId=\"%s\"}"
                .formatted(unlimited.organizationId()));
  }
}
