package dev.tollgate.spend;

/** A call that waits for money, as the {@link LeaseProtocol} sees it. */
interface Waiter {

  /** What the call would do, by how the budget stands now. */
  Proposal<?> propose(Standing standing);

  /** The monotonic reading at which it came. */
  long since();
}
