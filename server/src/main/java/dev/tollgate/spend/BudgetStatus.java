package dev.tollgate.spend;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A budget as it stands in PostgreSQL.
 *
 * @param scope whose it is
 * @param subject the id of a key or a user, a project's label; empty for an organization
 * @param label what messages call the subject: its name when the budget was set
 * @param terms its limit and window, and its organization's policy
 * @param window the number of the window that is open
 * @param spent what was settled in that window
 * @param leased what nodes have in hand of it: calls in flight hold it, or it is free
 * @param windowOpenedAt when it opened: the calendar, the last reset, or the making of the budget
 * @param windowEndsAt when it ends by itself; null: only an administrator ends it
 */
public record BudgetStatus(
    UUID organization,
    UUID budget,
    BudgetScope scope,
    String subject,
    String label,
    BudgetTerms terms,
    long window,
    Money spent,
    Money leased,
    Instant windowOpenedAt,
    @Nullable Instant windowEndsAt) {

  /** limit − settled, negative after an overshoot; null: unlimited. */
  public @Nullable Money remaining() {
    Money limit = terms.limit();
    return limit == null ? null : limit.minus(spent);
  }
}
