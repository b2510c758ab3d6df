package dev.tollgate.spend;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The price of a model from an instant on, until a later one replaces it.
 *
 * @param from the first instant at which it holds
 * @param standard what holds where nothing else was asked for or reported
 * @param serviceTiers by the provider's name of the tier; {@code unsaid} stands for a request that
 *     names none, where an operator's account has a default of its own
 * @param speeds factors by speed, {@code unsaid} as above
 * @param geos factors by where inference runs, {@code unsaid} as above
 * @param webSearch nanos of one search by the provider's own tool
 */
record Price(
    Instant from,
    Tariff standard,
    Map<String, Tariff> serviceTiers,
    Map<String, BigDecimal> speeds,
    Map<String, BigDecimal> geos,
    BigDecimal webSearch) {

  private static final String UNSAID = "unsaid";
  private static final String AUTO = "auto";

  Price {
    serviceTiers = Map.copyOf(serviceTiers);
    speeds = Map.copyOf(speeds);
    geos = Map.copyOf(geos);
  }

  /** What was reported: terms that are not known count as the dearest that are. */
  Rates reported(Usage usage) {
    long prompt = usage.prompt();
    String tier = usage.serviceTier();
    Tariff known = tier == null ? standard : serviceTiers.get(tier);
    Rates rates = known == null ? dearest(prompt) : known.at(prompt);
    return rates.times(reported(speeds, usage.speed())).times(reported(geos, usage.geo()));
  }

  /**
   * The dearest that a request may be billed at, whose prompt has at most {@code prompt} tokens.
   */
  Rates requested(CallShape.Terms terms, long prompt) {
    return tiered(terms.serviceTier(), prompt)
        .times(requested(speeds, terms.speed()))
        .times(requested(geos, terms.geo()));
  }

  /** Whether every term of {@code usage} has a price of its own. */
  boolean knows(Usage usage) {
    return (usage.serviceTier() == null || serviceTiers.containsKey(usage.serviceTier()))
        && (usage.speed() == null || speeds.containsKey(usage.speed()))
        && (usage.geo() == null || geos.containsKey(usage.geo()));
  }

  /** Whether a request may ask for {@code tier}. */
  boolean asks(String tier) {
    return tier.equals(AUTO) || serviceTiers.containsKey(tier);
  }

  private Rates tiered(@Nullable String asked, long prompt) {
    Rates rates = standard.dearestUpTo(prompt);
    if (asked == null) {
      Tariff account = serviceTiers.get(UNSAID);
      return account == null ? rates : rates.max(account.dearestUpTo(prompt));
    }
    Tariff known = asked.equals(AUTO) ? null : serviceTiers.get(asked);
    return known == null ? dearest(prompt) : rates.max(known.dearestUpTo(prompt));
  }

  private Rates dearest(long prompt) {
    Rates rates = standard.dearestUpTo(prompt);
    for (Tariff tariff : serviceTiers.values()) {
      rates = rates.max(tariff.dearestUpTo(prompt));
    }
    return rates;
  }

  private static BigDecimal reported(Map<String, BigDecimal> factors, @Nullable String term) {
    if (term == null) {
      return BigDecimal.ONE;
    }
    BigDecimal known = factors.get(term);
    return known == null ? dearest(factors) : known;
  }

  private static BigDecimal requested(Map<String, BigDecimal> factors, @Nullable String term) {
    BigDecimal known = factors.get(term == null ? UNSAID : term);
    if (known != null) {
      return known.max(BigDecimal.ONE);
    }
    return term == null ? BigDecimal.ONE : dearest(factors);
  }

  private static BigDecimal dearest(Map<String, BigDecimal> factors) {
    return factors.values().stream().reduce(BigDecimal.ONE, BigDecimal::max);
  }
}
