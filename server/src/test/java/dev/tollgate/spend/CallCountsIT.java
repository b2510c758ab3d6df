package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Counts of calls, on their way into the ledger and in reports. */
class CallCountsIT {

  private static final Money CENT = Money.ofCents(1);

  private final StorageConfig database = TestDatabase.freshPlainOwner();

  private static CallFacts.Tool tool(String name) {
    return new CallFacts.Tool("request", "docs", name);
  }

  @Test
  void addUpOverTwoNodesAndBesideCharges() throws Exception {
    OrgScope scope;
    OrgScope other;
    try (Till one = Till.open(database);
        Till two = Till.open(database);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      scope = one.organization("counted", Money.ofCents(100));
      other = one.organization("other", Money.ofCents(100));
      List<Future<?>> calls = new ArrayList<>();
      for (int caller = 0; caller < 100; caller++) {
        Spend spend = caller % 2 == 0 ? one.spend : two.spend;
        Outcome.Status status = caller % 4 == 0 ? Outcome.Status.CACHED : Outcome.Status.OK;
        calls.add(callers.submit(() -> spend.count(scope, tool("search"), status, 20, 10)));
      }
      for (Future<?> call : calls) {
        call.get();
      }
      Till.await(two.spend.settle(two.hold(scope, CENT), tool("search"), Till.outcome(CENT)));
      one.settle(one.hold(scope, CENT), CENT);
      one.books();
    }
    try (Till reader = Till.open(database)) {
      UsageReport report = usage(reader, scope, UsageGrouping.TOOL);
      assertThat(report.calls()).isEqualTo(102);
      assertThat(report.cost()).isEqualTo(Money.ofCents(2));
      assertThat(report.corrections()).isEmpty();
      UsageReport.Group models = report.groups().getFirst();
      UsageReport.Group search = report.groups().getLast();
      assertThat(models.name()).isNull();
      assertThat(models.figures().calls()).isEqualTo(1);
      assertThat(search.name()).isEqualTo("search");
      assertThat(search.provider()).isEqualTo("docs");
      assertThat(search.figures().calls()).isEqualTo(101);
      assertThat(search.figures().cached()).isEqualTo(25);
      assertThat(search.figures().cost()).isEqualTo(CENT);
      assertThat(search.figures().upstreamMicros()).isEqualTo(100 * 10 + 800);
      assertThat(usage(reader, scope, UsageGrouping.CONNECTOR).groups())
          .extracting(UsageReport.Group::name)
          .containsExactly(null, "docs");
      assertThat(usage(reader, other, UsageGrouping.TOOL).groups()).isEmpty();
      reader.books();
    }
  }

  private static UsageReport usage(Till till, OrgScope scope, UsageGrouping by) {
    return till.spend.usage(scope, new UsageQuery(null, null, by, null, 100, null));
  }

  @Test
  void changeNothingWhenTheyAreWrittenAgain() {
    try (Till till = Till.open(database)) {
      OrgScope scope = till.organization("again", null);
      CountStore store = new CountStore(till.storage, new Partitions(till.storage), Clock.system());
      Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES);
      CallCounts.Row row =
          new CallCounts.Row(
              Ids.at(minute),
              new CallCounts.Subject(
                  minute,
                  scope.organizationId(),
                  scope.keyId(),
                  null,
                  "p",
                  "docs",
                  "search",
                  Outcome.Status.OK),
              new CallCounts.Tally(3, 30, 20));
      assertThat(store.write(List.of(row))).isEqualTo(Verdicts.Trial.DONE);
      assertThat(store.write(List.of(row, row))).isEqualTo(Verdicts.Trial.DONE);
      List<LedgerEntry> entries = till.spend.ledger(scope, null, null, 10, null).items();
      assertThat(entries).hasSize(1);
      LedgerEntry entry = entries.getFirst();
      assertThat(entry.kind()).isEqualTo(LedgerEntry.Kind.COUNT);
      assertThat(entry.heldAt()).isEqualTo(minute);
      assertThat(entry.calls()).isEqualTo(3);
      assertThat(entry.cost()).isEqualTo(Money.ZERO);
      assertThat(entry.facts()).isEqualTo(new CallFacts.Tool(null, "docs", "search"));
      assertThat(entry.budgets()).isEmpty();
    }
  }

  @Test
  void findTheirMonthMissingAndMakeIt() {
    try (Till till = Till.open(database)) {
      OrgScope scope = till.organization("month", null);
      CountStore store = new CountStore(till.storage, new Partitions(till.storage), Clock.system());
      Instant before = Instant.now().minus(70, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MINUTES);
      CallCounts.Subject subject =
          new CallCounts.Subject(
              before, scope.organizationId(), null, null, null, "a", "b", Outcome.Status.ERROR);
      List<CallCounts.Row> rows =
          List.of(new CallCounts.Row(Ids.at(before), subject, new CallCounts.Tally(1, 1, 1)));
      assertThat(store.write(rows)).isEqualTo(Verdicts.Trial.AGAIN);
      assertThat(store.write(rows)).isEqualTo(Verdicts.Trial.DONE);
    }
  }
}
