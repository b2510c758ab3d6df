package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One budget on one node, with PostgreSQL's answers written by hand. */
class LeaseProtocolTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final UUID BUDGET = new UUID(0, 1);

  private final List<Effect> log = new ArrayList<>();
  private final LeaseProtocol protocol = new LeaseProtocol(5 * SECOND, 3, 0);
  private long now = 1_000;

  /** Not a record: two calls for the same amount are two calls. */
  private static final class Call implements Waiter {
    private final long amount;
    private final long since;

    Call(long amount, long since) {
      this.amount = amount;
      this.since = since;
    }

    @Override
    public Proposal<?> propose(Standing standing) {
      return new Proposal.Take<>(new Money(amount), "plan");
    }

    @Override
    public long since() {
      return since;
    }

    @Override
    public void decided(Verdict verdict) {
      throw new AssertionError("told by the test alone");
    }
  }

  private Reading reading(@Nullable Long limit, long window, long granted, long elsewhere) {
    Money money = limit == null ? null : new Money(limit);
    BudgetTerms terms = new BudgetTerms(money, Ladder.OFF, Estimation.CAPPED, true);
    return new Reading(BUDGET, window, "acme", terms, granted, elsewhere, now);
  }

  private Call call(long amount) {
    Call call = new Call(amount, now);
    protocol.admit(call, now);
    log.addAll(protocol.effects());
    return call;
  }

  private void open(@Nullable Long limit, long granted, long elsewhere) {
    protocol.opened(
        new Opened(7, 0, 0, 0, reading(limit, 1, granted, elsewhere)), now + 10 * SECOND, now);
    log.addAll(protocol.effects());
  }

  private void give(long amount, Reading seen) {
    protocol.given(amount, seen, now + 10 * SECOND, now);
    log.addAll(protocol.effects());
  }

  private <E extends Effect> E last(Class<E> type) {
    return type.cast(log.getLast());
  }

  private Verdict verdict(Call call) {
    return log.stream()
        .filter(Effect.Decide.class::isInstance)
        .map(Effect.Decide.class::cast)
        .filter(decision -> decision.waiter().equals(call))
        .map(Effect.Decide::verdict)
        .findFirst()
        .orElseThrow();
  }

  private ErrorCode refusal(Call call) {
    return ((Verdict.Refuse) verdict(call)).code();
  }

  private boolean decided(Call call) {
    return log.stream()
        .anyMatch(effect -> effect instanceof Effect.Decide decide && decide.waiter().equals(call));
  }

  @Test
  void opensALeaseThenAsksForWhatTheCallNeeds() {
    Call call = call(40);
    assertThat(last(Effect.Open.class)).isNotNull();
    open(100L, 0, 0);
    Effect.Ask ask = last(Effect.Ask.class);
    assertThat(ask.ask()).isEqualTo(40);
    assertThat(ask.want()).isGreaterThanOrEqualTo(40);
    give(50, reading(100L, 1, 50, 0));
    assertThat(verdict(call)).isInstanceOf(Verdict.Grant.class);
    assertThat(ask.lease().slice().free()).isEqualTo(10);
  }

  @Test
  void refusesForGoodOnlyByAReadingYoungerThanTheCall() {
    call(40);
    open(100L, 0, 70);
    assertThat(log.getLast()).isInstanceOf(Effect.Decide.class);
    now += SECOND;
    Call late = call(40);
    assertThat(decided(late)).isFalse();
    assertThat(last(Effect.Open.class)).isNotNull();
    open(100L, 0, 61);
    assertThat(refusal(late)).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
    now += LeaseProtocol.FRESH;
    assertThat(refusal(call(40))).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
  }

  @Test
  void keepsACallWaitingWhileOthersHoldTheMoneyAndThenSaysSo() {
    Call first = call(100);
    open(100L, 0, 0);
    give(100, reading(100L, 1, 100, 0));
    Call second = call(100);
    give(0, reading(100L, 1, 100, 0));
    now += 4 * SECOND;
    protocol.moved(now);
    give(0, reading(100L, 1, 100, 0));
    assertThat(decided(second)).isFalse();
    Lease lease = ((Verdict.Grant) verdict(first)).lease();
    lease.slice().settle(100, 60);
    protocol.moved(now);
    log.addAll(protocol.effects());
    assertThat(decided(second))
        .as("does not fit the 40 that are left, by a fresh reading")
        .isTrue();
    assertThat(refusal(second)).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
    Call third = call(40);
    assertThat(verdict(third)).isInstanceOf(Verdict.Grant.class);
    Call fourth = call(40);
    give(0, reading(100L, 1, 100, 0));
    now += 5 * SECOND;
    protocol.moved(now);
    log.addAll(protocol.effects());
    assertThat(refusal(fourth)).isEqualTo(ErrorCode.BUDGET_HELD);
  }

  @Test
  void asksPostgresAlsoForACallThatDoesNotWait() {
    LeaseProtocol impatient = new LeaseProtocol(0, 3, now);
    Call call = new Call(40, now);
    impatient.admit(call, now);
    assertThat(impatient.effects()).hasOnlyElementsOfType(Effect.Open.class);
    impatient.opened(new Opened(7, 0, 0, 0, reading(100L, 1, 70, 0)), now + SECOND, now);
    assertThat(impatient.effects()).hasOnlyElementsOfType(Effect.Ask.class);
    impatient.given(0, reading(100L, 1, 70, 0), now + SECOND, now);
    assertThat(impatient.effects()).hasOnlyElementsOfType(Effect.Recall.class);
    impatient.recalled(0, now);
    log.addAll(impatient.effects());
    assertThat(refusal(call)).isEqualTo(ErrorCode.BUDGET_HELD);
  }

  @Test
  void waitsForOtherNodesToAnswerARecallAndThenAsksAgain() {
    LeaseProtocol impatient = new LeaseProtocol(0, 3, now);
    Call call = new Call(40, now);
    impatient.admit(call, now);
    impatient.opened(new Opened(7, 0, 0, 0, reading(100L, 1, 70, 0)), now + 9 * SECOND, now);
    impatient.given(0, reading(100L, 1, 70, 0), now + 9 * SECOND, now);
    impatient.effects();
    impatient.recalled(2, now);
    assertThat(impatient.effects()).as("neither refused nor asked before they can").isEmpty();
    now += SECOND / 10;
    impatient.moved(now);
    assertThat(impatient.effects()).hasOnlyElementsOfType(Effect.Ask.class);
    impatient.given(40, reading(100L, 1, 70, 0), now + 9 * SECOND, now);
    log.addAll(impatient.effects());
    assertThat(verdict(call)).isInstanceOf(Verdict.Grant.class);
  }

  @Test
  void givesBackWhatIsFreeWhenItIsRecalled() {
    Call call = call(60);
    open(100L, 0, 0);
    give(80, reading(100L, 1, 80, 0));
    assertThat(verdict(call)).isInstanceOf(Verdict.Grant.class);
    protocol.recall(now);
    log.addAll(protocol.effects());
    assertThat(last(Effect.Return.class).amount()).isEqualTo(20);
  }

  @Test
  void refusesForNowAndNotForGoodWhatWasMerelyPresumedSpent() {
    LeaseProtocol impatient = new LeaseProtocol(0, 3, now);
    Call call = new Call(40, now);
    impatient.admit(call, now);
    BudgetTerms terms = new BudgetTerms(new Money(100), Ladder.OFF, Estimation.CAPPED, true);
    Reading presumed = new Reading(BUDGET, 1, "acme", terms, 90, 90, 50, null, now, now);
    impatient.effects();
    impatient.opened(new Opened(7, 0, 0, 0, presumed), now + 9 * SECOND, now);
    assertThat(impatient.effects()).hasOnlyElementsOfType(Effect.Ask.class);
    impatient.given(0, presumed, now + 9 * SECOND, now);
    impatient.effects();
    impatient.recalled(0, now);
    log.addAll(impatient.effects());
    assertThat(refusal(call)).isEqualTo(ErrorCode.BUDGET_HELD);
  }

  @Test
  void opensAnotherLeaseWhenItsOwnWasFrozen() {
    Call call = call(60);
    open(100L, 0, 0);
    give(80, reading(100L, 1, 80, 0));
    Lease gone = ((Verdict.Grant) verdict(call)).lease();
    protocol.gone(gone, now);
    assertThat(protocol.gate()).isNull();
    assertThat(protocol.holding().leases()).isEmpty();
    call(5);
    assertThat(log.getLast()).isInstanceOf(Effect.Open.class);
  }

  @Test
  void doesNotTakeOverMoneyThatABackupSaysItHas() {
    Call call = call(60);
    protocol.opened(new Opened(7, 80, 0, 3, reading(100L, 1, 80, 0)), now + 9 * SECOND, now);
    log.addAll(protocol.effects());
    assertThat(((Verdict.Refuse) verdict(call)).code()).isEqualTo(ErrorCode.BUDGET_UNAVAILABLE);
    assertThat(log.getLast()).isInstanceOf(Effect.Distrust.class);
    assertThat(protocol.gate()).isNull();
  }

  @Test
  void stopsGrantingWhenItsWindowEnds() {
    Call call = call(60);
    BudgetTerms terms = new BudgetTerms(new Money(100), Ladder.OFF, Estimation.CAPPED, true);
    Reading ending =
        new Reading(BUDGET, 1, "acme", terms, 80, 0, 0, Instant.EPOCH, now + SECOND, now);
    protocol.opened(new Opened(7, 0, 0, 0, ending), now + 9 * SECOND, now);
    give(80, ending);
    assertThat(verdict(call)).isInstanceOf(Verdict.Grant.class);
    now += SECOND;
    call(1);
    assertThat(log.getLast()).isInstanceOf(Effect.Open.class);
  }

  @Test
  void letsNobodyOvertakeTheFirstInTheQueueButWhatIsFree() {
    call(60);
    open(100L, 0, 0);
    give(60, reading(100L, 1, 60, 0));
    Call large = call(80);
    Call small = call(10);
    Call free = call(0);
    assertThat(decided(large)).isFalse();
    assertThat(decided(small)).isFalse();
    assertThat(verdict(free)).isInstanceOf(Verdict.Grant.class);
  }

  @Test
  void turnsCallsAwayWhenTooManyWait() {
    call(1);
    call(1);
    call(1);
    assertThat(refusal(call(1))).isEqualTo(ErrorCode.BUDGET_HELD);
  }

  @Test
  void asksTwiceInVainAndThenSaysThatTheBudgetIsUnavailable() {
    Call call = call(1);
    protocol.lost(now);
    log.addAll(protocol.effects());
    assertThat(last(Effect.Open.class)).isNotNull();
    protocol.lost(now);
    log.addAll(protocol.effects());
    assertThat(refusal(call)).isEqualTo(ErrorCode.BUDGET_UNAVAILABLE);
    assertThat(refusal(call(1))).isEqualTo(ErrorCode.BUDGET_UNAVAILABLE);
    now += LeaseProtocol.REST;
    Call next = call(1);
    open(100L, 0, 0);
    give(2, reading(100L, 1, 2, 0));
    assertThat(verdict(next)).isInstanceOf(Verdict.Grant.class);
  }

  @Test
  void repeatsARequestThatWasNotAnsweredUnderItsNumber() {
    call(5);
    open(100L, 0, 0);
    Effect.Ask ask = last(Effect.Ask.class);
    protocol.lost(now);
    log.addAll(protocol.effects());
    assertThat(last(Effect.Ask.class)).isSameAs(ask);
  }

  @Test
  void givesNothingOutOfALeaseThatExpired() {
    call(10);
    open(100L, 0, 0);
    give(50, reading(100L, 1, 50, 0));
    now += 10 * SECOND;
    Call call = call(10);
    assertThat(decided(call)).isFalse();
    assertThat(last(Effect.Open.class)).isNotNull();
    open(100L, 50, 0);
    assertThat(verdict(call)).isInstanceOf(Verdict.Grant.class);
  }

  @Test
  void givesBackWhatIsFreeWhenTheLimitIsLoweredBelowWhatIsGranted() {
    call(10);
    open(100L, 0, 0);
    give(50, reading(100L, 1, 50, 0));
    now += 1;
    protocol.read(reading(30L, 1, 50, 0), now);
    log.addAll(protocol.effects());
    assertThat(last(Effect.Return.class).amount()).isEqualTo(40);
    assertThat(protocol.gate()).isNull();
  }

  @Test
  void leavesTheOldWindowWhenTheBudgetIsReset() {
    Call before = call(10);
    open(100L, 0, 0);
    give(50, reading(100L, 1, 50, 0));
    Lease old = ((Verdict.Grant) verdict(before)).lease();
    now += 1;
    protocol.read(reading(100L, 2, 0, 0), now);
    log.addAll(protocol.effects());
    Effect.Return back = last(Effect.Return.class);
    assertThat(back.amount()).isEqualTo(40);
    assertThat(back.close()).as("a hold of it is open").isFalse();
    protocol.returned(false, now);
    old.slice().settle(10, 10);
    protocol.tick(now);
    log.addAll(protocol.effects());
    assertThat(last(Effect.Return.class).close()).isTrue();
    protocol.returned(true, now);
    assertThat(protocol.idle()).isTrue();
  }

  @Test
  void givesBackWhatNobodyUsesForTwoSeconds() {
    call(10);
    open(100L, 0, 0);
    give(50, reading(100L, 1, 50, 0));
    for (int second = 0; second < 3; second++) {
      now += SECOND;
      protocol.tick(now);
    }
    log.addAll(protocol.effects());
    assertThat(last(Effect.Return.class).amount()).isEqualTo(40);
  }

  @Test
  void takesAnExcessOutOfTheSlice() {
    Call call = call(10);
    open(100L, 0, 0);
    give(50, reading(100L, 1, 50, 0));
    Lease lease = ((Verdict.Grant) verdict(call)).lease();
    protocol.exceeded(lease, lease.slice().settle(10, 25), now);
    log.addAll(protocol.effects());
    assertThat(last(Effect.Return.class).amount()).isEqualTo(15);
    assertThat(lease.slice().free()).isEqualTo(25);
    assertThat(lease.outstanding()).isZero();
  }

  @Test
  void grantsNothingAnyMoreOnceAnotherProcessTookItsPlace() {
    call(10);
    protocol.superseded();
    log.addAll(protocol.effects());
    Call call = call(0);
    assertThat(refusal(call)).isEqualTo(ErrorCode.BUDGET_UNAVAILABLE);
    assertThat(protocol.gate()).isNull();
  }
}
