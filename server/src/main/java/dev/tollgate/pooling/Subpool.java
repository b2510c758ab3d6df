package dev.tollgate.pooling;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the pool has of one key; guarded by the pool's lock. */
final class Subpool<K, T> {

  private final K key;
  private final Object group;
  private final PoolConfig config;

  /** Those that can be lent, the last returned first: what is not needed grows old at the end. */
  private final Deque<Entry<K, T>> available = new ArrayDeque<>();

  final Set<Entry<K, T>> entries = new LinkedHashSet<>();

  /** Those that count no more; closed once they come back. */
  final Set<Entry<K, T>> apart = new LinkedHashSet<>();

  /** In the order in which they came. */
  final Set<Waiter<K, T>> waiters = new LinkedHashSet<>();

  final CompletableFuture<Void> drained = new CompletableFuture<>();

  int creating;
  int closing;
  boolean draining;
  long lastUsed;

  /** How many there may be now. */
  private int limit;

  private long grown;
  private boolean everGrown;
  private int active;
  private int peak;

  Subpool(K key, Object group, PoolConfig config, long now) {
    this.key = key;
    this.group = group;
    this.config = config;
    this.limit = config.bounds().max();
    this.lastUsed = now;
  }

  K key() {
    return key;
  }

  Object group() {
    return group;
  }

  int size() {
    return entries.size() + creating;
  }

  Census census() {
    return new Census(active, entries.size() - active, creating, waiters.size(), limit);
  }

  /** Puts an entry where it can be lent. */
  void offer(Entry<K, T> entry) {
    if (!entry.available) {
      entry.available = true;
      available.addFirst(entry);
    }
  }

  void withdraw(Entry<K, T> entry) {
    if (entry.available) {
      entry.available = false;
      available.remove(entry);
    }
  }

  /** The next one to lend, without lending it. */
  @Nullable Entry<K, T> next() {
    return available.peekFirst();
  }

  /** One more has it. */
  void lend(Entry<K, T> entry) {
    if (entry.leases++ == 0) {
      active++;
      peak = Math.max(peak, active);
    }
    if (entry.leases >= config.bounds().leasesPerResource()) {
      withdraw(entry);
    }
  }

  /** One less has it. */
  void giveBack(Entry<K, T> entry, long now) {
    lastUsed = now;
    if (--entry.leases == 0) {
      active--;
      entry.idleSince = now;
    }
  }

  /** It is closed, whoever has it. */
  void remove(Entry<K, T> entry) {
    withdraw(entry);
    entries.remove(entry);
    entry.ended = true;
    if (entry.leases > 0) {
      active--;
    }
  }

  /** It counts no more; those who have it keep it. */
  void setApart(Entry<K, T> entry) {
    withdraw(entry);
    entries.remove(entry);
    apart.add(entry);
    entry.apart = true;
    active--;
  }

  /** One less has it that was set apart; whether nobody has it any more. */
  boolean giveBackApart(Entry<K, T> entry, long now) {
    lastUsed = now;
    return --entry.leases == 0;
  }

  /** The one that nobody has had for longest. */
  @Nullable Entry<K, T> longestIdle() {
    Entry<K, T> longest = null;
    for (Entry<K, T> entry : available) {
      if (entry.leases == 0 && (longest == null || entry.idleSince - longest.idleSince < 0)) {
        longest = entry;
      }
    }
    return longest;
  }

  /** How many more its waiters need than are being made, as far as its own limit allows. */
  int wanted() {
    int each = config.bounds().leasesPerResource();
    int forWaiters = (waiters.size() + each - 1) / each - creating;
    return Math.min(forWaiters, limit - size());
  }

  /** A caller waited that long: the limit grows, once in the time that it should wait. */
  void waited(long nanos, long now) {
    long target = config.times().waitTarget().toNanos();
    boolean grownLately = everGrown && now - grown < target;
    if (nanos > target && !grownLately && limit < config.bounds().hardMax()) {
      limit++;
      grown = now;
      everGrown = true;
    }
  }

  /** Gives up what the limit grew by and nobody used since the last time. */
  void shrink() {
    limit = Math.max(config.bounds().max(), Math.min(limit, peak));
    peak = active;
  }

  boolean unusedFor(Duration time, long now) {
    return waiters.isEmpty() && active == 0 && now - lastUsed >= time.toNanos();
  }

  /** Those that idle too long or too many, the longest idle first. */
  List<Entry<K, T>> surplus(long now) {
    long idle = config.times().idle().toNanos();
    int least = unusedFor(config.times().idle(), now) ? 0 : config.bounds().min();
    int size = size();
    List<Entry<K, T>> surplus = new ArrayList<>();
    for (var from = available.descendingIterator(); from.hasNext(); ) {
      Entry<K, T> entry = from.next();
      boolean late = size > least && now - entry.idleSince >= idle;
      if (entry.leases == 0 && (late || size > limit)) {
        surplus.add(entry);
        size--;
      }
    }
    return surplus;
  }

  List<Entry<K, T>> aged(long now) {
    return available.stream().filter(entry -> entry.leases == 0 && entry.aged(now)).toList();
  }
}
