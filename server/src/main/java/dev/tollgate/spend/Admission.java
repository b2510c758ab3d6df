package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The outcome of asking for money. */
public sealed interface Admission<P> {

  /**
   * The money is held; {@code hold} must be settled or released exactly once.
   *
   * @param remaining limit − settled at the grant; null: unlimited
   */
  record Granted<P>(Hold hold, P plan, @Nullable Money remaining) implements Admission<P> {}

  /**
   * No money. {@link ErrorCode#BUDGET_HELD} and {@link ErrorCode#BUDGET_UNAVAILABLE} pass by
   * themselves; the others do not.
   */
  record Refused<P>(ErrorCode code, String message) implements Admission<P> {}
}
