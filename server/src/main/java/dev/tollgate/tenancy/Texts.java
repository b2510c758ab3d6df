package dev.tollgate.tenancy;

import dev.tollgate.kernel.Failure;

/** What may be written into a name. */
final class Texts {

  private static final int LONGEST = 200;
  private static final int LONGEST_EMAIL = 320;

  private Texts() {}

  /** Refuses what is blank, longer than 200 characters or holds control characters. */
  static void name(String field, String text) {
    if (text.isBlank()) {
      throw Failure.invalid(field, field + " must not be empty");
    }
    bounded(field, text, LONGEST);
  }

  /** Refuses what has no {@code @} between two other characters; the rest is the mail system's. */
  static void email(String field, String text) {
    bounded(field, text, LONGEST_EMAIL);
    int at = text.lastIndexOf('@');
    if (at < 1 || at == text.length() - 1 || text.chars().anyMatch(Character::isWhitespace)) {
      throw Failure.invalid(field, field + " is not an email address");
    }
  }

  private static void bounded(String field, String text, int longest) {
    if (text.codePointCount(0, text.length()) > longest) {
      throw Failure.invalid(field, field + " must have at most " + longest + " characters");
    }
    // PostgreSQL stores neither NUL nor half of a surrogate pair.
    if (text.codePoints().anyMatch(Texts::unprintable)) {
      throw Failure.invalid(field, field + " must not hold control characters");
    }
  }

  private static boolean unprintable(int codePoint) {
    return Character.isISOControl(codePoint)
        || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
  }
}
