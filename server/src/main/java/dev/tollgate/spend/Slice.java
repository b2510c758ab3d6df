package dev.tollgate.spend;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The money of one lease in this node's memory, in nano-dollars: what is free to be held, and what
 * was settled. Lock-free; shared by all callers of a budget.
 *
 * <p>A settlement counts as settled before its refund is free, so that nobody who sees the refund
 * sees more remaining than there is.
 */
final class Slice {

  private static final VarHandle FREE = field("free");
  private static final VarHandle SETTLED = field("settled");
  private static final VarHandle EXCESS = field("excess");

  // Side by side: who holds or settles needs them all, and one line of the cache is cheaper to get
  // than three.
  private volatile long free;
  private volatile long settled;
  private volatile long excess;
  // Written without ordering: a hint for how much of the slice nobody needed.
  private long lowest;

  /**
   * @param settled what this lease had settled before it came into this memory
   */
  Slice(long settled) {
    this.settled = settled;
  }

  private static VarHandle field(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(Slice.class, name, long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /** Holds {@code amount} if all of it is free. */
  boolean take(long amount) {
    long seen = free;
    while (seen >= amount) {
      long witness = (long) FREE.compareAndExchange(this, seen, seen - amount);
      if (witness == seen) {
        if (seen - amount < lowest) {
          lowest = seen - amount;
        }
        return true;
      }
      seen = witness;
    }
    return false;
  }

  /** Takes as much of {@code amount} as is free, to be given back to the budget. */
  long takeUpTo(long amount) {
    long seen = free;
    while (true) {
      long taken = Math.min(seen, amount);
      long witness = (long) FREE.compareAndExchange(this, seen, seen - taken);
      if (witness == seen) {
        return taken;
      }
      seen = witness;
    }
  }

  /** Frees money that was granted, or held and not used. */
  void put(long amount) {
    var _ = (long) FREE.getAndAdd(this, amount);
  }

  /**
   * Ends a hold.
   *
   * @return by how much the cost was above the hold
   */
  long settle(long held, long cost) {
    var _ = (long) SETTLED.getAndAdd(this, cost);
    if (cost <= held) {
      put(held - cost);
      return 0;
    }
    var _ = (long) EXCESS.getAndAdd(this, cost - held);
    return cost - held;
  }

  long free() {
    return free;
  }

  long settled() {
    return settled;
  }

  /** What was settled above its holds. */
  long excess() {
    return excess;
  }

  /** The least that was free since the last call, about. */
  long lowest() {
    long now = free;
    long least = Math.min(lowest, now);
    lowest = now;
    return least;
  }
}
