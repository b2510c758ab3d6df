package dev.tollgate.spend;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lease that this node holds: money of one window of one budget that it may give to calls.
 *
 * <p>The slice is shared; everything else belongs to the {@link LeaseProtocol} of the budget.
 */
final class Lease {

  private final long id;
  private final UUID budget;
  private final long window;
  private final Slice slice;

  /** What PostgreSQL granted and was not given back, excesses not counted. */
  long granted;

  /** Taken out of the slice, and to be given back to the budget. */
  long surplus;

  /** The number of the last request that moved {@code granted} in PostgreSQL. */
  long request;

  /** Until when it may be held in; null: not at all. */
  private volatile @Nullable Long expires;

  private volatile boolean forsaken;

  /** Of a past lease: whether to find out if it can be closed. */
  boolean closeDue;

  Lease(long id, UUID budget, long window, long granted, long spent, long request) {
    this.id = id;
    this.budget = budget;
    this.window = window;
    this.granted = granted;
    this.slice = new Slice(spent);
    this.request = request;
  }

  long id() {
    return id;
  }

  UUID budget() {
    return budget;
  }

  long window() {
    return window;
  }

  Slice slice() {
    return slice;
  }

  /** It is good until {@code until}, a monotonic reading. */
  void renew(long until) {
    Long before = expires;
    if (before == null || until - before > 0) {
      expires = until;
    }
  }

  /** It is not this node's any more, and will not be again. */
  void forsake() {
    forsaken = true;
  }

  /** Whether it is this node's for certain. */
  boolean holds(long now) {
    Long until = expires;
    return !forsaken && until != null && until - now > 0;
  }

  /** What open holds have of it. */
  long outstanding() {
    return granted + slice.excess() - slice.settled() - slice.free();
  }

  /** Takes up to {@code amount} out of the slice, to be given back. */
  void shed(long amount) {
    long shed = slice.takeUpTo(amount);
    granted -= shed;
    surplus += shed;
  }
}
