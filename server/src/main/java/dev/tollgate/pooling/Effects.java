package dev.tollgate.pooling;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be done once the lock is released.
 *
 * <p>A caller that is served may give back at once, which serves the next one: on one thread these
 * run one after the other and not inside each other, or ten thousand waiters would overflow its
 * stack.
 */
final class Effects {

  private static final Logger LOG = LoggerFactory.getLogger(Effects.class);
  private static final ThreadLocal<@Nullable Deque<Runnable>> RUNNING = new ThreadLocal<>();

  private final Deque<Runnable> actions = new ArrayDeque<>();

  void add(Runnable action) {
    actions.add(action);
  }

  void run() {
    Deque<Runnable> running = RUNNING.get();
    if (running != null) {
      running.addAll(actions);
      return;
    }
    RUNNING.set(actions);
    try {
      for (Runnable next = actions.poll(); next != null; next = actions.poll()) {
        guarded(next);
      }
    } finally {
      RUNNING.remove();
    }
  }

  private static void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.warn("something that a pool called failed", e);
    }
  }
}
