package dev.tollgate.spend;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The data directory of a node: the journal and the table of holds, as far as they outlive a
 * process, and what of them outlives a crash of the machine.
 */
final class SimulatedDisk implements Admissions.Holds {

  /** A batch of the journal. */
  record Batch(long number, List<StoreModel.Entry> entries) {}

  final UUID node;
  private final TreeMap<Integer, OpenHold> holds = new TreeMap<>();
  private final List<Batch> journal = new ArrayList<>();
  private long forced;
  private long acknowledged;
  private int slots;
  private int boot = 1;
  private long doubted;
  private int tableVouched;
  private int journalVouched;

  /** Calls that were open when a process or the machine ended, over all of them. */
  private final Set<UUID> cut = new HashSet<>();

  SimulatedDisk(UUID node) {
    this.node = node;
  }

  // What the table of holds does
  // ---------------------------------------------------------------------

  @Override
  public int open(
      UUID call, int attempt, long amount, long lease0, long lease1, long lease2, long lease3) {
    List<Long> leases = new ArrayList<>();
    for (long lease : new long[] {lease0, lease1, lease2, lease3}) {
      if (lease != 0) {
        leases.add(lease);
      }
    }
    holds.put(++slots, new OpenHold(slots, call, attempt, amount, leases));
    return slots;
  }

  @Override
  public void close(int slot) {
    if (holds.remove(slot) == null) {
      throw new AssertionError("no hold in slot " + slot);
    }
  }

  List<OpenHold> open() {
    return List.copyOf(holds.values());
  }

  boolean has(OpenHold hold) {
    return hold.equals(holds.get(hold.slot()));
  }

  // What the journal does
  // ----------------------------------------------------------------------------

  void append(Batch batch) {
    if (batch.number() <= Math.max(lastBatch(), acknowledged)) {
      throw new AssertionError("batch " + batch.number() + " comes after " + lastBatch());
    }
    journal.add(batch);
  }

  void force() {
    forced = lastBatch();
  }

  long lastBatch() {
    return journal.isEmpty() ? 0 : journal.getLast().number();
  }

  long acknowledged() {
    return acknowledged;
  }

  void acknowledge(long batch) {
    acknowledged = Math.max(acknowledged, batch);
  }

  void unacknowledge(long batch) {
    acknowledged = Math.min(acknowledged, batch);
  }

  /** The batches after {@code from}, up to {@code to}. */
  List<Batch> after(long from, long to) {
    return journal.stream().filter(batch -> batch.number() > from && batch.number() <= to).toList();
  }

  /** The batches that a call's charge is in. */
  List<Long> of(UUID call) {
    return journal.stream()
        .filter(batch -> batch.entries().stream().anyMatch(entry -> entry.call().equals(call)))
        .map(Batch::number)
        .toList();
  }

  /** Whether a charge is in the journal, and so that it outlives what may come. */
  boolean has(UUID call, boolean machine) {
    return journal.stream()
        .filter(batch -> !machine || batch.number() <= forced)
        .flatMap(batch -> batch.entries().stream())
        .anyMatch(entry -> entry.call().equals(call));
  }

  // What happens to it
  // -------------------------------------------------------------------------------

  /** All of it once more, as {@code cp -r} makes it: the node's identifier too. */
  SimulatedDisk copy() {
    SimulatedDisk copy = new SimulatedDisk(node);
    copy.holds.putAll(holds);
    copy.journal.addAll(journal);
    copy.forced = forced;
    copy.acknowledged = acknowledged;
    copy.slots = slots;
    copy.boot = boot;
    copy.doubted = doubted;
    copy.tableVouched = tableVouched;
    copy.journalVouched = journalVouched;
    return copy;
  }

  /** What a process finds that starts. */
  LastRun lastRun(long known) {
    return LastRun.found(
        tableVouched == boot, journalVouched == boot, known, Math.max(lastBatch(), acknowledged));
  }

  /** What former processes left is dealt with. */
  void vouch() {
    tableVouched = boot;
    journalVouched = boot;
  }

  /** A process of this epoch could not trust what it found. */
  void doubt(long epoch) {
    doubted = epoch;
  }

  /** Whether it is not known what the process of an epoch had open when it ended. */
  boolean doubts(long epoch) {
    return epoch < doubted;
  }

  /** A process ended: whatever it held may have been billed. */
  void killed() {
    holds.values().forEach(hold -> cut.add(hold.call()));
  }

  /** The machine went down: what was not synced may be lost, a part at the end of the journal. */
  void crashed(Random random) {
    killed();
    boot++;
    holds.values().removeIf(_ -> random.nextBoolean());
    while (lastBatch() > forced && random.nextInt(3) > 0) {
      journal.removeLast();
    }
    acknowledged = Math.min(acknowledged, random.nextLong(acknowledged + 1));
  }

  /** Whether a call was open when its process ended. */
  boolean cut(UUID call) {
    return cut.contains(call);
  }

  Set<UUID> cut() {
    return cut;
  }
}
