package dev.tollgate.spend;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds in memory that may be a file: slots of 128 bytes, of which the first 80 are, in
 * little-endian words, the state, a checksum, the call's identifier in two, attempt, amount, and
 * four leases.
 *
 * <p>A seqlock: whoever has a slot to itself writes its state last, with release; whoever reads
 * looks at the state before and after. Two cache lines a slot, so that neighbours share none, and
 * the prefetcher's pair neither.
 */
final class Slots {

  static final int BYTES = 128;

  private static final VarHandle LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  // The low half of a state word; the rest counts the openings. Far apart, so that no flipped bit
  // makes one of another. A slot that was never used is all zeros.
  private static final long OPEN = 0x0FF0_3C5AL;
  private static final long CLOSED = 0xF00F_C3A5L;
  private static final long LOW = 0xFFFF_FFFFL;

  private final MemorySegment bytes;

  Slots(MemorySegment bytes) {
    this.bytes = bytes;
  }

  /** Enters a hold in a slot that nobody else writes. */
  void open(
      int slot,
      UUID call,
      int attempt,
      long amount,
      long lease0,
      long lease1,
      long lease2,
      long lease3) {
    long at = at(slot);
    long high = call.getMostSignificantBits();
    long low = call.getLeastSignificantBits();
    long state = ((((long) LONG.get(bytes, at) >>> 32) + 1) << 32) | OPEN;
    // The state of the hold before must be out before the first word of this one.
    VarHandle.storeStoreFence();
    LONG.set(
        bytes,
        at + 8,
        checksum(slot, state, high, low, attempt, amount, lease0, lease1, lease2, lease3));
    LONG.set(bytes, at + 16, high);
    LONG.set(bytes, at + 24, low);
    LONG.set(bytes, at + 32, (long) attempt);
    LONG.set(bytes, at + 40, amount);
    LONG.set(bytes, at + 48, lease0);
    LONG.set(bytes, at + 56, lease1);
    LONG.set(bytes, at + 64, lease2);
    LONG.set(bytes, at + 72, lease3);
    LONG.setRelease(bytes, at, state);
  }

  /**
   * Ends the hold of a slot.
   *
   * @throws IllegalStateException when no hold is open there
   */
  void close(int slot) {
    long at = at(slot);
    long state = (long) LONG.getAcquire(bytes, at);
    if ((state & LOW) != OPEN) {
      throw new IllegalStateException("no hold is open in slot " + slot);
    }
    LONG.setRelease(bytes, at, (state & ~LOW) | CLOSED);
  }

  /** Ends whatever is in a slot. */
  void clear(int slot) {
    LONG.setRelease(bytes, at(slot), CLOSED);
  }

  /** Whether a slot was never used, or its last hold has ended. */
  boolean isFree(int slot) {
    long state = (long) LONG.getAcquire(bytes, at(slot));
    return state == 0 || (state & LOW) == CLOSED;
  }

  /** The hold of a slot; null: there is none, it changes just now, or it is torn. */
  @Nullable OpenHold read(int slot) {
    long at = at(slot);
    long state = (long) LONG.getAcquire(bytes, at);
    if ((state & LOW) != OPEN) {
      return null;
    }
    long[] words = new long[9];
    for (int i = 0; i < words.length; i++) {
      words[i] = (long) LONG.getOpaque(bytes, at + 8 + 8L * i);
    }
    VarHandle.loadLoadFence();
    boolean changed = (long) LONG.getOpaque(bytes, at) != state;
    return changed || words[0] != checksum(slot, state, words) ? null : hold(slot, words);
  }

  private static OpenHold hold(int slot, long[] words) {
    List<Long> leases = new ArrayList<>(4);
    for (int i = 5; i < 9; i++) {
      if (words[i] != 0) {
        leases.add(words[i]);
      }
    }
    return new OpenHold(
        slot, new UUID(words[1], words[2]), (int) words[3], words[4], List.copyOf(leases));
  }

  private static long checksum(int slot, long state, long[] words) {
    return checksum(
        slot, state, words[1], words[2], words[3], words[4], words[5], words[6], words[7],
        words[8]);
  }

  /**
   * Independent multiplications by odd numbers: a change of one word always shows, and the sum is
   * ready in a few cycles where a chained one takes forty.
   */
  private static long checksum(
      int slot,
      long state,
      long high,
      long low,
      long attempt,
      long amount,
      long lease0,
      long lease1,
      long lease2,
      long lease3) {
    return fold(state + slot) * 0x9E37_79B9_7F4A_7C15L
        + fold(high) * 0xC2B2_AE3D_27D4_EB4FL
        + fold(low) * 0x1656_67B1_9E37_79F9L
        + fold(attempt) * 0x85EB_CA77_C2B2_AE63L
        + fold(amount) * 0x27D4_EB2F_1656_67C5L
        + fold(lease0) * 0xFF51_AFD7_ED55_8CCDL
        + fold(lease1) * 0xC4CE_B9FE_1A85_EC53L
        + fold(lease2) * 0xBF58_476D_1CE4_E5B9L
        + fold(lease3) * 0x94D0_49BB_1331_11EBL;
  }

  /** Brings the high bits down, where a multiplication spreads them. */
  private static long fold(long word) {
    return word ^ (word >>> 32);
  }

  private static long at(int slot) {
    return (long) slot * BYTES;
  }
}
