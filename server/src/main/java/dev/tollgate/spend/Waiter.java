package dev.tollgate.spend;

/** A call that waits for money of one budget, as the {@link LeaseProtocol} sees it. */
interface Waiter {

  /** What the call would do, by how the budget stands now. */
  Proposal<?> propose(Standing standing);

  /** The monotonic reading at which it came. */
  long since();

  /** Tells it; called once, and not under a lock. */
  void decided(Verdict verdict);
}
