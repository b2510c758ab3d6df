package dev.tollgate.spend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The holds of this node that are open, in a file that outlives the process: memory mapped, never
 * synced. After {@code kill -9} the next process finds what was open; after a crash of the machine
 * it finds that it cannot know.
 *
 * <p>{@code open} and {@code close} are for any number of threads: no lock, no allocation, no
 * system call. A slot of 128 bytes is a state word, a checksum, and the hold. The state is written
 * last, with release: a slot is open when its state says so, and then it is whole. Amounts are
 * nano-dollars; the identifier of a lease is positive, 0 stands for none.
 *
 * <p>A directory belongs to one process at a time; the data directory's lock sees to that. There is
 * nothing to close: the file is unmapped when nobody has the table any more.
 */
final class HoldTable {

  /** No slot was free. */
  static final int FULL = SlotMap.FULL;

  /** As many as {@code spend.outstanding} allows, and a block for what is left or torn. */
  static final int DEFAULT_CAPACITY = 65_536 + SlotMap.BLOCK;

  private static final int MOST = 1 << 24;
  private static final VarHandle LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  // The low half of a state word; the rest counts the openings. Far apart, so that no flipped bit
  // makes one of another. A slot that was never used is all zeros.
  private static final long OPEN = 0x0FF0_3C5AL;
  private static final long CLOSED = 0xF00F_C3A5L;
  private static final long LOW = 0xFFFF_FFFFL;

  private final HoldTableFile file;
  private final String boot;
  private final MemorySegment bytes;
  private final SlotMap taken;
  private final ConcurrentSkipListMap<Integer, OpenHold> left = new ConcurrentSkipListMap<>();
  private final List<Integer> torn = new ArrayList<>();
  private final boolean trusted;

  private HoldTable(HoldTableFile file, String boot) throws IOException {
    this.file = file;
    bytes = file.map(Arena.ofAuto());
    taken = new SlotMap(file.capacity());
    if (file.kept()) {
      for (int slot = 0; slot < file.capacity(); slot++) {
        find(slot);
      }
    }
    this.boot = boot;
    trusted =
        file.kept() && !boot.equals(BootId.UNKNOWN) && boot.equals(file.boot()) && torn.isEmpty();
  }

  /**
   * Opens {@code holds} in {@code directory}, or makes it. A file of another node, capacity or
   * version, or with a damaged header, is set aside.
   *
   * @param capacity holds; at most 16 million
   * @param boot which start of the machine this is, see {@link BootId}
   * @throws UncheckedIOException when there is no file to be had
   */
  static HoldTable open(Path directory, int capacity, UUID node, String boot, Instant now) {
    if (capacity < 1 || capacity > MOST) {
      throw new IllegalArgumentException("a table has 1 to " + MOST + " slots, not " + capacity);
    }
    try {
      Path path = OwnerFiles.directory(directory).resolve("holds");
      return new HoldTable(HoldTableFile.open(path, capacity, node, now), boot);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the table of holds in " + directory, e);
    }
  }

  /** A hold in one lease; see the one in four. */
  int open(UUID call, int attempt, long amount, long lease) {
    return open(call, attempt, amount, lease, 0, 0, 0);
  }

  /** A hold in two leases; see the one in four. */
  int open(UUID call, int attempt, long amount, long lease0, long lease1) {
    return open(call, attempt, amount, lease0, lease1, 0, 0);
  }

  /** A hold in three leases; see the one in four. */
  int open(UUID call, int attempt, long amount, long lease0, long lease1, long lease2) {
    return open(call, attempt, amount, lease0, lease1, lease2, 0);
  }

  /**
   * Enters a hold of {@code amount} in each of the leases that are not 0.
   *
   * @return its slot, for {@link #close(int)}; {@link #FULL}: nothing was entered
   */
  int open(
      UUID call, int attempt, long amount, long lease0, long lease1, long lease2, long lease3) {
    int slot = taken.take();
    if (slot == FULL) {
      return FULL;
    }
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
    return slot;
  }

  /**
   * Ends the hold of a slot. To be called once by whoever opened it.
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
    taken.give(slot);
  }

  /** The holds that former processes left open and that are not yet forgotten, by slot. */
  List<OpenHold> left() {
    return List.copyOf(left.values());
  }

  /** Frees the slot of a hold that a former process left; a second time does nothing. */
  void forget(OpenHold hold) {
    if (left.remove(hold.slot(), hold)) {
      close(hold.slot());
    }
  }

  /**
   * All holds that are open, those left by former processes included. Each is whole; one that is
   * opened or closed meanwhile is there or not.
   */
  List<OpenHold> open() {
    List<OpenHold> open = new ArrayList<>();
    for (int slot = 0; slot < file.capacity(); slot++) {
      OpenHold hold = read(slot);
      if (hold != null) {
        open.add(hold);
      }
    }
    return open;
  }

  /** How many slots were neither free nor whole when the file was opened. */
  int torn() {
    return torn.size();
  }

  /** Whether there was a file of this node to go on with; otherwise it began empty. */
  boolean kept() {
    return file.kept();
  }

  /**
   * Whether {@link #left} was all that was open when the former process ended: the file was there,
   * written in this start of the machine, nothing torn, and somebody had vouched for it. Does not
   * change while the table is open.
   */
  boolean trusted() {
    return trusted;
  }

  /**
   * Says that what former processes left is dealt with: torn slots are free again, and the next
   * process may trust the file. A process that ends before leaves the file as doubtful as it was.
   */
  void vouch() {
    for (int slot : torn) {
      LONG.setRelease(bytes, at(slot), CLOSED);
      taken.give(slot);
    }
    torn.clear();
    file.vouch(bytes, boot);
  }

  private void find(int slot) {
    long low = (long) LONG.get(bytes, at(slot)) & LOW;
    if ((long) LONG.get(bytes, at(slot)) == 0 || low == CLOSED) {
      return;
    }
    taken.occupy(slot);
    OpenHold hold = read(slot);
    if (hold == null) {
      torn.add(slot);
    } else {
      left.put(slot, hold);
    }
  }

  private @Nullable OpenHold read(int slot) {
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
    return HoldTableFile.HEADER + (long) slot * HoldTableFile.SLOT;
  }
}
