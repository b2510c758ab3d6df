package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator decides about a budget.
 *
 * @param limit what may be spent in a window; zero is a limit; null: unlimited
 * @param capAllowed whether {@link Estimation#CAPPED} may lower a request's output maximum
 */
public record BudgetTerms(
    @Nullable Money limit,
    Ladder ladder,
    Estimation estimation,
    boolean capAllowed,
    BudgetWindow window) {

  /** With a window that an administrator ends. */
  public BudgetTerms(
      @Nullable Money limit, Ladder ladder, Estimation estimation, boolean capAllowed) {
    this(limit, ladder, estimation, capAllowed, BudgetWindow.MANUAL);
  }

  public BudgetTerms {
    if (limit != null && limit.isNegative()) {
      throw Failure.invalid("monthlyBudgetCents", "a budget is not negative; null is unlimited");
    }
  }
}
