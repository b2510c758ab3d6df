package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that goes away with money in its hands, and its successor of the same name. */
class RestartIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Money DOLLAR = Money.ofCents(100);

  @Test
  void presumesOnceWhatAProcessThatWasReplacedDidNotGiveBack() {
    StorageConfig database = TestDatabase.freshPlainOwner();
    UUID node = Ids.next();
    try (Till replaced = Till.open(database, Till.brief(), node)) {
      OrgScope scope = replaced.organization("restart", DOLLAR);
      replaced.settle(replaced.hold(scope, Money.ofCents(20)), Money.ofCents(5));
      Hold open = replaced.hold(scope, Money.ofCents(30));
      try (Till next = Till.open(database, Till.brief(), node)) {
        // From now on the process that was replaced can give nothing back.
        long leased = leased(replaced, scope);
        await().atMost(PATIENCE).until(() -> !presumed(next, scope).isEmpty());
        assertThat(frozenEarly(next, scope)).as("leases frozen before they expired").isZero();
        assertThat(presumed(next, scope)).hasSize(1);
        assertThat(presumed(next, scope).getFirst().cost())
            .isEqualTo(new Money(leased - Money.ofCents(5).nanos()));
        assertThat(presumed(next, scope).getFirst().status()).isEqualTo(Outcome.Status.PRESUMED);
        assertThat(next.spend.status(scope).spent()).isEqualTo(new Money(leased));
        next.books();

        assertThat(replaced.settle(open, Money.ofCents(12)))
            .as("what the earlier process still settles is taken out of what was presumed")
            .isNotNull();
        assertThat(next.spend.status(scope).spent()).isEqualTo(new Money(leased));
        assertThat(next.spend.ledger(scope, null, null, 10, null).items())
            .extracting(LedgerEntry::kind)
            .containsExactlyInAnyOrder(
                LedgerEntry.Kind.CHARGE,
                LedgerEntry.Kind.CHARGE,
                LedgerEntry.Kind.REVERSAL,
                LedgerEntry.Kind.PRESUMED);
        next.books();
        Admission.Refused<String> refusal = replaced.refusal(scope, Money.ZERO);
        assertThat(refusal.code()).isEqualTo(ErrorCode.BUDGET_UNAVAILABLE);
        assertThat(refusal.message()).contains("another process");
        assertThat(replaced.spend.ready()).isFalse();
        next.settle(next.hold(scope, Money.ofCents(1)), Money.ofCents(1));
      }
      try (Till third = Till.open(database, Till.brief(), node)) {
        assertThat(presumed(third, scope)).as("it was closed in order").hasSize(1);
        third.books();
      }
    }
  }

  @Test
  void refusesForGoodWhatIsPresumedWhenItsNodeHasSaidItsLastWord() {
    StorageConfig database = TestDatabase.freshPlainOwner();
    UUID node = Ids.next();
    try (Till replaced = Till.open(database, Till.brief(), node)) {
      OrgScope scope = replaced.organization("last word", DOLLAR);
      Hold _ = replaced.hold(scope, Money.ofCents(30));
      try (Till next = Till.open(database, Till.brief(), node)) {
        await().atMost(PATIENCE).until(() -> !presumed(next, scope).isEmpty());
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(next.refusal(scope, Money.ofCents(71)).code())
                    .as("it knows nothing of what its last run had open, and never will")
                    .isEqualTo(ErrorCode.BUDGET_INSUFFICIENT));
      }
    }
  }

  @Test
  void givesEverythingBackWhenItCloses() {
    StorageConfig database = TestDatabase.freshPlainOwner();
    UUID node = Ids.next();
    OrgScope scope;
    try (Till first = Till.open(database, Till.CONFIG, node)) {
      scope = first.organization("closed", DOLLAR);
      first.settle(first.hold(scope, Money.ofCents(50)), Money.ofCents(7));
    }
    try (Till second = Till.open(database, Till.CONFIG, node)) {
      assertThat(presumed(second, scope)).isEmpty();
      Hold rest = second.hold(scope, Money.ofCents(93));
      second.settle(rest, Money.ofCents(93));
      second.books();
    }
  }

  @Test
  void givesBackWhatItDoesNotUseSoThatOtherNodesMay() {
    StorageConfig database = TestDatabase.freshPlainOwner();
    try (Till one = Till.open(database);
        Till other = Till.open(database, Till.config(Till.PATIENT, Till.PATIENT), Ids.next())) {
      OrgScope scope = one.organization("idle", DOLLAR);
      one.spend.release(one.hold(scope, DOLLAR));
      Hold hold = other.hold(scope, DOLLAR);
      other.settle(hold, DOLLAR);
      other.books();
    }
  }

  @Test
  void chargesOnceWhatIsCommittedTwice() {
    StorageConfig database = TestDatabase.freshPlainOwner();
    try (Till till = Till.open(database)) {
      OrgScope scope = till.organization("lost acknowledgement", DOLLAR);
      Hold hold = till.hold(scope, Money.ofCents(10));
      PendingCharge charge =
          new PendingCharge(
              hold,
              Till.FACTS,
              Till.outcome(Money.ofCents(12)),
              io.vertx.core.Promise.promise(),
              0);
      LedgerStore store = new LedgerStore(till.storage, new Node(till.nodeId, 1, 0, "", true));
      byte[] rows = new ChargeRows().encode(List.of(charge));
      store.commit(0, 1, 1, rows);
      store.commit(0, 1, 1, rows);
      assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ofCents(12));
      assertThat(till.spend.ledger(scope, null, null, 10, null).items()).hasSize(1);
      till.books();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "2, 2"})
  void takesChargesOutOfOlderJournals(int format, int fieldsFewer) {
    try (Till till = Till.open(TestDatabase.freshPlainOwner())) {
      OrgScope scope = till.organization("old journal", DOLLAR);
      PendingCharge charge =
          new PendingCharge(
              till.hold(scope, Money.ofCents(10)),
              Till.ASKED_FOR,
              Till.outcome(Money.ofCents(12)),
              io.vertx.core.Promise.promise(),
              0);
      byte[] rows = new ChargeRows().encode(List.of(charge, charge));
      int fewer = 8 * fieldsFewer;
      ByteBuffer before = ByteBuffer.allocate(rows.length - 2 * fewer);
      for (byte[] row : RowBuffer.split(rows)) {
        ByteBuffer wide = ByteBuffer.wrap(row);
        before.putInt(wide.getInt() - fewer).putInt(wide.getInt() - fieldsFewer);
        before.put(row, 8, row.length - 8 - fewer);
      }
      assertThat(ChargeRows.upgrade(format, before.array())).isEqualTo(rows);
      assertThat(ChargeRows.upgrade(ChargeRows.FORMAT, rows)).isEqualTo(rows);
      assertThat(ChargeRows.upgrade(ChargeRows.FORMAT + 1, rows)).isNull();
      LedgerStore store = new LedgerStore(till.storage, new Node(till.nodeId, 1, 0, "", true));
      store.commit(0, 1, 2, Objects.requireNonNull(ChargeRows.upgrade(format, before.array())));
      assertThat(till.spend.ledger(scope, null, null, 10, null).items())
          .singleElement()
          .satisfies(entry -> assertThat(entry.facts()).isEqualTo(Till.ASKED_FOR));
    }
  }

  private static long leased(Till till, OrgScope scope) {
    return number(till, scope, "SELECT sum(granted_nanos)::bigint FROM leases");
  }

  private static long frozenEarly(Till till, OrgScope scope) {
    return number(till, scope, "SELECT count(*) FROM leases WHERE frozen_at < expires_at");
  }

  private static long number(Till till, OrgScope scope, String query) {
    return till.storage.transact(
        dev.tollgate.storage.Access.tenant(scope.organizationId()),
        handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  private static List<LedgerEntry> presumed(Till till, OrgScope scope) {
    return till.spend.ledger(scope, null, null, 100, null).items().stream()
        .filter(entry -> entry.kind() == LedgerEntry.Kind.PRESUMED)
        .toList();
  }
}
