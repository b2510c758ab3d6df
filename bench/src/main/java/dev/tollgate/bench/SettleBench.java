package dev.tollgate.bench;

import dev.tollgate.kernel.Ids;
import dev.tollgate.spend.Admission;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Proposal;
import dev.tollgate.spend.Spend;
import dev.tollgate.tenancy.OrgScope;
import java.nio.file.Files;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many calls a second are held in three budgets, settled, and committed to PostgreSQL, by
 * callers that each wait for the commit of their charge.
 *
 * <p>Arguments: callers (2,000), seconds (10), rounds (3).
 */
public final class SettleBench {

  private static final Money EACH = new Money(1_000);

  private SettleBench() {}

  public static void main(String[] arguments) throws Exception {
    int callers = argument(arguments, 0, 2_000);
    int seconds = argument(arguments, 1, 10);
    int rounds = argument(arguments, 2, 3);
    try (Counter counter = Counter.open(Files.createTempDirectory("tollgate-settle"))) {
      OrgScope scope = counter.threeBudgets(Money.ofCents(100_000_000));
      for (int round = 1; round <= rounds; round++) {
        long settled = run(counter.spend(), scope, callers, seconds * 1_000_000_000L);
        System.out.printf("round %d: %,d settled calls a second%n", round, settled / seconds);
      }
    }
  }

  private static int argument(String[] arguments, int at, int preset) {
    return arguments.length > at ? Integer.parseInt(arguments[at]) : preset;
  }

  private static long run(Spend spend, OrgScope scope, int callers, long nanos) {
    AtomicLong settled = new AtomicLong();
    long end = System.nanoTime() + nanos;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < callers; caller++) {
        threads.execute(() -> {
          while (System.nanoTime() - end < 0) {
            if (spend.admit(scope, Ids.next(), 1, _ -> new Proposal.Take<>(EACH, "plan")).await()
                instanceof Admission.Granted<String> granted) {
              var _ =
                  spend
                      .settle(granted.hold(), CompareBench.FACTS, CompareBench.outcome(500))
                      .await();
              settled.incrementAndGet();
            }
          }
        });
      }
    }
    return settled.get();
  }
}
