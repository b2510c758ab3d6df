package dev.tollgate.pooling;

import dev.tollgate.kernel.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Resources by key, lent to one caller at a time or to a bounded number of them.
 *
 * <p>Callers of a key are served in the order in which they came, and none after it gave up: its
 * wait ended, or it cancelled its future. A resource is being made from the moment its place is
 * taken, so that no two callers make the same one. When making fails, those fail who have nothing
 * else to hope for, and their places are free. Where a cap over keys is reached, an idle resource
 * of another key gives way, and a key that has none at all comes before one that has.
 *
 * <p>Thread-safe, and nothing blocks. What a returned stage runs must not block either.
 *
 * @param <K> what tells one kind of resource from another; with {@code equals} and {@code hashCode}
 */
public final class Pool<K, T> {

  private final PoolConfig config;
  private final Resources<K, T> resources;
  private final PoolListener<K> listener;
  private final PoolTimer timer;
  private final Clock clock;

  /** Guards every {@link Subpool}, {@link Entry} and {@link #shelves}. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Shelves<K, T> shelves;

  private Pool(
      PoolConfig config,
      Resources<K, T> resources,
      PoolListener<K> listener,
      PoolTimer timer,
      Clock clock) {
    this.config = config;
    this.resources = resources;
    this.listener = listener;
    this.timer = timer;
    this.clock = clock;
    this.shelves = new Shelves<>(config, resources::group, new Making());
  }

  /** Opens a pool with nothing in it. */
  public static <K, T> Pool<K, T> open(
      PoolConfig config,
      Resources<K, T> resources,
      PoolListener<K> listener,
      PoolTimer timer,
      Clock clock) {
    Pool<K, T> pool = new Pool<>(config, resources, listener, timer, clock);
    pool.sweepLater();
    return pool;
  }

  /**
   * A resource of {@code key}: at once where one is free or after at most the configured wait.
   *
   * <p>Cancelling the future gives up the place in line.
   *
   * @return fails with {@link PoolRefused}, or with what making a resource failed with
   */
  public CompletableFuture<Lease<T>> acquire(K key) {
    while (true) {
      Entry<K, T> entry = null;
      Waiter<K, T> waiter = null;
      Effects effects = null;
      long now = clock.nanoTime();
      lock.lock();
      try {
        Subpool<K, T> home = shelves.of(key, now);
        if (home == null) {
          return CompletableFuture.failedFuture(new PoolRefused(PoolRefused.Reason.DRAINED));
        }
        entry = shelves.lendAtOnce(home, now);
        if (entry == null) {
          if (home.waiters.size() >= config.bounds().waiters()) {
            return CompletableFuture.failedFuture(new PoolRefused(PoolRefused.Reason.CROWDED));
          }
          effects = new Effects();
          waiter = shelves.enqueue(home, now, effects);
        }
      } finally {
        lock.unlock();
      }
      if (waiter != null && effects != null) {
        watch(waiter);
        effects.run();
        return waiter.future();
      }
      if (entry != null && resources.usable(entry.resource())) {
        return CompletableFuture.completedFuture(lent(entry, 0));
      }
      if (entry != null) {
        giveBack(entry, true);
      }
    }
  }

  private Lease<T> lent(Entry<K, T> entry, long waited) {
    listener.acquired(entry.home().key(), waited);
    return new Lease<>(new Borrowed(entry));
  }

  /** Sees to it that the wait ends, and that who gave up does not stay in line. */
  private void watch(Waiter<K, T> waiter) {
    Runnable disarm = timer.after(config.times().acquire(), () -> expire(waiter));
    var _ =
        waiter
            .future()
            .whenComplete((lease, gaveUp) -> {
              disarm.run();
              if (gaveUp != null) {
                locked(effects -> shelves.leave(waiter, clock.nanoTime(), effects));
              }
            });
  }

  private void expire(Waiter<K, T> waiter) {
    if (waiter.future().completeExceptionally(new PoolRefused(PoolRefused.Reason.TIMED_OUT))) {
      listener.timedOut(waiter.home().key());
    }
  }

  void giveBack(Entry<K, T> entry, boolean broken) {
    boolean gone = broken || !resources.usable(entry.resource());
    locked(effects -> shelves.giveBack(entry, gone, clock.nanoTime(), effects));
  }

  /**
   * Ends all of {@code key}: what nobody has is closed at once, what somebody has when it comes
   * back or after the configured time, and who waits is refused. A caller that comes later begins
   * anew.
   *
   * @return completes when all of it was closed
   */
  public CompletionStage<Void> drain(K key) {
    Subpool<K, T> drained = locked(effects -> shelves.drain(key, clock.nanoTime(), effects));
    if (drained == null) {
      return CompletableFuture.completedFuture(null);
    }
    Runnable disarm = timer.after(config.times().drain(), () -> force(drained));
    return drained.drained.whenComplete((done, thrown) -> disarm.run());
  }

  /** Drains every key that {@code which} says. */
  public CompletionStage<Void> drainAll(Predicate<K> which) {
    return drainEach(locked(effects -> shelves.keys(which)));
  }

  private CompletionStage<Void> drainEach(List<K> keys) {
    return CompletableFuture.allOf(
        keys.stream()
            .map(key -> drain(key).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  private void force(Subpool<K, T> drained) {
    locked(effects -> shelves.force(drained, clock.nanoTime(), effects));
  }

  /** Drains every key, and refuses every caller from now on. */
  public CompletionStage<Void> close() {
    return drainEach(locked(effects -> shelves.shut()));
  }

  /** How all keys stand together that are {@code counted}. */
  public Census census(Predicate<K> counted) {
    return locked(effects -> shelves.census(counted));
  }

  private void sweepLater() {
    var _ = timer.after(config.times().sweep(), this::sweep);
  }

  private void sweep() {
    boolean open = locked(effects -> shelves.sweep(clock.nanoTime(), effects));
    if (open) {
      sweepLater();
    }
  }

  /** An entry in the hands of a caller. */
  private final class Borrowed implements Lease.Held<T> {

    private final Entry<K, T> entry;

    Borrowed(Entry<K, T> entry) {
      this.entry = entry;
    }

    @Override
    public T resource() {
      return entry.resource();
    }

    @Override
    public void giveBack(boolean broken) {
      Pool.this.giveBack(entry, broken);
    }

    @Override
    public void setApart() {
      locked(effects -> shelves.setApart(entry, clock.nanoTime(), effects));
    }
  }

  /** What is done under the lock. */
  private interface Guarded<R extends @Nullable Object> {
    R run(Effects effects);
  }

  private <R extends @Nullable Object> R locked(Guarded<R> work) {
    Effects effects = new Effects();
    R result;
    lock.lock();
    try {
      result = work.run(effects);
    } finally {
      lock.unlock();
    }
    effects.run();
    return result;
  }

  /** How the shelves have things done, without the lock. */
  private final class Making implements Shelves.Errands<K, T> {

    @Override
    public void create(Subpool<K, T> home, long upTo) {
      CompletableFuture<T> attempt = new CompletableFuture<>();
      Runnable disarm =
          timer.after(
              config.times().create(), () -> attempt.completeExceptionally(Attempts.tooLong()));
      var _ =
          attempt.whenComplete((made, failure) -> {
            disarm.run();
            locked(effects -> shelves.made(home, made, failure, upTo, clock.nanoTime(), effects));
          });
      Attempts.begin(() -> resources.create(home.key()))
          .whenComplete((made, failure) -> {
            if (failure != null) {
              attempt.completeExceptionally(Attempts.cause(failure));
            } else if (!attempt.complete(made)) {
              // It came too late to be counted.
              var _ = Attempts.begin(() -> resources.close(home.key(), made));
            }
          });
    }

    @Override
    public void close(Entry<K, T> entry, PoolListener.Reason reason) {
      Subpool<K, T> home = entry.home();
      listener.closed(home.key(), reason);
      CompletableFuture<Void> closing = new CompletableFuture<>();
      Runnable disarm = timer.after(config.times().drain(), () -> closing.complete(null));
      var _ =
          closing.whenComplete((done, thrown) -> {
            disarm.run();
            locked(effects -> shelves.closed(home, effects));
          });
      Attempts.begin(() -> resources.close(home.key(), entry.resource()))
          .whenComplete((done, thrown) -> closing.complete(null));
    }

    @Override
    public void handOver(Waiter<K, T> waiter, Entry<K, T> entry) {
      Lease<T> lease = new Lease<>(new Borrowed(entry));
      if (waiter.future().complete(lease)) {
        listener.acquired(waiter.home().key(), clock.nanoTime() - waiter.since());
      } else {
        lease.close();
      }
    }

    @Override
    public void refuse(Waiter<K, T> waiter, Throwable why) {
      waiter.future().completeExceptionally(why);
    }

    @Override
    public void failed(K key, Throwable why) {
      listener.failed(key, why);
    }
  }
}
