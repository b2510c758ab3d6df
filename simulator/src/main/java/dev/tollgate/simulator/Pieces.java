package dev.tollgate.simulator;

import java.util.ArrayList;
import java.util.List;

/** Cuts a text into the deltas of a stream. */
final class Pieces {

  private static final int LENGTH = 24;
  private static final int MOST = 1_000;

  private Pieces() {}

  /**
   * The pieces of {@code text}.
   *
   * @param chunks how many, as far as the text is long enough; 0: one for about 24 characters
   */
  static List<String> of(String text, int chunks) {
    int wanted = chunks > 0 ? chunks : Math.min(MOST, text.length() / LENGTH + 1);
    int count = Math.clamp(wanted, 1, Math.max(1, text.length()));
    List<String> pieces = new ArrayList<>(count);
    int from = 0;
    for (int i = 1; i <= count; i++) {
      int to = (int) ((long) text.length() * i / count);
      if (to > from && to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to++;
      }
      if (to > from || i == count) {
        pieces.add(text.substring(from, Math.max(from, to)));
      }
      from = Math.max(from, to);
    }
    return pieces;
  }
}
