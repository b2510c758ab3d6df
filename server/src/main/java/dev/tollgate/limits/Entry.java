package dev.tollgate.limits;

import dev.tollgate.kernel.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether a call may go on. */
public sealed interface Entry {

  /** How the caller's limits stand. */
  Readings readings();

  /** It may; {@code permit} is closed when it has ended, however that was. */
  record Admitted(Permit permit, Readings readings) implements Entry {}

  /**
   * It may not, and nothing was charged.
   *
   * @param most the limit that is in the way
   * @param needed how much of it the call asked for
   * @param retryAfter when it may be tried again; null: never, as it asks for more than the limit
   */
  record Limited(
      Level level,
      Kind kind,
      long most,
      long needed,
      @Nullable Duration retryAfter,
      Readings readings)
      implements Entry {

    /** The same for the caller, who is told by {@code retry-after} in whole seconds. */
    public Failure failure() {
      return Refusals.of(this);
    }
  }
}
