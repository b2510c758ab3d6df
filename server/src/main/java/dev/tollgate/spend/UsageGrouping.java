package dev.tollgate.spend;

import java.util.Locale;

/** What usage is told by. */
public enum UsageGrouping {
  /** The model that served, with its provider. */
  MODEL("model", "value"),
  PROVIDER("model", "provider"),
  /** The tool of a connector, with that. */
  TOOL("tool", "value"),
  CONNECTOR("tool", "provider"),
  CATEGORY("category", "value"),
  /** The API key, by its id. */
  KEY("key", "value"),
  PROJECT("project", "value"),
  /** The user, by their id. */
  USER("user", "value"),
  /** How calls ended. */
  STATUS("status", "value"),
  /** The organization, by its id; for administrators. */
  ORGANIZATION("status", "organization"),
  /** The hour, by its first instant. */
  HOUR("status", "time"),
  /** The day of UTC, by its first instant. */
  DAY("status", "time");

  private final String dimension;
  private final String value;

  /**
   * @param dimension the sums that it is read from: each adds up all charges
   * @param value which of their columns names a group
   */
  UsageGrouping(String dimension, String value) {
    this.dimension = dimension;
    this.value = value;
  }

  /** The name on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  String dimension() {
    return dimension;
  }

  String value() {
    return value;
  }

  boolean byTime() {
    return value.equals("time");
  }
}
