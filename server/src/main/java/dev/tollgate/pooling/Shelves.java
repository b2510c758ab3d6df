package dev.tollgate.pooling;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who gets what: the state of a pool and its decisions, without time, threads or callers. The pool
 * holds its lock around every call; what is decided here is done when it has let go of it.
 */
final class Shelves<K, T> {

  private final PoolConfig config;
  private final Function<K, Object> group;
  private final Errands<K, T> errands;
  private final Map<K, Subpool<K, T>> subpools = new HashMap<>();
  private final Capacity capacity;

  /** Those that a cap over keys keeps from making one, in the order in which it began to. */
  private final Set<Subpool<K, T>> starved = new LinkedHashSet<>();

  private long waiters;
  private long made;
  private int apart;
  private boolean shut;

  /** What is done without the lock. */
  interface Errands<K, T> {

    /**
     * Makes one and tells {@link Shelves#made}.
     *
     * @param upTo the number of the youngest waiter who was there when it began
     */
    void create(Subpool<K, T> home, long upTo);

    /** Closes one and tells {@link Shelves#closed}. */
    void close(Entry<K, T> entry, PoolListener.Reason reason);

    void handOver(Waiter<K, T> waiter, Entry<K, T> entry);

    void refuse(Waiter<K, T> waiter, Throwable why);

    void failed(K key, Throwable why);
  }

  Shelves(PoolConfig config, Function<K, Object> group, Errands<K, T> errands) {
    this.config = config;
    this.group = group;
    this.errands = errands;
    this.capacity = new Capacity(config.bounds().groupMax(), config.bounds().totalMax());
  }

  /** The subpool of {@code key}, made where there is none; null when the pool is shut. */
  @Nullable Subpool<K, T> of(K key, long now) {
    if (shut) {
      return null;
    }
    Subpool<K, T> home = subpools.get(key);
    if (home == null) {
      home = new Subpool<>(key, group.apply(key), config, now);
      subpools.put(key, home);
    }
    home.lastUsed = now;
    return home;
  }

  /** Lends what is free, unless somebody waits for it. */
  @Nullable Entry<K, T> lendAtOnce(Subpool<K, T> home, long now) {
    Entry<K, T> entry = home.waiters.isEmpty() ? home.next() : null;
    if (entry == null || entry.aged(now)) {
      return null;
    }
    home.lend(entry);
    return entry;
  }

  Waiter<K, T> enqueue(Subpool<K, T> home, long now, Effects effects) {
    Waiter<K, T> waiter = new Waiter<>(home, new CompletableFuture<>(), ++waiters, now);
    for (Waiter<K, T> first : home.waiters) {
      home.waited(now - first.since(), now);
      break;
    }
    home.waiters.add(waiter);
    serve(home, now, effects);
    return waiter;
  }

  /** Somebody gave up. */
  @Nullable Void leave(Waiter<K, T> waiter, long now, Effects effects) {
    Subpool<K, T> home = waiter.home();
    if (home.waiters.remove(waiter)) {
      home.waited(now - waiter.since(), now);
      settle(home, now, effects);
    }
    return null;
  }

  /** Gives waiters what is free, and has made what they need and may have. */
  private void serve(Subpool<K, T> home, long now, Effects effects) {
    while (!home.waiters.isEmpty()) {
      Entry<K, T> entry = home.next();
      if (entry == null) {
        break;
      }
      if (entry.aged(now)) {
        retire(entry, PoolListener.Reason.AGED, effects);
      } else {
        Waiter<K, T> waiter = home.waiters.iterator().next();
        home.waiters.remove(waiter);
        home.waited(now - waiter.since(), now);
        home.lend(entry);
        effects.add(() -> errands.handOver(waiter, entry));
      }
    }
    int wanted = home.wanted();
    while (wanted > 0 && (capacity.take(home.group()) || displace(home, effects))) {
      create(home, effects);
      wanted--;
    }
    if (wanted > 0) {
      starved.add(home);
    } else {
      starved.remove(home);
    }
  }

  private void create(Subpool<K, T> home, Effects effects) {
    home.creating++;
    long upTo = waiters;
    effects.add(() -> errands.create(home, upTo));
  }

  /** Makes what a key in use lacks to its minimum, where there is room; nobody waits for it. */
  private void replenish(Subpool<K, T> home, Effects effects) {
    while (home.size() < config.bounds().min() && capacity.take(home.group())) {
      create(home, effects);
    }
  }

  /** Takes the place of the resource that was idle for longest, where one may be taken. */
  private boolean displace(Subpool<K, T> home, Effects effects) {
    boolean inGroup = capacity.groupFull(home.group());
    Entry<K, T> longest = null;
    for (Subpool<K, T> other : subpools.values()) {
      boolean asked = other != home && (!inGroup || other.group().equals(home.group()));
      Entry<K, T> idle = asked && other.waiters.isEmpty() ? other.longestIdle() : null;
      if (idle != null && (longest == null || idle.idleSince - longest.idleSince < 0)) {
        longest = idle;
      }
    }
    if (longest == null) {
      return false;
    }
    end(longest, PoolListener.Reason.DISPLACED, effects);
    return capacity.take(home.group());
  }

  /** A resource was made, or was not. */
  @Nullable Void made(
      Subpool<K, T> home,
      @Nullable T resource,
      @Nullable Throwable failure,
      long upTo,
      long now,
      Effects effects) {
    home.creating--;
    if (resource != null) {
      long lifetime = config.times().lifetime().toNanos();
      long expires = now + lifetime - lifetime / 10 * (made++ % 8) / 8;
      Entry<K, T> entry = new Entry<>(home, resource, now, expires);
      home.entries.add(entry);
      if (home.draining) {
        end(entry, PoolListener.Reason.DRAINED, effects);
      } else {
        home.offer(entry);
        // Not before the first is there: a server that is down is not asked twice for each caller.
        replenish(home, effects);
      }
    } else {
      capacity.release(home.group());
      Throwable why = failure == null ? new NullPointerException("no resource was made") : failure;
      effects.add(() -> errands.failed(home.key(), why));
      disappoint(home, why, upTo, effects);
    }
    settle(home, now, effects);
    return null;
  }

  /** Fails those who have nothing else to hope for: all of them where nothing is left or coming. */
  private void disappoint(Subpool<K, T> home, Throwable why, long upTo, Effects effects) {
    boolean hopeless = home.size() == 0;
    List<Waiter<K, T>> failed = new ArrayList<>();
    for (Waiter<K, T> waiter : home.waiters) {
      boolean counted = waiter.number() <= upTo;
      if (!counted || (!hopeless && (!failed.isEmpty() || home.waiters.size() <= home.creating))) {
        break;
      }
      failed.add(waiter);
    }
    for (Waiter<K, T> waiter : failed) {
      home.waiters.remove(waiter);
      effects.add(() -> errands.refuse(waiter, why));
    }
  }

  @Nullable Void giveBack(Entry<K, T> entry, boolean broken, long now, Effects effects) {
    Subpool<K, T> home = entry.home();
    if (entry.ended) {
      return null;
    }
    if (entry.apart) {
      if (home.giveBackApart(entry, now)) {
        endApart(entry, PoolListener.Reason.SET_APART, effects);
      }
      return null;
    }
    home.giveBack(entry, now);
    if (broken) {
      retire(entry, PoolListener.Reason.BROKEN, effects);
    } else if (home.draining) {
      retire(entry, PoolListener.Reason.DRAINED, effects);
    } else if (entry.aged(now)) {
      retire(entry, PoolListener.Reason.AGED, effects);
    } else if (entry.retired) {
      retire(entry, PoolListener.Reason.BROKEN, effects);
    } else {
      home.offer(entry);
      giveWay(entry, effects);
    }
    settle(home, now, effects);
    return null;
  }

  /** Somebody will have it for long: its place is free, it is not. */
  @Nullable Void setApart(Entry<K, T> entry, long now, Effects effects) {
    if (entry.ended || entry.apart || entry.leases == 0 || apart >= config.bounds().totalMax()) {
      return null;
    }
    apart++;
    entry.home().setApart(entry);
    capacity.release(entry.home().group());
    settle(entry.home(), now, effects);
    return null;
  }

  private void endApart(Entry<K, T> entry, PoolListener.Reason reason, Effects effects) {
    Subpool<K, T> home = entry.home();
    apart--;
    home.apart.remove(entry);
    entry.ended = true;
    home.closing++;
    effects.add(() -> errands.close(entry, reason));
  }

  /** A key that has nothing comes before the next caller of one that has. */
  private void giveWay(Entry<K, T> entry, Effects effects) {
    Subpool<K, T> home = entry.home();
    for (Subpool<K, T> poor : starved) {
      boolean places = !capacity.groupFull(poor.group()) || poor.group().equals(home.group());
      if (poor != home && poor.size() == 0 && places && entry.leases == 0) {
        end(entry, PoolListener.Reason.DISPLACED, effects);
        return;
      }
    }
  }

  /** Lends it no more, and closes it as soon as nobody has it. */
  private void retire(Entry<K, T> entry, PoolListener.Reason reason, Effects effects) {
    entry.retired = true;
    entry.home().withdraw(entry);
    if (entry.leases == 0) {
      end(entry, reason, effects);
    }
  }

  private void end(Entry<K, T> entry, PoolListener.Reason reason, Effects effects) {
    Subpool<K, T> home = entry.home();
    home.remove(entry);
    home.closing++;
    capacity.release(home.group());
    effects.add(() -> errands.close(entry, reason));
  }

  /**
   * After a change at {@code home}: those in line get what they can. Keys that have nothing come
   * first, then those at home.
   */
  private void settle(Subpool<K, T> home, long now, Effects effects) {
    for (Subpool<K, T> poor : List.copyOf(starved)) {
      if (poor.size() == 0) {
        serve(poor, now, effects);
      }
    }
    if (home.draining) {
      finish(home, effects);
    } else {
      serve(home, now, effects);
    }
    for (Subpool<K, T> poor : List.copyOf(starved)) {
      serve(poor, now, effects);
    }
  }

  /** One was closed. */
  @Nullable Void closed(Subpool<K, T> home, Effects effects) {
    home.closing--;
    finish(home, effects);
    return null;
  }

  private void finish(Subpool<K, T> home, Effects effects) {
    if (home.draining && home.size() == 0 && home.apart.isEmpty() && home.closing == 0) {
      effects.add(() -> home.drained.complete(null));
    }
  }

  @Nullable Subpool<K, T> drain(K key, long now, Effects effects) {
    Subpool<K, T> home = subpools.remove(key);
    if (home == null) {
      return null;
    }
    home.draining = true;
    starved.remove(home);
    for (Waiter<K, T> waiter : home.waiters) {
      effects.add(() -> errands.refuse(waiter, new PoolRefused(PoolRefused.Reason.DRAINED)));
    }
    home.waiters.clear();
    for (Entry<K, T> entry : List.copyOf(home.entries)) {
      retire(entry, PoolListener.Reason.DRAINED, effects);
    }
    settle(home, now, effects);
    return home;
  }

  /** Closes what is still lent. */
  @Nullable Void force(Subpool<K, T> home, long now, Effects effects) {
    for (Entry<K, T> entry : List.copyOf(home.entries)) {
      end(entry, PoolListener.Reason.DRAINED, effects);
    }
    for (Entry<K, T> entry : List.copyOf(home.apart)) {
      endApart(entry, PoolListener.Reason.DRAINED, effects);
    }
    settle(home, now, effects);
    return null;
  }

  /** Lends nothing any more; the keys are to be drained. */
  List<K> shut() {
    shut = true;
    return List.copyOf(subpools.keySet());
  }

  List<K> keys(Predicate<K> which) {
    return subpools.keySet().stream().filter(which).toList();
  }

  Census census(Predicate<K> counted) {
    Census all = Census.NONE;
    for (Subpool<K, T> home : subpools.values()) {
      if (counted.test(home.key())) {
        all = all.plus(home.census());
      }
    }
    return all;
  }

  /** Closes what is idle or old, and forgets keys that nobody uses; false when the pool is shut. */
  boolean sweep(long now, Effects effects) {
    for (Subpool<K, T> home : List.copyOf(subpools.values())) {
      home.aged(now).forEach(entry -> retire(entry, PoolListener.Reason.AGED, effects));
      home.shrink();
      home.surplus(now).forEach(entry -> retire(entry, PoolListener.Reason.IDLE, effects));
      if (home.unusedFor(config.times().idle(), now)) {
        forget(home);
      } else {
        replenish(home, effects);
      }
      settle(home, now, effects);
    }
    return !shut;
  }

  private void forget(Subpool<K, T> home) {
    if (home.size() == 0 && home.apart.isEmpty()) {
      subpools.remove(home.key());
    }
  }
}
