package dev.tollgate.bootstrap;

import java.time.Duration;

/** What sections of the configuration require of their values. */
final class Checks {

  private Checks() {}

  static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  static void port(String key, int port) {
    between(key, port, 0, 65_535);
  }

  static void between(String key, long value, long least, long most) {
    that(
        value >= least && value <= most,
        key + " must be between " + least + " and " + most + ", is " + value);
  }

  static void positive(String key, Duration value) {
    that(value.isPositive(), key + " must be more than nothing");
  }
}
