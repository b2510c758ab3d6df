package dev.tollgate.models;

import java.util.Locale;

/** A wire format of model APIs. */
public enum Dialect {
  ANTHROPIC,
  OPENAI;

  /** The name in configuration, in the ledger and in the price catalogue. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
