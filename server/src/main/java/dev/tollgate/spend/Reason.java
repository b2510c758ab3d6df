package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;

/** Why an administrator changes something, for the audit. */
record Reason(String text) {

  private static final int LONGEST = 500;

  /**
   * Strips what was given.
   *
   * @param what what it is asked for, such as {@code the budget is reset}
   * @throws Failure naming {@code reason}
   */
  static Reason of(String given, String what) {
    String text = given.strip();
    if (text.isEmpty()
        || text.codePointCount(0, text.length()) > LONGEST
        || text.codePoints().anyMatch(Reason::unstorable)) {
      throw Failure.invalid("reason", "say why " + what + ", in 1 to " + LONGEST + " characters");
    }
    return new Reason(text);
  }

  /** PostgreSQL stores neither NUL nor half of a surrogate pair. */
  private static boolean unstorable(int codePoint) {
    return codePoint == 0
        || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
  }
}
