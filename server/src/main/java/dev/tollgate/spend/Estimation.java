package dev.tollgate.spend;

import java.util.Locale;

/** How much is held before a call. */
public enum Estimation {
  /** The proven bound; where it does not fit, the output maximum is lowered to what fits. */
  CAPPED,
  /** The proven bound or nothing. */
  STRICT,
  /** The average of the request's category: may be exceeded, and the excess is recorded. */
  EXPECTED;

  /** The name in configuration and on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
