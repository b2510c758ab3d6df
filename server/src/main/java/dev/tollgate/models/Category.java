package dev.tollgate.models;

import dev.tollgate.spend.Tier;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A kind of work that may be asked for in the place of a model. */
public enum Category {
  QUICK(Tier.ECONOMY),
  WRITING(Tier.STANDARD),
  ARTISTRY(Tier.STANDARD),
  VISUAL(Tier.STANDARD),
  ULTRABRAIN(Tier.PREMIUM);

  private final Tier tier;

  Category(Tier tier) {
    this.tier = tier;
  }

  /** The tier that serves it. */
  public Tier tier() {
    return tier;
  }

  /** The name on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static @Nullable Category named(String name) {
    for (Category category : values()) {
      if (category.wire().equals(name)) {
        return category;
      }
    }
    return null;
  }
}
