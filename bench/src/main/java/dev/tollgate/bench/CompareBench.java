package dev.tollgate.bench;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.spend.Admission;
import dev.tollgate.spend.CallFacts;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.Proposal;
import dev.tollgate.spend.Usage;
import dev.tollgate.tenancy.OrgScope;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * 64 callers of one budget of one dollar, on one PostgreSQL: charged after the call, as gateways do
 * that check a counter first, and held before it. A call takes 100 ms and costs one to three cents,
 * of which its bound is five.
 *
 * <p>Argument: seed (1).
 */
public final class CompareBench {

  static final CallFacts FACTS =
      new CallFacts.Model(
          "bench", null, "quick", null, null, "asked", "served", null, "openai", "local", "ab12",
          "1");

  private static final int CALLERS = 64;
  private static final long CALL_MILLIS = 100;
  private static final Money LIMIT = Money.ofCents(100);
  private static final Money BOUND = Money.ofCents(5);

  private final Counter counter;
  private final long seed;

  private CompareBench(Counter counter, long seed) {
    this.counter = counter;
    this.seed = seed;
  }

  /** One call, if there is money for it; what it cost, or −1 when it was refused for good. */
  private interface Payer {
    long call(long cost) throws InterruptedException;
  }

  public static void main(String[] arguments) throws Exception {
    long seed = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1;
    try (Counter counter = Counter.open(Files.createTempDirectory("tollgate-compare"))) {
      CompareBench bench = new CompareBench(counter, seed);
      bench.prepare();
      bench.report("check, call, charge", bench.run(cost -> bench.checkThenCharge(1, cost, 0)));
      bench.report(
          "check with the bound, call, charge",
          bench.run(cost -> bench.checkThenCharge(2, cost, BOUND.nanos())));
      OrgScope scope = counter.threeBudgets(LIMIT);
      bench.report(
          "hold, call, settle (Tollgate)", bench.run(cost -> bench.holdThenSettle(scope, cost)));
    }
  }

  private void prepare() throws SQLException {
    try (Connection connection = counter.owner().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE public.naive (id int PRIMARY KEY, spent bigint NOT NULL)");
      statement.execute("INSERT INTO public.naive VALUES (1, 0), (2, 0)");
    }
  }

  private long run(Payer payer) throws InterruptedException {
    AtomicLong spent = new AtomicLong();
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < CALLERS; caller++) {
        Random random = new Random(seed * 1_000 + caller);
        callers.execute(() -> callUntilRefused(payer, random, start, spent));
      }
      start.countDown();
    }
    return spent.get();
  }

  private static void callUntilRefused(
      Payer payer, Random random, CountDownLatch start, AtomicLong spent) {
    try {
      start.await();
      long cost = 0;
      while (cost >= 0) {
        spent.addAndGet(cost);
        cost = payer.call(Money.ofCents(random.nextLong(1, 4)).nanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(String how, long spent) {
    System.out.printf(
        "%-36s spent %.2f of %.2f USD, overspend %.2f USD%n",
        how, spent / 1e9, LIMIT.nanos() / 1e9, Math.max(0, spent - LIMIT.nanos()) / 1e9);
  }

  /** As peers do it: nobody else's call under way is counted. */
  private long checkThenCharge(int id, long cost, long estimate) throws InterruptedException {
    if (spent(id) + Math.max(1, estimate) > LIMIT.nanos()) {
      return -1;
    }
    TimeUnit.MILLISECONDS.sleep(CALL_MILLIS);
    return counter
        .storage()
        .autocommit(connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(
                "UPDATE public.naive SET spent = spent + " + cost + " WHERE id = " + id);
            return cost;
          }
        });
  }

  private long spent(int id) {
    return counter
        .storage()
        .autocommit(connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row =
                  statement.executeQuery("SELECT spent FROM public.naive WHERE id = " + id)) {
            row.next();
            return row.getLong(1);
          }
        });
  }

  private long holdThenSettle(OrgScope scope, long cost) throws InterruptedException {
    while (true) {
      switch (counter
          .spend()
          .admit(scope, Ids.next(), 1, _ -> new Proposal.Take<>(BOUND, "plan"))
          .await()) {
        case Admission.Granted<String> granted -> {
          TimeUnit.MILLISECONDS.sleep(CALL_MILLIS);
          var _ = counter.spend().settle(granted.hold(), FACTS, outcome(cost)).await();
          return cost;
        }
        case Admission.Refused<String> refused -> {
          if (refused.code() == ErrorCode.BUDGET_INSUFFICIENT) {
            return -1;
          }
        }
      }
    }
  }

  static Outcome outcome(long cost) {
    return new Outcome(
        Outcome.Status.OK, Usage.of(10, 5), "{\"input\":10}", new Money(cost), "p", 900, 300, 800);
  }
}
