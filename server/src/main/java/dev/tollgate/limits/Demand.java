package dev.tollgate.limits;

/**
 * What a call asks for, beside being one request.
 *
 * @param tokens the tokens that it is expected to take; corrected when it has ended
 * @param stream whether its answer is streamed
 */
public record Demand(long tokens, boolean stream) {

  /** A request that takes no tokens and streams nothing. */
  public static final Demand REQUEST = new Demand(0, false);
}
