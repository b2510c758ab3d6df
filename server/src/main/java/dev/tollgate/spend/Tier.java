package dev.tollgate.spend;

import java.util.Locale;

/** How capable and dear a model is, as the ladder sees it. */
public enum Tier {
  PREMIUM,
  STANDARD,
  ECONOMY;

  /** The name in configuration and on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
