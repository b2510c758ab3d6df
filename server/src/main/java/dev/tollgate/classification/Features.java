package dev.tollgate.classification;

import java.util.Arrays;
import java.util.BitSet;

/**
 * What was found in a prompt, by number: first what {@link Shape} knows, then how much there is of
 * each group of the lexicon.
 *
 * <p>A further term of a group adds less than the one before it: a text that is all about poems is
 * hardly more of a poem for it.
 */
final class Features {

  private static final float FURTHER = 0.6f;

  private final float[] values;
  private final float[] next;
  private final BitSet seen;
  private int terms;

  /**
   * @param groups how many there are in the lexicon
   * @param seen numbers of terms that do not count; those that did are added
   */
  Features(int groups, BitSet seen) {
    values = new float[Shape.COUNT + groups];
    next = new float[groups];
    Arrays.fill(next, 1);
    this.seen = seen;
  }

  /** Counts a term, once. */
  void count(int term, int group, float factor) {
    if (!seen.get(term)) {
      seen.set(term);
      terms++;
      values[Shape.COUNT + group] += factor * next[group];
      next[group] *= FURTHER;
    }
  }

  void set(Shape shape, float value) {
    values[shape.slot()] = value;
  }

  /** How many terms counted. */
  int terms() {
    return terms;
  }

  /** By number. */
  float[] values() {
    return values;
  }
}
