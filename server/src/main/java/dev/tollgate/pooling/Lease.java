package dev.tollgate.pooling;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A resource that a caller has until it gives it back, once; giving back again does nothing.
 *
 * <p>Thread-safe. After that it refers to nothing, so that a forgotten lease keeps no secret alive.
 */
public final class Lease<T> implements AutoCloseable {

  private final AtomicReference<@Nullable Held<T>> held;

  /** What the pool knows of it. */
  interface Held<T> {
    T resource();

    void giveBack(boolean broken);

    void setApart();
  }

  Lease(Held<T> held) {
    this.held = new AtomicReference<>(held);
  }

  /**
   * The resource.
   *
   * @throws IllegalStateException after it was given back
   */
  public T resource() {
    Held<T> present = held.get();
    if (present == null) {
      throw new IllegalStateException("the lease was given back");
    }
    return present.resource();
  }

  /** Gives the resource back for others. */
  @Override
  public void close() {
    giveBack(false);
  }

  /** Gives back a resource that does not work any more: it is closed and never lent again. */
  public void discard() {
    giveBack(true);
  }

  /**
   * Says that it will be had for long: it is lent to nobody else from now on, takes no place in the
   * pool, and is closed when it comes back. Where too many are already, all stays as it was.
   */
  public void setApart() {
    Held<T> present = held.get();
    if (present != null) {
      present.setApart();
    }
  }

  private void giveBack(boolean broken) {
    Held<T> last = held.getAndSet(null);
    if (last != null) {
      last.giveBack(broken);
    }
  }
}
