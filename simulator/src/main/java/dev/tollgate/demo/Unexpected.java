package dev.tollgate.demo;

import org.jspecify.annotations.Nullable;

/** Something was not as the story has it; the message says what, and what it was instead. */
final class Unexpected extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Unexpected(String message) {
    super(message);
  }

  Unexpected(String message, Throwable cause) {
    super(message, cause);
  }

  static void unless(boolean holds, String message) {
    if (!holds) {
      throw new Unexpected(message);
    }
  }

  static void unlessSame(String what, @Nullable Object expected, @Nullable Object actual) {
    unless(
        java.util.Objects.equals(expected, actual),
        "%s should be %s and is %s".formatted(what, expected, actual));
  }
}
