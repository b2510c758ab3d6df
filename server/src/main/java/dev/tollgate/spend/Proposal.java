package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;

/** What a call proposes to hold, decided anew whenever money moved while it waited. */
public sealed interface Proposal<P> {

  /**
   * Hold {@code amount} and go on with {@code plan}.
   *
   * @param amount an upper bound of the call's cost; zero for what is free or unpriced
   */
  record Take<P>(Money amount, P plan) implements Proposal<P> {

    public Take {
      if (amount.isNegative()) {
        throw new IllegalArgumentException("a hold is not negative: " + amount);
      }
    }
  }

  /** Do not go on; {@code message} is for the caller. */
  record Refuse<P>(ErrorCode code, String message) implements Proposal<P> {}

  /** Decides by how the organization stands; pure, fast, called from any thread. */
  @FunctionalInterface
  interface Planner<P> {
    Proposal<P> propose(Standing standing);
  }
}
