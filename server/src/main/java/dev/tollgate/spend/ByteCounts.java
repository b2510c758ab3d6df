package dev.tollgate.spend;

import java.util.Arrays;

/**
 * How many bytes of a request's text are of each class. What is in no class (rare scripts, members
 * that no model reads, what is not valid UTF-8) counts as a token a byte, always.
 */
public final class ByteCounts {

  /** No byte is of a known class. */
  public static final ByteCounts NONE = new ByteCounts(new long[ByteClass.COUNT]);

  private final long[] counts;

  private ByteCounts(long[] counts) {
    this.counts = counts;
  }

  /**
   * Counts by {@link ByteClass#slot}.
   *
   * @throws IllegalArgumentException unless there is one for each class, none negative
   */
  public static ByteCounts of(long[] counts) {
    if (counts.length != ByteClass.COUNT || Arrays.stream(counts).anyMatch(n -> n < 0)) {
      throw new IllegalArgumentException("one count for each class of bytes, none negative");
    }
    return new ByteCounts(counts.clone());
  }

  /** Bytes of one class. */
  public long of(ByteClass of) {
    return counts[of.slot()];
  }

  /** Bytes of any class. */
  public long sum() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  @Override
  public String toString() {
    return Arrays.toString(counts);
  }
}
