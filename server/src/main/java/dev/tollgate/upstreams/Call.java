package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.Message;
import org.jspecify.annotations.Nullable;

/**
 * One call from the choice of the era to its answer. A session that the server forgot is opened
 * anew, once, and the call sent again: what was refused as unknown was not begun. Lives on its
 * event loop.
 */
final class Call implements Ongoing, Listener {

  private final UpstreamLoop loop;
  private final Target target;
  private final Invocation invocation;
  private final Listener listener;

  private @Nullable Ongoing ongoing;
  private @Nullable LegacySession session;
  private boolean cancelled;
  private boolean paused;
  private boolean healed;

  Call(UpstreamLoop loop, Target target, Invocation invocation, Listener listener) {
    this.loop = loop;
    this.target = target;
    this.invocation = invocation;
    this.listener = listener;
  }

  Call start() {
    loop.era(target, invocation.client(), invocation.affinity())
        .onComplete(this::begin, this::failed);
    return this;
  }

  private void begin(Era era) {
    if (cancelled) {
      return;
    }
    switch (era) {
      case MODERN -> under(loop.modern(target, invocation, this));
      case LEGACY ->
          loop.session(target, invocation.client(), invocation.affinity())
              .onComplete(this::inSession, this::failed);
    }
  }

  private void inSession(LegacySession opened) {
    if (!cancelled) {
      session = opened;
      under(opened.call(loop, invocation, this));
    }
  }

  private void under(Ongoing begun) {
    ongoing = begun;
    if (paused) {
      begun.pause();
    }
  }

  private void failed(Throwable cause) {
    if (!cancelled) {
      listener.answered(new Answer.Failed(asFailure(cause)));
    }
  }

  private Failure asFailure(Throwable cause) {
    return cause instanceof Failure failure
        ? failure
        : Failure.of(
            ErrorCode.UPSTREAM_INVALID,
            "connector " + target.name() + " could not be spoken with: " + cause.getMessage(),
            cause);
  }

  @Override
  public void notified(Message.Notification notification) {
    listener.notified(notification);
  }

  @Override
  public void asked(Question question) {
    listener.asked(question);
  }

  @Override
  public void answered(Answer answer) {
    boolean forgotten = session != null && !session.alive();
    if (answer instanceof Answer.Failed && forgotten && !healed) {
      healed = true;
      begin(Era.LEGACY);
    } else {
      listener.answered(answer);
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
