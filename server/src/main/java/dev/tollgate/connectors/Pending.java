package dev.tollgate.connectors;

import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Successive;
import java.util.function.Supplier;

/** A call that may not have begun yet when it is cancelled or paused. Lives on one event loop. */
final class Pending extends Successive {

  /** Begins it, unless it was cancelled. */
  void begun(Supplier<Ongoing> begin) {
    if (!cancelled()) {
      under(begin.get());
    }
  }

  /** Runs {@code action}, unless it was cancelled. */
  void unless(Runnable action) {
    if (!cancelled()) {
      action.run();
    }
  }
}
