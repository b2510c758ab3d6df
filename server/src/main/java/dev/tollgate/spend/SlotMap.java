package dev.tollgate.spend;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which slots of a table are taken: one bit each. Lock-free and free of allocation.
 *
 * <p>A claim is a compare-and-set of the word that has the bit. A word that changed and changed
 * back says the same as before, so there is no ABA. Threads start at words that are apart, by their
 * number, and take the lowest free bit: what is in use stays in few pages and warm caches.
 */
final class SlotMap {

  /** No slot is free. */
  static final int FULL = -1;

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int STRIPES = 16;
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

  private final long[] words;
  private final int apart;

  /** All slots are free. */
  SlotMap(int capacity) {
    words = new long[(capacity + 63) / 64];
    apart = Math.max(1, words.length / STRIPES);
    if (capacity % 64 != 0) {
      words[words.length - 1] = -1L << capacity;
    }
  }

  /** Takes a free slot, or {@link #FULL}. */
  int take() {
    int first = first();
    for (int i = 0; i < words.length; i++) {
      int at = first + i < words.length ? first + i : first + i - words.length;
      int slot = takeOf(at);
      if (slot != FULL) {
        return slot;
      }
    }
    return FULL;
  }

  private int takeOf(int at) {
    long seen = (long) WORD.getVolatile(words, at);
    while (seen != -1L) {
      long bit = Long.lowestOneBit(~seen);
      long witness = (long) WORD.compareAndExchange(words, at, seen, seen | bit);
      if (witness == seen) {
        return at * 64 + Long.numberOfTrailingZeros(bit);
      }
      seen = witness;
    }
    return FULL;
  }

  private int first() {
    long hash = Thread.currentThread().threadId() * GOLDEN;
    return (int) (hash >>> 60) * apart % words.length;
  }

  /** Takes that slot, before the map is shared. */
  void occupy(int slot) {
    WORD.getAndBitwiseOr(words, slot >>> 6, 1L << slot);
  }

  /** Frees a slot that was taken. */
  void give(int slot) {
    WORD.getAndBitwiseAnd(words, slot >>> 6, ~(1L << slot));
  }
}
