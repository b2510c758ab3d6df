package dev.tollgate.upstreams;

import org.jspecify.annotations.Nullable;

/**
 * A call that is carried out by one after another: whatever is under way is cancelled and held back
 * with it. Lives on one event loop.
 */
public abstract class Successive implements Ongoing {

  private @Nullable Ongoing ongoing;
  private boolean cancelled;
  private boolean paused;

  /** From now on {@code begun} is what is under way. */
  protected final void under(Ongoing begun) {
    ongoing = begun;
    if (cancelled) {
      begun.cancel();
    } else if (paused) {
      begun.pause();
    }
  }

  protected final boolean cancelled() {
    return cancelled;
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

  @Override
  public void hurry() {
    if (ongoing != null) {
      ongoing.hurry();
    }
  }
}
