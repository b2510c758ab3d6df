package dev.tollgate.spend;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one budget stands at the moment of a decision.
 *
 * @param budget what to call it in a message to the caller
 * @param limit null: unlimited
 * @param remaining limit − settled: what the ladder sees; null: unlimited
 * @param resetsAt when the window ends by itself; null: only an administrator resets it
 */
public record BudgetStanding(
    String budget, @Nullable Money limit, @Nullable Money remaining, @Nullable Instant resetsAt) {

  /** As if {@code nanos} more remained. */
  BudgetStanding raised(long nanos) {
    return remaining == null
        ? this
        : new BudgetStanding(budget, limit, remaining.plus(new Money(nanos)), resetsAt);
  }
}
