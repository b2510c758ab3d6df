package dev.tollgate.spend;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue knows of one model.
 *
 * @param vendor whose price list it is on
 * @param id the name under which the vendor sells it, without a snapshot's date
 * @param dialect the wire format that the vendor serves it in
 * @param created the day of its release; null: not known
 * @param free whether the operator marked it free: it costs nothing and no budget blocks it
 * @param prices by the instant from which they hold, latest first; empty: the model has no price
 * @param hostedTools tools that the vendor runs and bills, by name, in nanos a use
 */
public record ModelEntry(
    String vendor,
    String id,
    String displayName,
    String dialect,
    @Nullable LocalDate created,
    boolean free,
    List<Price> prices,
    Map<String, BigDecimal> hostedTools,
    Capabilities capabilities) {

  public ModelEntry {
    prices = List.copyOf(prices);
    hostedTools = Map.copyOf(hostedTools);
  }

  /** A model that the catalogue does not have: no price, and nothing known of what it can do. */
  public static ModelEntry unknown(String vendor, String dialect, String id) {
    return new ModelEntry(
        vendor, id, id, dialect, null, false, List.of(), Map.of(), Capabilities.UNKNOWN);
  }

  /** Whether what it costs is known at {@code at}; a free model costs nothing. */
  public boolean pricedAt(Instant at) {
    return free || price(at) != null;
  }

  /** A tool is known by its name with or without a version: {@code web_search_20250305}. */
  boolean hosts(String tool) {
    return fee(tool) != null;
  }

  /** Nanos of one use of a hosted tool; null: it has no such tool. */
  @Nullable BigDecimal fee(String tool) {
    BigDecimal fee = hostedTools.get(tool);
    return fee != null ? fee : hostedTools.get(ModelNames.withoutToolVersion(tool));
  }

  boolean offersGeo(String geo) {
    return prices.isEmpty() || prices.getFirst().geos().containsKey(geo);
  }

  boolean offersSpeed(String speed) {
    return prices.isEmpty() || prices.getFirst().speeds().containsKey(speed);
  }

  boolean offersServiceTier(String tier) {
    return prices.isEmpty() || prices.getFirst().asks(tier);
  }

  @Nullable Price price(Instant at) {
    for (Price price : prices) {
      if (!at.isBefore(price.from())) {
        return price;
      }
    }
    return null;
  }
}
