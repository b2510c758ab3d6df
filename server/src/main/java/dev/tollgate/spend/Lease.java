package dev.tollgate.spend;

import java.util.UUID;

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
