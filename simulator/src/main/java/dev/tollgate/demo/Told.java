package dev.tollgate.demo;

import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One answered call, as the SDK's user sees it.
 *
 * @param asked the model in the request
 * @param named the model that the answer's body names
 * @param input tokens by the answer's own usage
 * @param text what was said
 */
record Told(
    String sdk, String asked, String named, long input, long output, String text, Headers headers) {

  /**
   * The gateway's own headers.
   *
   * @param callId what the ledger calls the call
   * @param served the model that answered
   * @param downgraded the step of the ladder that chose it; null: the one asked for
   * @param cost null: not known before the headers, as in a stream
   * @param remaining of the budget
   */
  record Headers(
      String callId,
      String served,
      @Nullable String downgraded,
      @Nullable BigDecimal cost,
      @Nullable BigDecimal remaining) {

    /** Reads them out of an answer's, given by name. */
    static Headers of(Function<String, List<String>> values) {
      return new Headers(
          required(values, "x-tollgate-call-id"),
          required(values, "x-tollgate-model"),
          first(values, "x-tollgate-downgraded"),
          amount(first(values, "x-tollgate-cost-usd")),
          amount(first(values, "x-tollgate-budget-remaining-usd")));
    }

    private static @Nullable String first(Function<String, List<String>> values, String name) {
      List<String> found = values.apply(name);
      return found.isEmpty() ? null : found.getFirst();
    }

    private static String required(Function<String, List<String>> values, String name) {
      String value = first(values, name);
      if (value == null) {
        throw new Unexpected("the answer has no header " + name);
      }
      return value;
    }

    private static @Nullable BigDecimal amount(@Nullable String dollars) {
      return dollars == null ? null : new BigDecimal(dollars);
    }
  }

  /** What it costs by the list. */
  BigDecimal price() {
    return Prices.of(headers.served()).cost(input, output);
  }
}
