package dev.tollgate.limits;

import java.util.Locale;

/** Whose limit it is. */
public enum Level {
  KEY,
  USER,
  ORGANIZATION;

  /** In small letters, as messages and metrics have it. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
