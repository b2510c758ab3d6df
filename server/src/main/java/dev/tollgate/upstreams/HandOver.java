package dev.tollgate.upstreams;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a thread that reads has handed to an event loop that has not come to it yet: so many bytes,
 * and none while the loop wants none. Its lock guards all of it.
 */
final class HandOver {

  private final int bound;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long handed;
  private boolean paused;
  private boolean ended;

  /**
   * With nothing in it.
   *
   * @param bound bytes from which on the reader waits; one message more than that may be there
   */
  HandOver(int bound) {
    this.bound = bound;
  }

  /** Waits until {@code bytes} may be handed over; false: nothing is taken any more. */
  boolean take(int bytes) {
    lock.lock();
    try {
      while (!ended && (paused || handed >= bound)) {
        changed.awaitUninterruptibly();
      }
      handed += bytes;
      return !ended;
    } finally {
      lock.unlock();
    }
  }

  /** The loop has come to that much. */
  void done(int bytes) {
    change(() -> handed -= bytes);
  }

  void pause() {
    change(() -> paused = true);
  }

  void resume() {
    change(() -> paused = false);
  }

  /** Nothing is taken any more: nobody waits. */
  void end() {
    change(() -> ended = true);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
