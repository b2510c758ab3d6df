package dev.tollgate.spend;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;

/**
 * How many tokens a byte of each class of text becomes at most, for one model at one moment.
 * Immutable.
 */
public final class Factors {

  /** A whole token a byte: factors are counted in parts of it. */
  static final int UNIT = 128;

  /** Nothing is learned: a token a byte, or what the catalogue says. */
  public static final Factors PROVEN = new Factors(proven());

  private static final ByteClass[] CLASSES = ByteClass.values();
  private static final LearnedClass[] LEARNED = LearnedClass.values();
  private static final int MIXED = LearnedClass.LATIN_SCRIPT.slot();

  private final int[] parts;
  private final boolean lower;

  private Factors(int[] parts) {
    this.parts = parts;
    this.lower = Arrays.stream(parts).anyMatch(part -> part < UNIT);
  }

  /** Factors by {@link LearnedClass#slot}, in parts of {@link #UNIT}. */
  static Factors of(int[] parts) {
    return new Factors(parts.clone());
  }

  /** The same, with one class back at the proven bound. */
  Factors without(LearnedClass reset) {
    int[] others = parts.clone();
    others[reset.slot()] = UNIT;
    return new Factors(others);
  }

  private static int[] proven() {
    int[] parts = new int[LearnedClass.COUNT];
    Arrays.fill(parts, UNIT);
    return parts;
  }

  /** The factor of a class, in parts of {@link #UNIT}. */
  int part(LearnedClass of) {
    return parts[of.slot()];
  }

  /** How many classes are below the proven bound. */
  int learned() {
    return (int) Arrays.stream(parts).filter(part -> part < UNIT).count();
  }

  /**
   * The most tokens that text becomes.
   *
   * @param perByte the proven bound of a byte
   */
  long textTokens(long textBytes, ByteCounts counts, BigDecimal perByte) {
    long bytes = Math.max(0, textBytes);
    long most = whole(perByte, bytes);
    if (!lower || counts.sum() > bytes) {
      return most;
    }
    long tokens = tokens(counts, bytes, perByte, false);
    if (parts[MIXED] < UNIT) {
      tokens = Math.min(tokens, tokens(counts, bytes, perByte, true));
    }
    return Math.min(most, tokens);
  }

  /** Class by class; with {@code mixed} those of the Latin alphabet at their common factor. */
  private long tokens(ByteCounts counts, long bytes, BigDecimal perByte, boolean mixed) {
    long learned = 0;
    long rest = bytes;
    for (ByteClass one : CLASSES) {
      int at = mixed && isMixed(one) ? MIXED : one.slot();
      if (parts[at] < UNIT) {
        learned += parts[at] * counts.of(one);
        rest -= counts.of(one);
      }
    }
    return Math.ceilDiv(learned, UNIT) + whole(perByte, rest);
  }

  private static boolean isMixed(ByteClass one) {
    return one == ByteClass.WORDS || one == ByteClass.MARKUP || one == ByteClass.LATIN;
  }

  /** So many bytes at {@code perByte} tokens each, rounded up. */
  static long whole(BigDecimal perByte, long bytes) {
    return perByte.compareTo(BigDecimal.ONE) == 0
        ? bytes
        : perByte
            .multiply(BigDecimal.valueOf(bytes))
            .setScale(0, RoundingMode.CEILING)
            .longValueExact();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("factors");
    for (LearnedClass of : LEARNED) {
      if (part(of) < UNIT) {
        text.append(' ').append(of.wire()).append(' ').append(part(of)).append("/").append(UNIT);
      }
    }
    return text.toString();
  }
}
