package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Scopes;
import io.vertx.core.Promise;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;

/**
 * A call held in the budgets of a key, a user and an organization, entered in the table of holds,
 * and settled, by the classes that production runs. It costs nothing, so that its money is free
 * again and the leases never run dry: nothing waits, and nothing is asked of a store.
 *
 * <p>{@code hold} ends with the charge in the queue of commits; {@code journal} also encodes it and
 * appends it to the journal, in batches as commits make them, on the same thread. {@code cpuNanos}
 * is the CPU time of one operation by the kernel's account, whatever else runs.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class HoldSettleBench {

  private static final Duration LONG = Duration.ofDays(1);
  private static final Money EACH = new Money(1_000);
  private static final int IDS = 1_024;

  private static final CallFacts FACTS =
      new CallFacts.Model(
          "request", null, "quick", null, null, "asked", "served", null, "openai", "local", "ab12",
          "1");
  private static final Outcome OUTCOME =
      new Outcome(
          Outcome.Status.OK, Usage.of(10, 5), "{\"input\":10}", Money.ZERO, "p", 900, 300, 800);

  private final OrgScope scope = Scopes.of(new UUID(0, 100));
  private final Path directory = Scratch.make();
  private final Clock clock = Clock.system();
  private final UUID node = Ids.next();
  private final Journal journal =
      Journal.open(directory, JournalBounds.DEFAULT, node, BootId.read(), clock);
  private final HoldTable table =
      HoldTable.open(directory, HoldTable.DEFAULT_CAPACITY, node, BootId.read(), Instant.now());
  private final Intake intake = new Intake(journal, SpendConfig.DEFAULT, 0);
  private final Admissions admissions =
      new Admissions(table, intake::unreserve, clock, (_, _) -> {});
  private final List<Account> accounts = Stream.generate(this::account).limit(3).toList();
  // As GroupCommit has it of its last commit or sweep.
  private volatile long lately = clock.nanoTime();
  private final Queue<PendingCharge> queue = new ConcurrentLinkedQueue<>();
  private final List<UUID> ids = IntStream.range(0, IDS).mapToObj(_ -> Ids.next()).toList();

  /** What a thread did, and what CPU that took. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Cpu {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private long began;
    private long operations;
    private int parts;

    @Setup(Level.Iteration)
    public void begin(BenchmarkParams benchmark, IterationParams iteration) {
      parts = benchmark.getThreads() * benchmark.getForks() * iteration.getCount();
      operations = 0;
      began = THREADS.getCurrentThreadCpuTime();
    }

    /** Of one operation, in nanoseconds: the part of the mean over what is added up. */
    public double cpuNanos() {
      return (double) (THREADS.getCurrentThreadCpuTime() - began) / operations / parts;
    }
  }

  /** Answers at once, as a PostgreSQL with money enough would. */
  private static final class Plenty implements Account.Surroundings {

    private final Clock clock;

    Plenty(Clock clock) {
      this.clock = clock;
    }

    @Override
    public Clock clock() {
      return clock;
    }

    @Override
    public void carry(Account account, Effect.Request request) {
      long now = clock.nanoTime();
      long expires = now + LONG.toNanos();
      account.answer(
          switch (request) {
            case Effect.Open _ ->
                new Reply.Open(
                    new Opened(
                        Ids.next().getLeastSignificantBits() >>> 1, 0, 0, 0, reading(account)),
                    expires);
            case Effect.Ask ask ->
                new Reply.Given(
                    Math.max(ask.want(), 1_000_000_000_000L), reading(account), expires);
            case Effect.Return _ -> new Reply.Returned(false);
            case Effect.Recall _ -> new Reply.Recalled(0);
          });
    }

    private Reading reading(Account account) {
      BudgetTerms terms =
          new BudgetTerms(Money.ofCents(100_000_000), Ladder.OFF, Estimation.CAPPED, true);
      return new Reading(account.budget(), 1, "bench", terms, 0, 0, clock.nanoTime());
    }

    @Override
    public void distrust() {
      throw new IllegalStateException("nothing was restored");
    }

    @Override
    public void later(long nanos, Runnable task) {}
  }

  private Account account() {
    return new Account(Ids.next(), SpendConfig.DEFAULT, new Plenty(clock));
  }

  /** The first caller waits for its leases. */
  @Setup
  public void lease() {
    var _ = holdAndSettle(new Cpu());
  }

  @TearDown
  public void delete() throws IOException {
    journal.close();
    Scratch.delete(directory);
  }

  @Benchmark
  @Threads(1)
  public void hold(Cpu cpu) {
    queue(holdAndSettle(cpu));
  }

  @Benchmark
  @Threads(1)
  public void journal(Cpu cpu) {
    journal(holdAndSettle(cpu), cpu);
  }

  @Benchmark
  @Threads(8)
  public void holdByEight(Cpu cpu) {
    queue(holdAndSettle(cpu));
  }

  @Benchmark
  @Threads(8)
  public void journalByEight(Cpu cpu) {
    journal(holdAndSettle(cpu), cpu);
  }

  /** As {@link Spend#admit} and {@link Spend#settle} do. */
  private PendingCharge holdAndSettle(Cpu cpu) {
    UUID call = ids.get((int) (cpu.operations++ % IDS));
    if (!intake.reserve()) {
      throw new IllegalStateException("no place");
    }
    Admission<String> admission =
        admissions.ask(scope, call, 1, _ -> new Proposal.Take<>(EACH, "plan"), accounts).result();
    if (!(admission instanceof Admission.Granted<String> granted)) {
      throw new IllegalStateException("waited, or refused: " + admission);
    }
    Hold hold = granted.hold();
    hold.end();
    for (Hold.Part part : hold.parts()) {
      part.account().settled(part.lease(), EACH.nanos(), 0);
    }
    admissions.ended(hold);
    intake.unreserve();
    return new PendingCharge(hold, FACTS, OUTCOME, Promise.promise(), lately);
  }

  private void queue(PendingCharge charge) {
    queue.add(charge);
    var _ = queue.poll();
  }

  private void journal(PendingCharge charge, Cpu cpu) {
    intake.add(charge);
    if (cpu.operations % SpendConfig.DEFAULT.batch() == 0) {
      intake.next(batch -> journal.acknowledged(batch.number()));
    }
  }
}
