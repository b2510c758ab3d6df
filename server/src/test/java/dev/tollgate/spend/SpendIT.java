package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds and charges of single calls, and what the ledger says of them. */
class SpendIT {

  private static final Money DOLLAR = Money.ofCents(100);
  private static final Money CENT = Money.ofCents(1);

  private static Till till;

  @BeforeAll
  static void open() {
    till = Till.open(TestDatabase.freshPlainOwner());
  }

  @AfterAll
  static void close() {
    till.close();
  }

  @Test
  void chargesWhatACallCostAndFreesTheRestOfItsHold() {
    OrgScope scope = till.organization("charges", DOLLAR);
    Hold hold = till.hold(scope, Money.ofCents(80));
    assertThat(till.settle(hold, CENT).remaining()).isEqualTo(Money.ofCents(99));
    assertThat(till.settle(till.hold(scope, Money.ofCents(99)), CENT).remaining())
        .isEqualTo(Money.ofCents(98));
    List<LedgerEntry> entries = till.spend.ledger(scope, null, null, 10, null).items();
    assertThat(entries).hasSize(2).allMatch(entry -> CENT.equals(entry.cost()));
    LedgerEntry first = entries.getLast();
    assertThat(first.callId()).isEqualTo(hold.callId());
    assertThat(first.held()).isEqualTo(Money.ofCents(80));
    assertThat(first.facts()).isEqualTo(Till.FACTS);
    assertThat(first.usage()).isEqualTo(Usage.of(10, 5));
    assertThat(first.kind()).isEqualTo(LedgerEntry.Kind.CHARGE);
    till.books();
  }

  @Test
  void refusesForGoodWhatDoesNotFitWhatIsLeft() {
    OrgScope scope = till.organization("too small", DOLLAR);
    till.settle(till.hold(scope, DOLLAR), Money.ofCents(92));
    Admission.Refused<String> refusal = till.refusal(scope, Money.ofCents(9));
    assertThat(refusal.code()).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
    assertThat(refusal.message())
        .contains("organization \"too small\"", "$0.08 of $1 left", "$0.09", "administrator");
    till.settle(till.hold(scope, Money.ofCents(8)), Money.ofCents(8));
    assertThat(till.refusal(scope, CENT).code()).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
  }

  @Test
  void tellsACallToWaitWhenMoneyIsMerelyHeld() {
    OrgScope scope = till.organization("held", DOLLAR);
    Hold hold = till.hold(scope, DOLLAR);
    assertThat(till.refusal(scope, CENT).code()).isEqualTo(ErrorCode.BUDGET_HELD);
    till.spend.release(hold);
    till.spend.release(till.hold(scope, DOLLAR));
    assertThat(till.spend.ledger(scope, null, null, 10, null).items()).isEmpty();
  }

  @Test
  void endsAHoldOnce() {
    OrgScope scope = till.organization("once", DOLLAR);
    Hold hold = till.hold(scope, CENT);
    till.settle(hold, CENT);
    assertThatThrownBy(() -> till.pay(hold, CENT)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> till.spend.release(hold)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void writesAnEntryForWhatIsFreeAlsoWhenTheBudgetIsEmpty() {
    OrgScope scope = till.organization("free", Money.ZERO);
    assertThat(till.settle(till.hold(scope, Money.ZERO), Money.ZERO).remaining())
        .isEqualTo(Money.ZERO);
    till.settle(till.hold(scope, Money.ZERO), null);
    assertThat(till.spend.ledger(scope, null, null, 10, null).items())
        .extracting(LedgerEntry::cost)
        .containsExactly(null, Money.ZERO);
    assertThat(till.refusal(scope, CENT).code()).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
    till.books();
  }

  @Test
  void countsTheSpendOfAnUnlimitedBudget() {
    OrgScope scope = till.organization("unlimited", null);
    assertThat(till.settle(till.hold(scope, Money.ofCents(500)), DOLLAR).remaining()).isNull();
    assertThat(till.spend.status(scope).spent()).isEqualTo(DOLLAR);
    till.spend.setTerms(scope, Till.ADMIN, _ -> Till.limit(DOLLAR));
    assertThat(till.refusal(scope, CENT).code()).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
    till.books();
  }

  @Test
  void recordsWhatACallCostAboveItsHold() {
    OrgScope scope = till.organization("overshoot", DOLLAR);
    Hold other = till.hold(scope, Money.ofCents(40));
    Hold hold = till.hold(scope, Money.ofCents(10));
    till.settle(hold, Money.ofCents(30));
    assertThat(till.refusal(scope, Money.ofCents(31)).code()).isEqualTo(ErrorCode.BUDGET_HELD);
    Hold last = till.hold(scope, Money.ofCents(30));
    till.settle(other, Money.ofCents(40));
    assertThat(till.settle(last, Money.ofCents(30)).remaining()).isEqualTo(Money.ZERO);
    till.books();
    assertThat(till.meters.scrape()).contains("spend_overshoots_total");
  }
}
