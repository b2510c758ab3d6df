package dev.tollgate.models;

import java.nio.charset.StandardCharsets;

/** Finding things in bytes without making strings of them. */
final class Bytes {

  private Bytes() {}

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Where {@code wanted} first stands in {@code bytes[from, to)}, or -1. */
  static int find(byte[] bytes, int from, int to, byte[] wanted) {
    byte first = wanted[0];
    int last = to - wanted.length;
    for (int i = from; i <= last; i++) {
      if (bytes[i] == first && stands(bytes, i, to, wanted)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Where the value of the first member of this name begins, or -1.
   *
   * @param name in its quotation marks, which text within a string cannot have: there they are
   *     escaped
   */
  static int member(byte[] bytes, int from, int to, byte[] name) {
    int at = find(bytes, from, to, name);
    while (at >= 0) {
      int colon = skipSpace(bytes, at + name.length, to);
      if (colon < to && bytes[colon] == ':') {
        int value = skipSpace(bytes, colon + 1, to);
        return value < to ? value : -1;
      }
      at = find(bytes, colon, to, name);
    }
    return -1;
  }

  /** Whether {@code wanted} stands at {@code at}. */
  static boolean stands(byte[] bytes, int at, int to, byte[] wanted) {
    if (at + wanted.length > to) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /** How many bytes of a JSON string follow {@code at}, up to its closing quotation mark. */
  static int stringLength(byte[] bytes, int at, int to) {
    for (int i = at; i < to; i++) {
      if (bytes[i] == '\\') {
        i++;
      } else if (bytes[i] == '"') {
        return i - at;
      }
    }
    return to - at;
  }

  /** The first byte from {@code at} on that is no blank. */
  static int skipSpace(byte[] bytes, int at, int to) {
    int i = at;
    while (i < to && (bytes[i] == ' ' || bytes[i] == '\t')) {
      i++;
    }
    return i;
  }
}
