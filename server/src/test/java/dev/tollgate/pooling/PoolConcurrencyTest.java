package dev.tollgate.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.Clock;
import dev.tollgate.pooling.PoolConfig.Bounds;
import dev.tollgate.pooling.PoolConfig.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real threads, all at once. */
class PoolConcurrencyTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Is used by one at a time, or says so. */
  private static final class Tool {
    private final AtomicBoolean used = new AtomicBoolean();

    void use() {
      assertThat(used.compareAndSet(false, true)).as("used by one at a time").isTrue();
      Thread.onSpinWait();
      used.set(false);
    }
  }

  private static final class Tools implements Resources<String, Tool> {
    final AtomicInteger alive = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();

    @Override
    public CompletionStage<Tool> create(String key) {
      return CompletableFuture.supplyAsync(() -> {
        most.accumulateAndGet(alive.incrementAndGet(), Math::max);
        return new Tool();
      });
    }

    @Override
    public CompletionStage<Void> close(String key, Tool tool) {
      alive.decrementAndGet();
      return CompletableFuture.completedFuture(null);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 10_000})
  void lendsToManyThreadsAndNeverMoreThanTheMaximum(int callers) throws Exception {
    Tools tools = new Tools();
    try (ScheduledThreadPoolExecutor timer = timer()) {
      Pool<String, Tool> pool = open(tools, timer, PATIENCE);
      inThreads(
          callers,
          () -> {
            try (Lease<Tool> lease = pool.acquire("a").join()) {
              lease.resource().use();
            }
          });
      assertThat(tools.most).hasValueLessThanOrEqualTo(5);
      assertThat(pool.census(key -> true).active()).isZero();
      pool.close().toCompletableFuture().join();
    }
    assertThat(tools.alive).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 10_000})
  void leaksNothingToCallersThatGiveUp(int callers) throws Exception {
    Tools tools = new Tools();
    try (ScheduledThreadPoolExecutor timer = timer()) {
      Pool<String, Tool> pool = open(tools, timer, Duration.ofMillis(2));
      inThreads(
          callers,
          () -> {
            CompletableFuture<Lease<Tool>> lease = pool.acquire("a");
            boolean impatient = ThreadLocalRandom.current().nextInt(3) == 0;
            if (!(impatient && lease.cancel(false))) {
              lease
                  .handle((got, refused) -> {
                    if (got != null) {
                      got.resource().use();
                      got.close();
                    }
                    return null;
                  })
                  .join();
            }
          });
      // Who gives up may be told before the pool has crossed them out.
      await()
          .untilAsserted(() -> {
            Census after = pool.census(key -> true);
            assertThat(after.active()).isZero();
            assertThat(after.waiting()).isZero();
          });
      assertThat(tools.most).hasValueLessThanOrEqualTo(5);
      pool.close().toCompletableFuture().join();
    }
    assertThat(tools.alive).hasValue(0);
  }

  private static Pool<String, Tool> open(
      Tools tools, ScheduledThreadPoolExecutor timer, Duration acquire) {
    Times usual = Times.DEFAULT;
    Times times =
        new Times(
            acquire,
            usual.create(),
            usual.drain(),
            usual.waitTarget(),
            usual.idle(),
            usual.lifetime(),
            usual.sweep());
    PoolConfig config = new PoolConfig(new Bounds(2, 5, 5, 100, 100, 1, 10_000), times);
    return Pool.open(config, tools, PoolListener.none(), PoolTimer.of(timer), Clock.system());
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return timer;
  }

  private static void inThreads(int count, Runnable work) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(threads.submit(work));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }
}
