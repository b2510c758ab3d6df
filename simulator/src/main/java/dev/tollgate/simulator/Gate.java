package dev.tollgate.simulator;

import io.vertx.core.Context;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/** Where requests for answers wait while it is closed, in their order; guarded by its monitor. */
final class Gate {

  private static final int MOST = 100_000;

  private final Set<Visitor> parked = new LinkedHashSet<>();
  private boolean closed;

  /** Somebody who waits, to be let through on {@code context}. Compared by identity. */
  static final class Visitor {
    private final Context context;
    private final Runnable onward;

    Visitor(Context context, Runnable onward) {
      this.context = context;
      this.onward = onward;
    }

    private void go() {
      context.runOnContext(_ -> onward.run());
    }
  }

  /** Whether {@code visitor} has to wait; if so, it is run when its turn comes. */
  synchronized boolean parks(Visitor visitor) {
    if (!closed) {
      return false;
    }
    if (parked.size() >= MOST) {
      throw Refusal.of(503, "Too many requests wait at the simulator's gate.");
    }
    return parked.add(visitor);
  }

  synchronized void leave(Visitor visitor) {
    parked.remove(visitor);
  }

  synchronized void close() {
    closed = true;
  }

  synchronized void open() {
    closed = false;
    release(parked.size());
  }

  /** Lets the first {@code count} through; the gate stays as it is. */
  synchronized void release(int count) {
    Iterator<Visitor> waiting = parked.iterator();
    for (int i = 0; i < count && waiting.hasNext(); i++) {
      Visitor visitor = waiting.next();
      waiting.remove();
      visitor.go();
    }
  }

  synchronized boolean closed() {
    return closed;
  }

  synchronized int waiting() {
    return parked.size();
  }
}
