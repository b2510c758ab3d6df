package dev.tollgate.demo;

import java.math.BigDecimal;
import java.util.Map;

/**
 * What the story's models cost, in dollars a million tokens: the demo's own list, against which it
 * checks the gateway's.
 */
record Prices(BigDecimal input, BigDecimal output) {

  private static final Map<String, Prices> LIST =
      Map.of(
          Models.PREMIUM, of("4", "20"),
          Models.STANDARD, of("2", "10"),
          Models.ECONOMY, of("0.10", "0.50"),
          Models.OPENAI, of("0.15", "0.60"));

  static Prices of(String model) {
    Prices prices = LIST.get(model);
    if (prices == null) {
      throw new Unexpected("a model answered that the story does not know: " + model);
    }
    return prices;
  }

  BigDecimal cost(long inputTokens, long outputTokens) {
    return input
        .multiply(BigDecimal.valueOf(inputTokens))
        .add(output.multiply(BigDecimal.valueOf(outputTokens)))
        .movePointLeft(6);
  }

  /** Tokens of output that {@code dollars} buy, rounded down. */
  long outputFor(BigDecimal dollars) {
    return dollars.movePointRight(6).divideToIntegralValue(output).longValueExact();
  }

  private static Prices of(String input, String output) {
    return new Prices(new BigDecimal(input), new BigDecimal(output));
  }
}
