package dev.tollgate.spend;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which slots of a table are taken: one bit each. Lock-free and free of allocation.
 *
 * <p>A claim is a compare-and-set of the word that has the bit. A word that changed and changed
 * back says the same as before, so there is no ABA. A block is 64 words, with a summary of which of
 * them are full; threads start at blocks that are apart, by their number, and take the lowest free
 * bit: what is in use stays in few pages and warm caches, and is found in a few loads.
 */
final class SlotMap {

  /** No slot is free. */
  static final int FULL = -1;

  /** How many slots a block has. */
  static final int BLOCK = 64 * 64;

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int APART = 16;
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

  private final int blocks;
  private final long[] words;
  // A hint: a word that has a free slot is never for long said to be full.
  private final long[] full;

  /** All slots are free. */
  SlotMap(int capacity) {
    blocks = (capacity + BLOCK - 1) / BLOCK;
    words = new long[blocks * 64];
    full = new long[blocks * APART];
    for (int at = capacity / 64; at < words.length; at++) {
      words[at] = at == capacity / 64 ? -1L << capacity : -1L;
      if (words[at] == -1L) {
        filled(at);
      }
    }
  }

  /** Takes a free slot, or {@link #FULL}. */
  int take() {
    long hash = Thread.currentThread().threadId() * GOLDEN;
    int first = (int) (((hash >>> 32) * blocks) >>> 32);
    for (int i = 0; i < blocks; i++) {
      int slot = takeOfBlock(first + i < blocks ? first + i : first + i - blocks);
      if (slot != FULL) {
        return slot;
      }
    }
    return takeOfAny();
  }

  private int takeOfBlock(int block) {
    long skip = (long) WORD.getVolatile(full, block * APART);
    while (skip != -1L) {
      int slot = takeOf(block * 64 + Long.numberOfTrailingZeros(~skip));
      if (slot != FULL) {
        return slot;
      }
      skip |= skip + 1;
    }
    return FULL;
  }

  /** Asks every word, should a summary be behind. */
  private int takeOfAny() {
    int slot = FULL;
    for (int at = 0; at < words.length && slot == FULL; at++) {
      slot = takeOf(at);
    }
    return slot;
  }

  private int takeOf(int at) {
    long seen = (long) WORD.getVolatile(words, at);
    while (seen != -1L) {
      long bit = Long.lowestOneBit(~seen);
      long witness = (long) WORD.compareAndExchange(words, at, seen, seen | bit);
      if (witness == seen) {
        if ((seen | bit) == -1L) {
          filled(at);
        }
        return at * 64 + Long.numberOfTrailingZeros(bit);
      }
      seen = witness;
    }
    return FULL;
  }

  /** Takes that slot, before the map is shared. */
  void occupy(int slot) {
    long before = (long) WORD.getAndBitwiseOr(words, slot >>> 6, 1L << slot);
    if ((before | (1L << slot)) == -1L) {
      filled(slot >>> 6);
    }
  }

  /** Frees a slot that was taken. */
  void give(int slot) {
    long before = (long) WORD.getAndBitwiseAnd(words, slot >>> 6, ~(1L << slot));
    if (before == -1L) {
      emptied(slot >>> 6);
    }
  }

  private void filled(int at) {
    WORD.getAndBitwiseOr(full, (at >>> 6) * APART, 1L << at);
    // Somebody may have freed a slot before the summary said that there was none.
    if ((long) WORD.getVolatile(words, at) != -1L) {
      emptied(at);
    }
  }

  private void emptied(int at) {
    WORD.getAndBitwiseAnd(full, (at >>> 6) * APART, ~(1L << at));
  }
}
