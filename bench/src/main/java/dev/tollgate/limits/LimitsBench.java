package dev.tollgate.limits;

import dev.tollgate.kernel.Clock;
import dev.tollgate.tenancy.Entitlements;
import dev.tollgate.tenancy.KeyTerms;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.RateLimits;
import dev.tollgate.tenancy.Scopes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;

/**
 * A call that enters and leaves: with no limit, with a limit of requests on its key, and with
 * requests, tokens and streams limited on its key, its user and its organization. What it asks the
 * others is answered at once and always granted. {@code cpuNanos} is the CPU time of one call by
 * the kernel's account, whatever else runs.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class LimitsBench {

  private static final long PLENTY = RateLimits.MOST;
  private static final Demand DEMAND = new Demand(1_000, true);
  private static final RateLimits ALL = new RateLimits(PLENTY, PLENTY, PLENTY);
  private static final RateLimits REQUESTS = new RateLimits(PLENTY, null, null);

  private final OrgScope open = scope(Entitlements.OPEN);
  private final OrgScope one = scope(terms(REQUESTS, RateLimits.NONE));
  private final OrgScope three = scope(terms(ALL, ALL));
  private final Limits limits =
      Limits.open(
          Rules.DEFAULT, new Granting(), () -> 1, new SimpleMeterRegistry(), Clock.system());

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

  /** Others that have all there is. */
  private static final class Granting implements Shared {

    @Override
    public CompletionStage<Leased> lease(Lease lease) {
      long grain = System.nanoTime() / 500_000_000L;
      return CompletableFuture.completedFuture(
          new Leased(lease.want(), grain, lease.limit(), 0, 62_000));
    }

    @Override
    public CompletionStage<Long> slots(Slotting slotting) {
      return CompletableFuture.completedFuture(slotting.want());
    }
  }

  private static OrgScope scope(Entitlements entitlements) {
    return Scopes.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), entitlements);
  }

  private static Entitlements terms(RateLimits key, RateLimits others) {
    return new Entitlements(new KeyTerms(key, null, null), others, others);
  }

  @Benchmark
  public Entry none(Cpu cpu) {
    return call(open, cpu);
  }

  @Benchmark
  public Entry one(Cpu cpu) {
    return call(one, cpu);
  }

  @Benchmark
  public Entry three(Cpu cpu) {
    return call(three, cpu);
  }

  @Benchmark
  @Threads(2)
  public Entry threeByTwo(Cpu cpu) {
    return call(three, cpu);
  }

  private Entry call(OrgScope scope, Cpu cpu) {
    cpu.operations++;
    Entry entry = limits.enter(scope, DEMAND).toCompletableFuture().join();
    if (entry instanceof Entry.Admitted admitted) {
      admitted.permit().close(900);
    }
    return entry;
  }
}
