package dev.tollgate.spend;

import java.math.BigDecimal;

/**
 * What a token of each class costs, in nano-dollars, exact: a price of 0.0125 USD a million tokens
 * is 12.5 nanos a token. Only sums are rounded, and only once.
 */
record Rates(
    BigDecimal input,
    BigDecimal cacheRead,
    BigDecimal cacheWrite5m,
    BigDecimal cacheWrite1h,
    BigDecimal output,
    BigDecimal inputAudio,
    BigDecimal outputAudio) {

  /** The same for nearly every call, whose factors are one: then nothing is computed. */
  Rates times(BigDecimal factor) {
    if (factor.compareTo(BigDecimal.ONE) == 0) {
      return this;
    }
    return new Rates(
        input.multiply(factor),
        cacheRead.multiply(factor),
        cacheWrite5m.multiply(factor),
        cacheWrite1h.multiply(factor),
        output.multiply(factor),
        inputAudio.multiply(factor),
        outputAudio.multiply(factor));
  }

  /** The dearer rate of each class. */
  Rates max(Rates other) {
    return new Rates(
        input.max(other.input),
        cacheRead.max(other.cacheRead),
        cacheWrite5m.max(other.cacheWrite5m),
        cacheWrite1h.max(other.cacheWrite1h),
        output.max(other.output),
        inputAudio.max(other.inputAudio),
        outputAudio.max(other.outputAudio));
  }

  /** Exact nanos of the tokens of {@code usage}; a negative count is none. */
  BigDecimal of(Usage usage) {
    return product(input, usage.input())
        .add(product(cacheRead, usage.cacheRead()))
        .add(product(cacheWrite5m, usage.cacheWrite5m()))
        .add(product(cacheWrite1h, usage.cacheWrite1h()))
        .add(product(output, usage.output()))
        .add(product(inputAudio, usage.inputAudio()))
        .add(product(outputAudio, usage.outputAudio()));
  }

  private static BigDecimal product(BigDecimal rate, long tokens) {
    return rate.multiply(BigDecimal.valueOf(Math.max(0, tokens)));
  }
}
