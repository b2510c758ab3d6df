package dev.tollgate.classification;

import dev.tollgate.spend.Tier;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A kind of work that may be asked for in the place of a model. */
public enum Category {
  QUICK(0, Tier.ECONOMY),
  WRITING(1, Tier.STANDARD),
  ARTISTRY(2, Tier.STANDARD),
  VISUAL(3, Tier.STANDARD),
  ULTRABRAIN(4, Tier.PREMIUM);

  /** How many there are. */
  static final int COUNT = values().length;

  private final int slot;
  private final Tier tier;
  private final String wire = name().toLowerCase(Locale.ROOT);

  Category(int slot, Tier tier) {
    this.slot = slot;
    this.tier = tier;
  }

  /** The tier that serves it. */
  public Tier tier() {
    return tier;
  }

  /** The name on the wire. */
  public String wire() {
    return wire;
  }

  /** Its place in an array with one place a category. */
  int slot() {
    return slot;
  }

  /** The category of a name on the wire; null: there is none. */
  public static @Nullable Category named(String name) {
    for (Category category : values()) {
      if (category.wire.equals(name)) {
        return category;
      }
    }
    return null;
  }
}
