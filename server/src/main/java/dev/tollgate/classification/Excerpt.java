package dev.tollgate.classification;

import tools.jackson.core.JsonParser;

/** The beginning and the end of texts that are read one after another. */
final class Excerpt {

  /** What begins a block that a client's harness put in. */
  static final String REMINDER = "<system-reminder>";

  private static final String GAP = "\n\n";

  private final int head;
  private final int tail;
  private final StringBuilder front = new StringBuilder();
  private final StringBuilder back = new StringBuilder(0);
  private int length;

  Excerpt(int head, int tail) {
    this.head = head;
    this.tail = tail;
  }

  /** Adds the string that the parser is at, as a paragraph of its own. */
  void add(JsonParser parser) {
    int more = parser.getStringLength();
    char[] chars = parser.getStringCharacters();
    int at = parser.getStringOffset();
    if (isReminder(chars, at, more)) {
      return;
    }
    if (length > 0) {
      (back.isEmpty() ? front : back).append(GAP);
    }
    length += more;
    int first = back.isEmpty() ? Math.clamp((long) head - front.length(), 0, more) : 0;
    front.append(chars, at, first);
    int last = Math.min(tail, more - first);
    back.append(chars, at + more - last, last);
    if (back.length() > tail) {
      back.delete(0, back.length() - tail);
    }
  }

  private static boolean isReminder(char[] chars, int at, int length) {
    if (length < REMINDER.length()) {
      return false;
    }
    for (int i = 0; i < REMINDER.length(); i++) {
      if (chars[at + i] != REMINDER.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Of all that was added, in characters. */
  int length() {
    return length;
  }

  @Override
  public String toString() {
    boolean gap = length > front.length() + back.length();
    return back.isEmpty() ? front.toString() : front + (gap ? GAP : "") + back;
  }
}
