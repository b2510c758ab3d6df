package dev.tollgate.credentials;

/** What a server says, before it is shown or logged. */
final class Texts {

  private static final int LONGEST = 200;

  private Texts() {}

  /** Printable ASCII alone, at most 200 characters. */
  static String safe(String text) {
    String printable = text.replaceAll("[^ -~]", "?");
    return printable.length() > LONGEST ? printable.substring(0, LONGEST) + "…" : printable;
  }
}
