package dev.tollgate.models;

import dev.tollgate.classification.Verdict;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Standing;
import org.jspecify.annotations.Nullable;

/**
 * What would become of a request now. Nothing is held for it.
 *
 * @param asked the model that the request resolved to
 * @param served the model that would serve it; null: none
 * @param provider who would serve it; null: nobody
 * @param step the step of the ladder that changed the model or refuses; null: none did
 * @param warning the step of the ladder that warns of it; null: none does
 * @param budget the budget that this rests on
 * @param cap the output maximum that the budget would leave; null: the request's own
 * @param refusal null: it would be served
 * @param message what the caller would be told of the refusal
 * @param bound what would be held, or of a refusal what the model that was asked for may cost;
 *     null: there is no bound, or no price
 * @param standing how the budgets stood
 * @param verdict of a request for {@code auto}, by its words and shape; null: it named what it
 *     wants
 * @param judge the model that would be asked for the category first; null: none, the verdict stands
 */
public record Preview(
    String asked,
    @Nullable String served,
    @Nullable String provider,
    @Nullable String step,
    @Nullable String warning,
    String budget,
    @Nullable Long cap,
    @Nullable ErrorCode refusal,
    @Nullable String message,
    @Nullable Money bound,
    Standing standing,
    @Nullable Verdict verdict,
    @Nullable String judge) {

  /** The same, of a request whose prompt was looked at. */
  Preview told(@Nullable Verdict guess, @Nullable String model) {
    return new Preview(
        asked, served, provider, step, warning, budget, cap, refusal, message, bound, standing,
        guess, model);
  }

  /** {@code refused}, {@code downgraded}, {@code capped} or {@code served}. */
  public String decision() {
    if (refusal != null) {
      return "refused";
    }
    if (step != null) {
      return "downgraded";
    }
    return cap != null ? "capped" : "served";
  }
}
