package dev.tollgate.pooling;

import dev.tollgate.kernel.Clock;
import dev.tollgate.pooling.PoolConfig.Bounds;
import dev.tollgate.pooling.PoolConfig.Times;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The hand-over of a resource under two threads: to one caller, and to none that gave up. */
public final class PoolStress {

  private static final PoolTimer NEVER = (delay, task) -> () -> {};

  private PoolStress() {}

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

  private static Pool<String, Object> ofOne() {
    PoolConfig config = new PoolConfig(new Bounds(0, 1, 1, 1, 1, 1, 9), Times.DEFAULT);
    return Pool.open(config, new Things(), PoolListener.none(), NEVER, Clock.system());
  }

  /** A waiter cancels while the resource comes back: it has it, or the pool has it. */
  @JCStressTest
  @Outcome(
      id = {"1, false", "0, true"},
      expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "the resource was lost, or lent to nobody")
  @State
  public static class CancelWhileGivenBack {

    private final Pool<String, Object> pool = ofOne();
    private final Lease<Object> lease = pool.acquire("key").join();
    private final CompletableFuture<Lease<Object>> waiting = pool.acquire("key");

    @Actor
    public void giveBack() {
      lease.close();
    }

    @Actor
    public void cancel(IZ_Result result) {
      result.r2 = waiting.cancel(false);
    }

    @Arbiter
    public void after(IZ_Result result) {
      Census census = pool.census(key -> true);
      result.r1 = census.active() + 10 * (1 - census.active() - census.idle());
    }
  }

  /** Two come for one: one has it, one waits. */
  @JCStressTest
  @Outcome(id = "11", expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "lent twice, or not at all")
  @State
  public static class TwoForOne {

    private final Pool<String, Object> pool = ofOne();

    @Actor
    public void one() {
      var _ = pool.acquire("key");
    }

    @Actor
    public void other() {
      var _ = pool.acquire("key");
    }

    @Arbiter
    public void after(I_Result result) {
      Census census = pool.census(key -> true);
      result.r1 = census.active() + 10 * census.waiting() + 100 * census.idle();
    }
  }
}
