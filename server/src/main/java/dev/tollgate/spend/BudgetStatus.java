package dev.tollgate.spend;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A budget as it stands in PostgreSQL.
 *
 * @param window the window that is open
 * @param spent what was settled in that window
 * @param windowOpenedAt when it opened: the last reset, or the making of the budget
 */
public record BudgetStatus(
    UUID organization, BudgetTerms terms, long window, Money spent, Instant windowOpenedAt) {

  /** limit − settled, negative after an overshoot; null: unlimited. */
  public @Nullable Money remaining() {
    Money limit = terms.limit();
    return limit == null ? null : limit.minus(spent);
  }
}
