package dev.tollgate.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Closes what was opened, in reverse, each exactly once, whatever the others throw.
 *
 * <p>Guarded by its own monitor; {@link #close} may be called from any thread.
 */
public final class Closer implements AutoCloseable {

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Remembers {@code resource} and hands it back. */
  public synchronized <T extends AutoCloseable> T add(T resource) {
    opened.push(resource);
    return resource;
  }

  @Override
  public void close() {
    RuntimeException first = null;
    for (AutoCloseable next = take(); next != null; next = take()) {
      try {
        next.close();
      } catch (Exception e) {
        if (first == null) {
          first = new IllegalStateException("closing " + next.getClass().getSimpleName(), e);
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private synchronized @Nullable AutoCloseable take() {
    return opened.poll();
  }
}
