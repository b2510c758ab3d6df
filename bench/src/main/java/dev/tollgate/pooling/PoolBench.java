package dev.tollgate.pooling;

import dev.tollgate.kernel.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to take one out of the pool and to put it back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PoolBench {

  private static final PoolTimer NEVER = (delay, task) -> () -> {};

  private final Pool<String, Object> pool =
      Pool.open(PoolConfig.DEFAULT, new Things(), PoolListener.none(), NEVER, Clock.system());

  private static final class Things implements Resources<String, Object> {
    @Override
    public CompletionStage<Object> create(String key) {
      return CompletableFuture.completedFuture(new Object());
    }

    @Override
    public CompletionStage<Void> close(String key, Object resource) {
      return CompletableFuture.completedFuture(null);
    }
  }

  /** Makes the first ones. */
  @Setup
  public void fill() {
    uncontended();
  }

  @Benchmark
  public Object uncontended() {
    try (Lease<Object> lease = pool.acquire("key").join()) {
      return lease.resource();
    }
  }

  @Benchmark
  @Threads(2)
  public Object byTwoThreads() {
    try (Lease<Object> lease = pool.acquire("key").join()) {
      return lease.resource();
    }
  }
}
