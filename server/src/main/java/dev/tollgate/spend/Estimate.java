package dev.tollgate.spend;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** What a call may cost, before it is made. */
public sealed interface Estimate {

  /**
   * It costs at most {@code bound()} (in the estimation {@code expected}: about as much).
   *
   * @param input everything but the output: the prompt and the fees of hosted tools
   * @param nanosPerOutput exact nanos of one token of output in every one of the choices asked for
   * @param maxOutput tokens of output of one choice
   * @param minOutput the lowest maximum that capping may set: never above {@code maxOutput}
   */
  record Bounded(Money input, BigDecimal nanosPerOutput, long maxOutput, long minOutput)
      implements Estimate {

    /** The whole: input and the longest output. */
    public Money bound() {
      return boundAt(maxOutput);
    }

    /** The whole, if a choice may have at most {@code output} tokens. */
    public Money boundAt(long output) {
      return input.plus(Pricing.roundUp(nanosPerOutput.multiply(BigDecimal.valueOf(output))));
    }

    /** One token of output in every choice, rounded up to the nano. */
    public Money perOutputToken() {
      return Pricing.roundUp(nanosPerOutput);
    }

    /**
     * The longest output of a choice that {@code money} pays for, at most {@code maxOutput}. Below
     * {@code minOutput} the call does not fit at all; -1: not even its input.
     */
    public long outputWithin(Money money) {
      Money left = money.minus(input);
      if (left.isNegative()) {
        return -1;
      }
      if (nanosPerOutput.signum() == 0) {
        return maxOutput;
      }
      BigInteger fits =
          BigDecimal.valueOf(left.nanos())
              .divide(nanosPerOutput, 0, RoundingMode.FLOOR)
              .toBigInteger();
      return fits.min(BigInteger.valueOf(maxOutput)).longValueExact();
    }
  }

  /** No bound can be given; {@code reason} is for the caller: {@code unbounded_estimate}. */
  record Unbounded(String reason) implements Estimate {}

  /** The model has no price: refused under a budget ({@code unpriced_model}), else of no cost. */
  record Unpriced() implements Estimate {}
}
