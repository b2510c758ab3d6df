package dev.tollgate.limits;

import org.jspecify.annotations.Nullable;

/**
 * Why a call cannot go on now.
 *
 * @param nanos when it can; {@link #NEVER}: it asks for more than the limit
 */
record Refusal(Allowance in, long amount, long nanos) {

  private static final long NEVER = Long.MAX_VALUE;

  /** Null: the allowance covers it, or it is worth asking for. */
  static @Nullable Refusal of(@Nullable Allowance allowance, long amount, long now) {
    if (allowance == null) {
      return null;
    }
    if (amount > allowance.limit) {
      return new Refusal(allowance, amount, NEVER);
    }
    if (allowance.covers(amount, now)) {
      return null;
    }
    long nanos = allowance.refusal(amount, now);
    return nanos < 0 ? null : new Refusal(allowance, amount, nanos);
  }

  static @Nullable Refusal longer(@Nullable Refusal one, @Nullable Refusal other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return other.nanos > one.nanos ? other : one;
  }

  boolean never() {
    return nanos == NEVER;
  }
}
