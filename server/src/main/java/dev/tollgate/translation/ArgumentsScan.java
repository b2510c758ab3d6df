package dev.tollgate.translation;

/**
 * Follows a JSON object that comes in pieces, to know when it is whole: OpenAI marks no end of a
 * call's arguments, and the next call must not begin before.
 */
final class ArgumentsScan {

  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean whole;

  void feed(String piece) {
    for (int i = 0; i < piece.length(); i++) {
      step(piece.charAt(i));
    }
  }

  private void step(char c) {
    if (escaped) {
      escaped = false;
    } else if (inString) {
      escaped = c == '\\';
      inString = c != '"';
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      depth++;
    } else if (c == '}' || c == ']') {
      depth--;
      whole |= depth == 0;
    }
  }

  boolean whole() {
    return whole;
  }
}
