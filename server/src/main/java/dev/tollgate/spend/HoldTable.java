package dev.tollgate.spend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The holds of this node that are open, in a file that outlives the process: memory mapped, never
 * synced. After {@code kill -9} the next process finds what was open; after a crash of the machine
 * it finds that it cannot know.
 *
 * <p>{@code open} and {@code close} are for any number of threads: no lock, no allocation, no
 * system call. A slot is open when its state word says so, and then it is whole: see {@link Slots}.
 * Amounts are nano-dollars; the identifier of a lease is positive, 0 stands for none.
 *
 * <p>A directory belongs to one process at a time; the data directory's lock sees to that. There is
 * nothing to close: the file is unmapped when nobody has the table any more.
 */
final class HoldTable implements Admissions.Holds {

  /** No slot was free. */
  static final int FULL = SlotMap.FULL;

  /** As many as {@code spend.outstanding} allows, and a block for what is left or torn. */
  static final int DEFAULT_CAPACITY = 65_536 + SlotMap.BLOCK;

  private static final int MOST = 1 << 24;

  private final HoldTableFile file;
  private final String boot;
  private final MemorySegment bytes;
  private final Slots slots;
  private final SlotMap taken;
  private final ConcurrentSkipListMap<Integer, OpenHold> left = new ConcurrentSkipListMap<>();
  private final List<Integer> torn = new ArrayList<>();
  private final boolean trusted;

  private HoldTable(HoldTableFile file, String boot) throws IOException {
    this.file = file;
    bytes = file.map(Arena.ofAuto());
    slots = new Slots(bytes.asSlice(HoldTableFile.HEADER));
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
  @Override
  public int open(
      UUID call, int attempt, long amount, long lease0, long lease1, long lease2, long lease3) {
    int slot = taken.take();
    if (slot == FULL) {
      return FULL;
    }
    slots.open(slot, call, attempt, amount, lease0, lease1, lease2, lease3);
    return slot;
  }

  /**
   * Ends the hold of a slot. To be called once by whoever opened it.
   *
   * @throws IllegalStateException when no hold is open there
   */
  @Override
  public void close(int slot) {
    slots.close(slot);
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
      OpenHold hold = slots.read(slot);
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
      slots.clear(slot);
      taken.give(slot);
    }
    torn.clear();
    file.vouch(bytes, boot);
  }

  private void find(int slot) {
    if (slots.isFree(slot)) {
      return;
    }
    taken.occupy(slot);
    OpenHold hold = slots.read(slot);
    if (hold == null) {
      torn.add(slot);
    } else {
      left.put(slot, hold);
    }
  }
}
