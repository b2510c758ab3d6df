package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three nodes on one database: money in another node's slice is nobody's reason for a refusal. */
class RecallIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Money DOLLAR = Money.ofCents(100);
  private static final SpendConfig WAITS = Till.config(Till.PATIENT, Till.PATIENT);

  private static Till one;
  private static Till two;
  private static Till three;

  @BeforeAll
  static void open() {
    StorageConfig database = TestDatabase.freshPlainOwner();
    one = Till.open(database, WAITS, Ids.next());
    two = Till.open(database, WAITS, Ids.next());
    three = Till.open(database, WAITS, Ids.next());
  }

  @AfterAll
  static void close() {
    for (Till till : List.of(one, two, three)) {
      till.close();
    }
  }

  @Test
  void grantsTheLastDollarThatLiesInTheSlicesOfOtherNodes() {
    OrgScope scope = one.organization("last dollar", DOLLAR);
    // What lies idle for two seconds is given back: looked at until that was quick enough.
    await()
        .untilAsserted(() -> {
          one.spend.release(one.hold(scope, Money.ofCents(40)));
          two.spend.release(two.hold(scope, Money.ofCents(40)));
          assertThat(free(one, scope) + free(two, scope)).isGreaterThanOrEqualTo(cents(80));
        });
    three.settle(three.hold(scope, DOLLAR), DOLLAR);
    assertThat(one.refusal(scope, new Money(1)).code()).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
    one.books();
  }

  /**
   * Never quiet for two seconds, nor with much more in hand than it needs: nothing comes back by
   * itself.
   */
  @Test
  void callsBackWhatABusyNodeHasFree() {
    OrgScope scope = one.organization("busy", DOLLAR);
    one.spend.release(one.hold(scope, Money.ofCents(30)));
    AtomicBoolean over = new AtomicBoolean();
    Thread busy = Thread.ofVirtual().start(() -> keepBusy(one, scope, over));
    try {
      await().atMost(PATIENCE).until(() -> one.account(scope).view() != null && spent(scope) > 20);
      assertThat(free(one, scope)).isGreaterThan(cents(10));
      Hold hold = two.hold(scope, Money.ofCents(75));
      two.settle(hold, Money.ofCents(75));
    } finally {
      over.set(true);
      join(busy);
    }
    assertThat(spent(scope)).isLessThanOrEqualTo(cents(100));
    two.books();
  }

  private static void keepBusy(Till till, OrgScope scope, AtomicBoolean over) {
    while (!over.get()) {
      if (till.admit(scope, Money.ofCents(10)) instanceof Admission.Granted<String> granted) {
        till.settle(granted.hold(), new Money(1));
      }
    }
  }

  @Test
  void spendsToTheBlockStepFromAnyNodeAndIsBlockedOnAll() {
    OrgScope scope = one.organization("block step", DOLLAR);
    one.spend.setTerms(
        scope, Till.ADMIN, _ -> new BudgetTerms(DOLLAR, Ladder.DEFAULT, Estimation.CAPPED, true));
    List<Till> nodes = List.of(one, two, three);
    Money each = Money.ofCents(3);
    int calls = 0;
    ErrorCode end = null;
    while (end == null) {
      Till node = nodes.get(calls++ % 3);
      switch (climb(node, scope, each)) {
        case Admission.Granted<String> granted -> node.settle(granted.hold(), each);
        case Admission.Refused<String> refused -> end = refused.code();
      }
    }
    assertThat(end).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
    assertThat(DOLLAR.nanos() - spent(scope)).as("remaining").isLessThan(cents(10));
    // A node that has money in hand learns within a second or two what the others spent.
    for (Till node : nodes) {
      await().until(() -> blocked(node, scope, each));
    }
    one.books();
  }

  private static boolean blocked(Till node, OrgScope scope, Money amount) {
    return switch (climb(node, scope, amount)) {
      case Admission.Granted<String> granted -> {
        node.spend.release(granted.hold());
        yield false;
      }
      case Admission.Refused<String> refused -> refused.code() == ErrorCode.BUDGET_EXHAUSTED;
    };
  }

  /** As a call does it that is in no tier: blocked by the ladder, or it takes its bound. */
  private static Admission<String> climb(Till node, OrgScope scope, Money amount) {
    Future<Admission<String>> asked =
        node.spend.admit(
            scope,
            Ids.next(),
            1,
            standing ->
                switch (standing.judge(null, false, null).decision()) {
                  case Ladder.Decision.Block(String step) ->
                      new Proposal.Refuse<>(ErrorCode.BUDGET_EXHAUSTED, step);
                  case Ladder.Decision.Keep _, Ladder.Decision.Warn _, Ladder.Decision.Decline _ ->
                      new Proposal.Take<>(amount, "plan");
                  case Ladder.Decision.Downgrade _ -> new Proposal.Take<>(amount, "plan");
                });
    return Till.await(asked);
  }

  private static long free(Till till, OrgScope scope) {
    return till.account(scope).leases().stream().mapToLong(lease -> lease.slice().free()).sum();
  }

  private static long spent(OrgScope scope) {
    return one.spend.status(scope).spent().nanos();
  }

  private static long cents(long cents) {
    return Money.ofCents(cents).nanos();
  }

  private static void join(Thread thread) {
    try {
      assertThat(thread.join(PATIENCE)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
