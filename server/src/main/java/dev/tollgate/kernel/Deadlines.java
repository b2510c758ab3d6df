package dev.tollgate.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The waits of one thread, looked through by a sweep: arming and moving one costs a field, where a
 * timer each would cost a heap.
 *
 * <p>Not thread-safe: one thread arms, moves, disarms and sweeps.
 */
public final class Deadlines {

  private final Set<Deadline> armed = Collections.newSetFromMap(new IdentityHashMap<>());

  /** A wait with an end. */
  public final class Deadline {

    private final Runnable expired;
    private long atNanos;

    private Deadline(long atNanos, Runnable expired) {
      this.atNanos = atNanos;
      this.expired = expired;
    }

    /** Moves the end to the monotonic reading {@code atNanos}. */
    public void move(long atNanos) {
      this.atNanos = atNanos;
    }

    /** Ends the watch; its action will not run any more. */
    public void disarm() {
      armed.remove(this);
    }
  }

  /** Watches until the monotonic reading {@code atNanos}, then runs {@code expired} once. */
  public Deadline arm(long atNanos, Runnable expired) {
    Deadline deadline = new Deadline(atNanos, expired);
    armed.add(deadline);
    return deadline;
  }

  /** Runs what has expired at {@code nowNanos}. */
  public void sweep(long nowNanos) {
    List<Deadline> due = new ArrayList<>();
    for (Deadline deadline : armed) {
      if (nowNanos - deadline.atNanos >= 0) {
        due.add(deadline);
      }
    }
    for (Deadline deadline : due) {
      if (armed.remove(deadline)) {
        deadline.expired.run();
      }
    }
  }

  /** How many are watched. */
  public int size() {
    return armed.size();
  }
}
