package dev.tollgate.litellm;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Prices that deployments say themselves, as a price overlay of Tollgate. */
final class Prices {

  /** LiteLLM's dollars a token by Tollgate's dollars a million tokens. */
  private static final Map<String, String> RATES = new LinkedHashMap<>();

  static {
    RATES.put("input_cost_per_token", "input");
    RATES.put("output_cost_per_token", "output");
    RATES.put("cache_read_input_token_cost", "cache_read");
    RATES.put("cache_creation_input_token_cost", "cache_write_5m");
    RATES.put("cache_creation_input_token_cost_above_1hr", "cache_write_1h");
    RATES.put("input_cost_per_audio_token", "input_audio");
    RATES.put("output_cost_per_audio_token", "output_audio");
  }

  private final Findings findings;
  private final PriceList known;
  private final Map<String, Map<String, Object>> vendors = new TreeMap<>();
  private final Set<String> said = new HashSet<>();

  Prices(Findings findings, PriceList known) {
    this.findings = findings;
    this.known = known;
  }

  /** Takes what a deployment says of its price, in either of two places. */
  void read(Deployment deployment, Source params, Source info) {
    Map<String, BigDecimal> rates = rates(params, info);
    if (rates.isEmpty()) {
      return;
    }
    if (!rates.containsKey("input") || !rates.containsKey("output") || deployment.every()) {
      findings.lost(
          deployment.path(),
          "a price needs both input_cost_per_token and output_cost_per_token, and one model",
          "write it into a price overlay (docs/howto/prices.md)");
      return;
    }
    String dialect = deployment.endpoint().vendor().dialect();
    PriceList.Priced listed = known.find(dialect, deployment.model());
    String vendor = listed == null ? "litellm-" + dialect : listed.vendor();
    models(vendor, listed == null ? dialect : null)
        .put(listed == null ? deployment.model() : listed.id(), model(rates, info));
    said.add(deployment.model());
  }

  /** Whether a deployment says what it costs. */
  static boolean says(Source params, Source info) {
    return RATES.keySet().stream().anyMatch(rate -> params.has(rate) || info.has(rate));
  }

  /** Whether the catalogue has a price for a model. */
  boolean knows(String dialect, String model) {
    return known.find(dialect, model) != null;
  }

  private static Map<String, BigDecimal> rates(Source params, Source info) {
    Map<String, BigDecimal> rates = new LinkedHashMap<>();
    RATES.forEach((theirs, ours) -> {
      BigDecimal rate = params.number(theirs);
      BigDecimal second = info.number(theirs);
      BigDecimal either = rate == null ? second : rate;
      if (either != null) {
        rates.put(ours, plain(either.movePointRight(6)));
      }
    });
    return rates;
  }

  /** Without needless zeros, and without an exponent. */
  private static BigDecimal plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> models(String vendor, @Nullable String dialect) {
    Map<String, Object> list = vendors.computeIfAbsent(vendor, none -> new LinkedHashMap<>());
    if (dialect != null) {
      list.put("dialect", dialect);
    }
    return (Map<String, Object>) list.computeIfAbsent("models", none -> new TreeMap<>());
  }

  private static Map<String, Object> model(Map<String, BigDecimal> rates, Source info) {
    Map<String, Object> model = new LinkedHashMap<>();
    if (rates.values().stream().allMatch(rate -> rate.signum() == 0)) {
      model.put("free", true);
    } else {
      model.put("prices", List.of(rates));
    }
    put(model, "context", info.count("max_input_tokens"));
    put(model, "max_output", info.count("max_output_tokens"));
    return model;
  }

  private static void put(Map<String, Object> model, String name, @Nullable Long value) {
    if (value != null) {
      model.put(name, value);
    }
  }

  /** Lists a model that neither the catalogue nor its deployment has a price for. */
  void require(String dialect, String model, String path) {
    if (!said.contains(model) && known.find(dialect, model) == null) {
      findings.note(
          path,
          model + " has no price: under a budget it is refused (unpriced_model)",
          "give it one in a price overlay, or mark it free (docs/howto/prices.md)");
    }
  }

  /** The overlay; null: no deployment says a price. */
  @Nullable Map<String, Object> overlay() {
    return vendors.isEmpty() ? null : Map.of("vendors", vendors);
  }
}
