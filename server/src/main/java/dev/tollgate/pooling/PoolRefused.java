package dev.tollgate.pooling;

/** A caller that got no resource, though nothing failed. */
public final class PoolRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Reason {
    /** None became free in time. */
    TIMED_OUT,
    /** Too many wait already. */
    CROWDED,
    /** The key was drained, or the pool closed. */
    DRAINED
  }

  private final Reason reason;

  PoolRefused(Reason reason) {
    // Without a stack trace: thousands may end at the same moment.
    super(
        switch (reason) {
          case TIMED_OUT -> "nothing in the pool became free in time";
          case CROWDED -> "too many wait for the pool already";
          case DRAINED -> "the pool was drained";
        },
        null,
        false,
        false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
