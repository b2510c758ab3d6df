package dev.tollgate.spend;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node knows of its former processes when it starts, and what follows for the leases that
 * were presumed spent. Pure: production and the simulation decide by it.
 *
 * @param table whether the table of holds has all that was open
 * @param journal whether the journal has all that was settled
 */
record LastRun(boolean table, boolean journal) {

  /**
   * What is to become of a presumption.
   *
   * @param keep what stays presumed; the rest is reversed
   * @param resolved whether that is the node's last word
   */
  record Remainder(long keep, boolean resolved) {}

  /**
   * What is known when a process starts. A database that has more than the journal was not written
   * by the process that left this one.
   *
   * @param known the last batch that PostgreSQL has of this node
   * @param made the last one that the journal knows of
   */
  static LastRun found(boolean table, boolean journal, long known, long made) {
    return new LastRun(table, journal && known <= made);
  }

  /**
   * Decides about a frozen lease of this node.
   *
   * @param past whether a former process had it
   * @param open what is held of it, as far as the table has it
   */
  Remainder remainder(boolean past, long open) {
    boolean known = !past || (table && journal);
    return new Remainder(known ? open : Long.MAX_VALUE, past || open == 0);
  }

  /** The same, after the journal was read again. */
  LastRun read(List<Damage> damages) {
    return new LastRun(table, journal && damages.isEmpty());
  }

  /** What is held, by lease. */
  static Map<Long, Long> byLease(List<OpenHold> open) {
    Map<Long, Long> held = new HashMap<>();
    for (OpenHold hold : open) {
      hold.leases().forEach(lease -> held.merge(lease, hold.amount(), Long::sum));
    }
    return held;
  }

  /**
   * The number of the last batch that a node has ever made.
   *
   * @param known the last one that PostgreSQL has
   */
  static long last(long known, long journaled, long acknowledged) {
    return Math.max(known, Math.max(journaled, acknowledged));
  }

  /** After which batch the journal is replayed to a database that has those up to {@code known}. */
  static long replayFrom(long known, long acknowledged) {
    return Math.min(known, acknowledged);
  }
}
