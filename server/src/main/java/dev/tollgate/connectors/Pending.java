package dev.tollgate.connectors;

import dev.tollgate.upstreams.Ongoing;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call that may not have begun yet when it is cancelled or paused. Lives on one event loop. */
final class Pending implements Ongoing {

  private @Nullable Ongoing ongoing;
  private boolean cancelled;
  private boolean paused;

  /** Begins it, unless it was cancelled. */
  void begun(Supplier<Ongoing> begin) {
    if (cancelled) {
      return;
    }
    Ongoing begun = begin.get();
    ongoing = begun;
    if (paused) {
      begun.pause();
    }
  }

  /** Runs {@code action}, unless it was cancelled. */
  void unless(Runnable action) {
    if (!cancelled) {
      action.run();
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    if (ongoing != null) {
      ongoing.cancel();
    }
  }

  @Override
  public void pause() {
    paused = true;
    if (ongoing != null) {
      ongoing.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (ongoing != null) {
      ongoing.resume();
    }
  }
}
