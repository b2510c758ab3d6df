package dev.tollgate.toolcache;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call upstream for all who wait for the same answer in this process; guarded by its monitor.
 *
 * <p>It goes on as long as somebody waits for it, whoever began it: each caller leaves at its own
 * deadline, and with the last one the call is cancelled.
 */
final class Flight {

  private final Digest key;
  private final ReadCall first;
  private final long beginner;
  private final List<Waiting> waiting = new ArrayList<>();
  private @Nullable Runnable cancel;
  private LevelTwo.@Nullable Place leads;
  private boolean over;

  private Flight(Digest key, ReadCall first, long beginner) {
    this.key = key;
    this.first = first;
    this.beginner = beginner;
  }

  /** A flight that a caller begins. */
  static Flight by(Digest key, Waiting caller) {
    return new Flight(key, caller.call(), caller.number());
  }

  /** A flight that nobody waits for, and that goes on all the same. */
  static Flight refreshing(Digest key, ReadCall call) {
    return new Flight(key, call, 0);
  }

  Digest key() {
    return key;
  }

  /** Whose call it is. */
  ReadCall first() {
    return first;
  }

  boolean refresh() {
    return beginner == 0;
  }

  boolean begunBy(Waiting caller) {
    return caller.number() == beginner;
  }

  /** Whether {@code caller} waits for it now. */
  synchronized boolean join(Waiting caller) {
    return !over && waiting.add(caller);
  }

  /** Somebody left; true where the flight is to end, since nobody waits. */
  synchronized boolean leave(Waiting caller) {
    waiting.remove(caller);
    return !over && !refresh() && waiting.isEmpty();
  }

  /** It is this node's to fetch for all; null: for this one alone. */
  synchronized void leads(LevelTwo.@Nullable Place place) {
    leads = place;
  }

  /** What the other nodes are to hear is still fetched; null: nothing, or not any more. */
  synchronized LevelTwo.@Nullable Place leads() {
    return over ? null : leads;
  }

  /** Whoever began it, if it still waits. */
  synchronized @Nullable Waiting beginner() {
    for (Waiting caller : waiting) {
      if (begunBy(caller)) {
        return caller;
      }
    }
    return null;
  }

  /** How the call can be ended; at once where it was over before it began. */
  void runs(Runnable how) {
    boolean late;
    synchronized (this) {
      late = over;
      cancel = how;
    }
    if (late) {
      how.run();
    }
  }

  /** Ends it, once: those who wait are handed over; null where it was over. */
  synchronized @Nullable List<Waiting> end() {
    if (over) {
      return null;
    }
    over = true;
    return List.copyOf(waiting);
  }

  /** Ends the call, if it runs. */
  void cancel() {
    Runnable how;
    synchronized (this) {
      how = cancel;
    }
    if (how != null) {
      how.run();
    }
  }

  /** Leaves only who began it; the others are handed over. */
  synchronized List<Waiting> dismiss() {
    List<Waiting> others = waiting.stream().filter(caller -> !begunBy(caller)).toList();
    waiting.removeAll(others);
    return others;
  }

  synchronized boolean over() {
    return over;
  }
}
