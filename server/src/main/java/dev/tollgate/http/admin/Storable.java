package dev.tollgate.http.admin;

import dev.tollgate.kernel.Failure;
import java.time.Instant;

/** What callers write, within what PostgreSQL takes. */
final class Storable {

  private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  private Storable() {}

  /** {@code text}, unless it has a NUL. */
  static String text(String field, String text) {
    if (text.indexOf('\0') >= 0) {
      throw Failure.invalid(field, field + " must not have the character NUL");
    }
    return text;
  }

  /** {@code at}, where it is of a year from 1970 to 9999. */
  static Instant instant(String field, Instant at) {
    if (at.isBefore(FIRST) || !at.isBefore(END)) {
      throw Failure.invalid(field, field + " must be of a year from 1970 to 9999");
    }
    return at;
  }
}
