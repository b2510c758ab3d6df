package dev.tollgate.spend;

import java.time.Instant;
import java.util.Objects;

/** The shipped catalogue, read once for all tests. */
final class Catalogues {

  static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  static final PriceCatalogue SHIPPED = PriceCatalogue.load(null);

  private Catalogues() {}

  /** A shipped model, by its vendor's dialect as its name tells. */
  static ModelEntry model(String name) {
    String vendor = name.startsWith("claude") ? "anthropic" : "openai";
    return Objects.requireNonNull(SHIPPED.find(vendor, name), name);
  }

  /** What {@code usage} of a shipped model costs now, in nanos. */
  static long nanos(String name, Usage usage) {
    return Objects.requireNonNull(Pricing.cost(model(name), usage, NOW)).nanos();
  }
}
