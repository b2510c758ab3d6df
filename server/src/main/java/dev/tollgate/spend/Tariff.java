package dev.tollgate.spend;

import java.math.BigDecimal;
import java.util.List;

/**
 * Rates by the length of the prompt.
 *
 * @param longContext by rising threshold; the last that the prompt exceeds prices the whole request
 */
record Tariff(Rates base, List<LongContext> longContext) {

  Tariff {
    longContext = List.copyOf(longContext);
  }

  /**
   * The rates of a request whose prompt is longer than {@code over} tokens, cache reads and writes
   * counted.
   */
  record LongContext(long over, Rates rates) {}

  /** The rates of a request with a prompt of {@code prompt} tokens. */
  Rates at(long prompt) {
    Rates found = base;
    for (LongContext step : longContext) {
      if (prompt > step.over()) {
        found = step.rates();
      }
    }
    return found;
  }

  /** The dearest rates of any request with a prompt of at most {@code prompt} tokens. */
  Rates dearestUpTo(long prompt) {
    Rates found = base;
    for (LongContext step : longContext) {
      if (prompt > step.over()) {
        found = found.max(step.rates());
      }
    }
    return found;
  }

  Tariff times(BigDecimal factor) {
    return new Tariff(
        base.times(factor),
        longContext.stream()
            .map(step -> new LongContext(step.over(), step.rates().times(factor)))
            .toList());
  }
}
