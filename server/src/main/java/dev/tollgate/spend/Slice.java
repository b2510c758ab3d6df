package dev.tollgate.spend;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The money of one lease in this node's memory, in nano-dollars: what is free to be held, and what
 * was settled. Lock-free; shared by all callers of a budget.
 *
 * <p>A settlement counts as settled before its refund is free, so that nobody who sees the refund
 * sees more remaining than there is.
 */
final class Slice {

  private final AtomicLong free = new AtomicLong();
  private final AtomicLong settled;
  private final AtomicLong excess = new AtomicLong();
  // Written without ordering: a hint for how much of the slice nobody needed.
  private final AtomicLong lowest = new AtomicLong();

  /**
   * @param settled what this lease had settled before it came into this memory
   */
  Slice(long settled) {
    this.settled = new AtomicLong(settled);
  }

  /** Holds {@code amount} if all of it is free. */
  boolean take(long amount) {
    long seen = free.get();
    while (seen >= amount) {
      long witness = free.compareAndExchange(seen, seen - amount);
      if (witness == seen) {
        if (seen - amount < lowest.getPlain()) {
          lowest.setPlain(seen - amount);
        }
        return true;
      }
      seen = witness;
    }
    return false;
  }

  /** Takes as much of {@code amount} as is free, to be given back to the budget. */
  long takeUpTo(long amount) {
    long before = free.getAndUpdate(seen -> seen - Math.min(seen, amount));
    return Math.min(before, amount);
  }

  /** Frees money that was granted, or held and not used. */
  void put(long amount) {
    free.getAndAdd(amount);
  }

  /**
   * Ends a hold.
   *
   * @return by how much the cost was above the hold
   */
  long settle(long held, long cost) {
    settled.getAndAdd(cost);
    if (cost <= held) {
      put(held - cost);
      return 0;
    }
    excess.getAndAdd(cost - held);
    return cost - held;
  }

  long free() {
    return free.get();
  }

  long settled() {
    return settled.get();
  }

  /** What was settled above its holds. */
  long excess() {
    return excess.get();
  }

  /** The least that was free since the last call, about. */
  long lowest() {
    long least = Math.min(lowest.getPlain(), free.get());
    lowest.setPlain(free.get());
    return least;
  }
}
