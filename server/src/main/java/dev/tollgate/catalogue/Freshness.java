package dev.tollgate.catalogue;

import dev.tollgate.kernel.Failure;
import java.util.Locale;

/** How long a tool's answer is worth keeping. */
public enum Freshness {
  /** It is not kept. */
  NEVER,
  /** Searches and lists: minutes. */
  VOLATILE,
  /** What seldom changes: an hour. */
  STABLE;

  /** The name on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Freshness of(String field, String wire) {
    for (Freshness each : values()) {
      if (each.wire().equals(wire)) {
        return each;
      }
    }
    throw Failure.invalid(field, field + " must be never, volatile or stable, is " + wire);
  }
}
