package dev.tollgate.models;

import dev.tollgate.spend.Estimate;
import dev.tollgate.spend.Rewrite;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided of a call: who serves it, at which bound, and what is changed in its body.
 *
 * @param estimate null: the model has no price
 * @param cap the output maximum that the budget leaves to one choice; null: the request's own
 * @param step the step of the ladder that changed the model
 * @param warning the step of the ladder that warns and changes nothing
 */
record Plan(
    Choice choice,
    Estimate.@Nullable Bounded estimate,
    @Nullable Long cap,
    @Nullable String step,
    @Nullable String warning,
    List<Rewrite> rewrites) {

  /** Without a warning. */
  Plan(
      Choice choice,
      Estimate.@Nullable Bounded estimate,
      @Nullable Long cap,
      @Nullable String step,
      List<Rewrite> rewrites) {
    this(choice, estimate, cap, step, null, rewrites);
  }

  /** The same, told of a step of the ladder. */
  Plan warned(String by) {
    return new Plan(choice, estimate, cap, step, by, rewrites);
  }
}
