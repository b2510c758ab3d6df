package dev.tollgate.spend;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call costs by its provider's report.
 *
 * <p>Rates are exact decimals; their sum is rounded once, up, to the nano-dollar. See
 * docs/decisions on rounding.
 */
public final class Pricing {

  /** Ten million dollars in nanos: no call costs more, and books can add up many of them. */
  private static final BigDecimal MOST = BigDecimal.valueOf(10_000_000 * Money.NANOS_PER_DOLLAR);

  private Pricing() {}

  /**
   * The cost of {@code usage} at the price that holds at {@code at}; null: the model has no price.
   *
   * <p>A service tier, speed or place that the catalogue does not know is priced as the dearest one
   * that it knows of this model ({@link #knowsTerms} tells). A tier that was requested and not
   * reported is for the caller to put into {@code usage}.
   */
  public static @Nullable Money cost(ModelEntry model, Usage usage, Instant at) {
    if (model.free()) {
      return Money.ZERO;
    }
    Price price = model.price(at);
    if (price == null) {
      return null;
    }
    BigDecimal searches =
        price.webSearch().multiply(BigDecimal.valueOf(Math.max(0, usage.webSearches())));
    return roundUp(price.reported(usage).of(usage).add(searches));
  }

  /**
   * The same, with the fees of other tools that the provider ran.
   *
   * @param uses by the tool's name; a tool without a known fee adds nothing
   */
  public static @Nullable Money cost(
      ModelEntry model, Usage usage, Map<String, Integer> uses, Instant at) {
    Money cost = cost(model, usage, at);
    if (cost == null || model.free() || uses.isEmpty()) {
      return cost;
    }
    BigDecimal fees = BigDecimal.ZERO;
    for (Map.Entry<String, Integer> use : uses.entrySet()) {
      BigDecimal fee = model.fee(use.getKey());
      fees = fee == null ? fees : fees.add(fee.multiply(BigDecimal.valueOf(use.getValue())));
    }
    return cost.plus(roundUp(fees));
  }

  /**
   * Whether every term that {@code usage} reports is in the catalogue. Where not, its cost was
   * taken at the dearest terms, and an operator should hear of it.
   */
  public static boolean knowsTerms(ModelEntry model, Usage usage, Instant at) {
    Price price = model.price(at);
    return price == null || price.knows(usage);
  }

  /** Never more than {@link #MOST}, whatever is reported. */
  static Money roundUp(BigDecimal nanos) {
    return new Money(nanos.setScale(0, RoundingMode.CEILING).min(MOST).longValueExact());
  }
}
