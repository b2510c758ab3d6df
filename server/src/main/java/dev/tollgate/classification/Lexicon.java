package dev.tollgate.classification;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Groups of terms and what each of them weighs for every category. Terms are found in a text in one
 * pass: a trie that is entered where a word begins, the longest term wins, and where it ends the
 * word must end as its script lets it.
 *
 * <p>The file's own head tells its format. Immutable.
 */
final class Lexicon {

  /** How groups are called that count in a text of a few words alone: "ok", "go on". */
  private static final String BRIEFLY = "brief.";

  private static final int BRIEF = 60;

  /** What is asked stands at the beginning or at the end: so many characters count in full. */
  private static final int EDGE = 120;

  private static final float MIDDLE = 0.4f;

  /** A word of fewer letters has no plural: "hi" is not in "his". */
  private static final int SINGULAR = 3;

  private static final String WEIGHTS = "weights:";

  private final TrieNode root = new TrieNode();
  private final List<String> groups = new ArrayList<>();
  private final List<float[]> weights = new ArrayList<>();
  private final BitSet brief = new BitSet();
  private final float[][] shapes = new float[Shape.COUNT][Category.COUNT];
  private int terms;

  private Lexicon() {}

  /** The lexicon that the gateway comes with. */
  static Lexicon standard() {
    try (InputStream file = Lexicon.class.getResourceAsStream("lexicon.txt")) {
      if (file == null) {
        throw new IllegalStateException("lexicon.txt is not in the program");
      }
      return read(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static Lexicon read(InputStream file) throws IOException {
    Lexicon lexicon = new Lexicon();
    BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8));
    int feature = -1;
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      String bare = line.strip();
      try {
        if (bare.startsWith("[")) {
          feature = lexicon.open(bare.substring(1, bare.indexOf(']')));
        } else if (bare.startsWith(WEIGHTS)) {
          weights(bare.substring(WEIGHTS.length()).strip(), lexicon.weights(feature));
        } else if (!bare.isEmpty() && !bare.startsWith("#")) {
          for (String term : bare.split(",", -1)) {
            lexicon.add(term.strip(), feature - Shape.COUNT);
          }
        }
      } catch (IllegalArgumentException | IndexOutOfBoundsException wrong) {
        throw new IllegalStateException("line " + number + " of the lexicon: " + line, wrong);
      }
    }
    return lexicon;
  }

  /** The number of the feature that a head names; a group is new. */
  private int open(String name) {
    if (name.startsWith(Shape.PREFIX)) {
      return Shape.slot(name);
    }
    if (groups.contains(name)) {
      throw new IllegalArgumentException("twice: " + name);
    }
    brief.set(groups.size(), name.startsWith(BRIEFLY));
    groups.add(name);
    weights.add(new float[Category.COUNT]);
    return features() - 1;
  }

  private static void weights(String line, float[] to) {
    String[] values = line.split(" +", -1);
    for (int c = 0; c < Category.COUNT; c++) {
      to[c] = Float.parseFloat(values[c]);
    }
  }

  private void add(String term, int group) {
    boolean open = term.endsWith("*");
    String whole = (open ? term.substring(0, term.length() - 1) : term).toLowerCase(Locale.ROOT);
    TrieNode node = root;
    for (int i = 0; i < whole.length(); i++) {
      node = node.grow(whole.charAt(i));
    }
    if (group < 0 || whole.isEmpty() || node.group >= 0) {
      throw new IllegalArgumentException("no group, no term, or twice: " + term);
    }
    node.group = group;
    node.id = terms++;
    node.open |= open;
  }

  /** How many terms there are. */
  int size() {
    return terms;
  }

  /** A prompt's features, of which none is there yet; {@code seen} as there. */
  Features features(BitSet seen) {
    return new Features(groups.size(), seen);
  }

  /** How many features there are: shapes and groups. */
  int features() {
    return Shape.COUNT + groups.size();
  }

  /** The number of a feature, by its name in the file. */
  int feature(String name) {
    return name.startsWith(Shape.PREFIX) ? Shape.slot(name) : Shape.COUNT + groups.indexOf(name);
  }

  /** What a feature weighs, by category. */
  float[] weights(int feature) {
    return feature < Shape.COUNT ? shapes[feature] : weights.get(feature - Shape.COUNT);
  }

  /** Adds up, by category, what {@code features} weigh. */
  float[] scores(float[] features) {
    float[] scores = new float[Category.COUNT];
    for (int f = 0; f < features.length; f++) {
      if (features[f] != 0) {
        float[] each = weights(f);
        for (int c = 0; c < Category.COUNT; c++) {
          scores[c] += features[f] * each[c];
        }
      }
    }
    return scores;
  }

  /**
   * Counts the terms in {@code text}.
   *
   * @param text in small letters, one space for any white space
   * @param factor of what they count
   */
  void find(String text, float factor, Features to) {
    int at = 0;
    while (at < text.length()) {
      if (!begins(text, at)) {
        at++;
        continue;
      }
      TrieNode best = null;
      int end = at;
      TrieNode node = root.next(text.charAt(at));
      for (int i = at + 1; node != null; i++) {
        if (node.group >= 0 && (node.open || ends(text, at, i))) {
          best = node;
          end = i;
        }
        node = i < text.length() ? node.next(text.charAt(i)) : null;
      }
      if (best == null) {
        at++;
      } else {
        if (!brief.get(best.group) || text.length() <= BRIEF) {
          boolean edge = at < EDGE || at > text.length() - EDGE;
          to.count(best.id, best.group, edge ? factor : factor * MIDDLE);
        }
        at = end;
      }
    }
  }

  private static boolean begins(String text, int at) {
    char c = text.charAt(at);
    if (!Character.isLetterOrDigit(c)) {
      return false;
    }
    if (at == 0) {
      return true;
    }
    char before = text.charAt(at - 1);
    // 3시 is an hour: a Hangul word behind a digit is a counter.
    return Hangul.isSyllable(c)
        ? !Hangul.isSyllable(before) && !Character.isDigit(before)
        : !Character.isLetterOrDigit(before) || Hangul.isSyllable(before);
  }

  /** Whether a term whose last character stands before {@code at} may end there. */
  private static boolean ends(String text, int from, int at) {
    if (Hangul.isSyllable(text.charAt(at - 1))) {
      return Hangul.mayFollow(text, at);
    }
    if (over(text, at)) {
      return true;
    }
    return at - from >= SINGULAR && text.charAt(at) == 's' && over(text, at + 1);
  }

  private static boolean over(String text, int at) {
    if (at >= text.length()) {
      return true;
    }
    char c = text.charAt(at);
    return !Character.isLetterOrDigit(c) || Hangul.isSyllable(c);
  }
}
