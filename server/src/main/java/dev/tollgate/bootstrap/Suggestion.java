package dev.tollgate.bootstrap;

import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Finds what somebody probably meant. */
final class Suggestion {

  private Suggestion() {}

  /** {@code ; did you mean x?}, or nothing where no word is near. */
  static String among(Collection<String> words, String written) {
    String nearest = nearest(words, written);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  private static @Nullable String nearest(Collection<String> words, String written) {
    return words.stream()
        .min(Comparator.comparingInt(word -> distance(word, written)))
        .filter(word -> distance(word, written) <= Math.max(2, word.length() / 3))
        .orElse(null);
  }

  /** Levenshtein's distance: insertions, deletions and replacements between the two. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
