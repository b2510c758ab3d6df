package dev.tollgate.spend;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A budget as PostgreSQL had it.
 *
 * @param name the organization's
 * @param granted to all leases of the window, in nano-dollars
 * @param settledElsewhere by all leases of the window but this node's own
 * @param at the monotonic reading before PostgreSQL was asked
 */
record Reading(
    UUID budget,
    long window,
    String name,
    BudgetTerms terms,
    long granted,
    long settledElsewhere,
    long at) {

  /** Whether more is granted than the limit allows: it was lowered, or a call cost too much. */
  boolean over() {
    Money limit = terms.limit();
    return limit != null && granted > limit.nanos();
  }

  /** Whether it may serve to refuse, at {@code now}, a call that came at {@code since}. */
  boolean serves(long since, long now) {
    return at - since >= 0 || now - at <= LeaseProtocol.FRESH;
  }

  /**
   * What a call is decided by.
   *
   * @param settledHere by this node's own lease of the window
   */
  Standing standing(long settledHere) {
    return new Standing(
        "the monthly budget of organization \"" + name + '"',
        terms.limit(),
        remaining(settledHere),
        terms.ladder(),
        terms.estimation(),
        terms.capAllowed(),
        null);
  }

  @Nullable Money remaining(long settledHere) {
    Money limit = terms.limit();
    return limit == null ? null : new Money(limit.nanos() - settledElsewhere - settledHere);
  }
}
