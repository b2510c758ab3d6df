package dev.tollgate.spend;

import org.jspecify.annotations.Nullable;

/** What a {@link LeaseProtocol} wants done outside of itself. */
sealed interface Effect {

  /** Tell a caller. */
  record Decide(Waiter waiter, Verdict verdict) implements Effect {}

  /** Tell the node that the database does not know what it did: it was restored. */
  record Distrust() implements Effect {}

  /**
   * Something to ask PostgreSQL. There is at most one at a time; it ends with a command to the
   * protocol. One that got no answer is asked again under its number, which makes it the same
   * request.
   */
  sealed interface Request extends Effect {

    /** The lease that it moves; null: none. */
    default @Nullable Lease moves() {
      return switch (this) {
        case Open _, Recall _ -> null;
        case Ask ask -> ask.lease();
        case Return back -> back.lease();
      };
    }
  }

  /** Read the budget, and open or renew this node's lease of the window that is open. */
  record Open() implements Request {}

  /**
   * Grant money to a lease, and renew it.
   *
   * @param ask the least that is of use
   * @param demand what the calls that wait need
   * @param want what this node would like to have in hand
   */
  record Ask(Lease lease, long request, long ask, long demand, long want) implements Request {}

  /** Give money of a lease back, and close the lease if nothing is left of it and it is past. */
  record Return(Lease lease, long request, long amount, boolean close) implements Request {}

  /** Ask all other nodes for what is free of their leases of this budget. */
  record Recall() implements Request {}
}
