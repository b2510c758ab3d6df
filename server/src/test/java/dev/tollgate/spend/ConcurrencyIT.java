package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sixty-four callers of one budget at the same time. */
class ConcurrencyIT {

  private static final int CALLERS = 64;

  private static Till till;

  @BeforeAll
  static void open() {
    till =
        Till.open(
            TestDatabase.freshPlainOwner(),
            Till.config(Duration.ofSeconds(2), Duration.ofSeconds(10)),
            Ids.next());
  }

  @AfterAll
  static void close() {
    till.close();
  }

  @Test
  void letsExactlyAsManyPassAsThereIsRoomFor() throws Exception {
    OrgScope scope = till.organization("exact fit", Money.ofCents(100));
    Money each = Money.ofCents(10);
    List<Admission<String>> decisions = together(() -> till.admit(scope, each));
    assertThat(decisions).filteredOn(Admission.Granted.class::isInstance).hasSize(10);
    assertThat(decisions)
        .filteredOn(Admission.Refused.class::isInstance)
        .hasSize(CALLERS - 10)
        .allMatch(refused -> code(refused) == ErrorCode.BUDGET_HELD);
    for (Admission<String> decision : decisions) {
      if (decision instanceof Admission.Granted<String> granted) {
        till.settle(granted.hold(), each);
      }
    }
    assertThat(till.refusal(scope, new Money(1)).code()).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
    till.books();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void neverOverspendsAndRefusesForGoodOnlyWhatDoesNotFit(long seed) throws Exception {
    long limit = 1_000_000;
    OrgScope scope = till.organization("seed " + seed, new Money(limit));
    AtomicLong spent = new AtomicLong();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    Queue<Future<Settlement>> settlements = new ConcurrentLinkedQueue<>();
    AtomicLong next = new AtomicLong(seed * 1_000);
    together(() -> {
      Random random = new Random(next.incrementAndGet());
      for (int call = 0; call < 60; call++) {
        long amount = random.nextLong(1, 4_000);
        switch (till.admit(scope, new Money(amount))) {
          case Admission.Granted<String> granted -> {
            long cost = random.nextInt(3) == 0 ? amount : random.nextLong(amount + 1);
            spent.addAndGet(cost);
            settlements.add(till.pay(granted.hold(), new Money(cost)));
          }
          case Admission.Refused<String> refused -> {
            boolean forGood = refused.code() == ErrorCode.BUDGET_INSUFFICIENT;
            if (forGood && amount <= limit - spent.get()) {
              wrong.add(refused + " for " + amount + " of " + (limit - spent.get()));
            } else if (!forGood && refused.code() != ErrorCode.BUDGET_HELD) {
              wrong.add(refused.toString());
            }
          }
        }
      }
      return true;
    });
    settlements.forEach(Till::await);
    assertThat(wrong).isEmpty();
    assertThat(spent.get()).isLessThanOrEqualTo(limit);
    // A slow commit may let a charge be durable in the journal first.
    await()
        .untilAsserted(
            () -> assertThat(till.spend.status(scope).spent()).isEqualTo(new Money(spent.get())));
    till.books();
  }

  @Test
  void leavesPostgresAloneWhileASliceLasts() throws Exception {
    OrgScope scope = till.organization("slice", Money.ofCents(1_000_000));
    till.settle(till.hold(scope, Money.ofCents(1_000)), Money.ZERO);
    List<Hold> holds = new ArrayList<>();
    Account account = till.account(scope);
    long request = account.leases().getFirst().request;
    for (int call = 0; call < 100; call++) {
      Future<Admission<String>> asked = till.ask(scope, Money.ofCents(1));
      assertThat(asked.isComplete()).as("granted from memory").isTrue();
      holds.add(((Admission.Granted<String>) asked.result()).hold());
    }
    assertThat(account.leases().getFirst().request).isEqualTo(request);
    holds.forEach(till.spend::release);
  }

  private static ErrorCode code(Admission<?> admission) {
    return ((Admission.Refused<?>) admission).code();
  }

  private static <T> List<T> together(Callable<T> work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(CALLERS);
    List<T> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
      List<java.util.concurrent.Future<T>> futures = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        futures.add(
            threads.submit(() -> {
              start.await();
              return work.call();
            }));
      }
      for (java.util.concurrent.Future<T> future : futures) {
        results.add(future.get());
      }
    }
    return results;
  }
}
