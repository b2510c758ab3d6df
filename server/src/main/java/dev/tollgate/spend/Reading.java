package dev.tollgate.spend;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A budget as PostgreSQL had it.
 *
 * @param label what to call it in a message
 * @param terms its own limit and window, and its organization's policy
 * @param granted to all leases of the window, in nano-dollars
 * @param settledElsewhere by all leases of the window but the one that this node uses
 * @param presumedLately what counts as settled and may yet turn out not to be spent
 * @param endsAt when the window ends by itself; null: it does not
 * @param ends the same as a monotonic reading, counted from before PostgreSQL was asked
 * @param at the monotonic reading before PostgreSQL was asked
 */
record Reading(
    UUID budget,
    long window,
    String label,
    BudgetTerms terms,
    long granted,
    long settledElsewhere,
    long presumedLately,
    @Nullable Instant endsAt,
    long ends,
    long at) {

  /** Of a window that does not end by itself. */
  Reading(
      UUID budget,
      long window,
      String label,
      BudgetTerms terms,
      long granted,
      long settledElsewhere,
      long at) {
    this(budget, window, label, terms, granted, settledElsewhere, 0, null, at, at);
  }

  /** Whether more is granted than the limit allows: it was lowered, or a call cost too much. */
  boolean over() {
    Money limit = terms.limit();
    return limit != null && granted > limit.nanos();
  }

  /** Whether it may serve to refuse, at {@code now}, a call that came at {@code since}. */
  boolean serves(long since, long now) {
    return at - since >= 0 || now - at <= LeaseProtocol.FRESH;
  }

  /** Until when a lease may be used that holds until {@code expires}. */
  long bound(long expires) {
    return endsAt == null || expires - ends < 0 ? expires : ends;
  }

  /**
   * How the budget stands.
   *
   * @param settledHere by this node's own lease of the window
   */
  BudgetStanding share(long settledHere) {
    return new BudgetStanding(label, terms.limit(), remaining(settledHere), endsAt);
  }

  /** What a call is decided by, as far as this budget is concerned. */
  Standing standing(long settledHere) {
    return new Standing(
        List.of(share(settledHere)), terms.ladder(), terms.estimation(), terms.capAllowed());
  }

  @Nullable Money remaining(long settledHere) {
    Money limit = terms.limit();
    return limit == null ? null : new Money(limit.nanos() - settledElsewhere - settledHere);
  }
}
