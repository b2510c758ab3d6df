package dev.tollgate.upstreams;

import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Translation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call to a legacy server, of either era's caller: session, log level, call. A session that the
 * server forgot is opened anew, once, and the call sent again: what was refused as unknown was not
 * begun. Lives on its event loop.
 */
final class LegacyCalling extends Successive implements Listener {

  private final UpstreamLoop loop;
  private final Target target;
  private final Invocation invocation;
  private final Listener listener;
  private final boolean modern;

  private @Nullable LegacySession session;
  private boolean healed;

  LegacyCalling(UpstreamLoop loop, Target target, Invocation invocation, Listener listener) {
    this.loop = loop;
    this.target = target;
    this.invocation = invocation;
    this.listener = listener;
    this.modern = invocation.client().revision().era() == Era.MODERN;
  }

  LegacyCalling start() {
    loop.session(target, invocation.client(), invocation.affinity())
        .onComplete(this::inSession, this::failed);
    return this;
  }

  private void failed(Throwable cause) {
    if (!cancelled()) {
      listener.answered(new Answer.Failed(Call.asFailure(target, cause)));
    }
  }

  private void inSession(LegacySession opened) {
    if (cancelled()) {
      return;
    }
    session = opened;
    String level = invocation.logLevel();
    if (level == null
        || level.equals(opened.logLevel())
        || invocation.method().equals(Method.SET_LEVEL)
        || !Members.orNone(opened.face().capabilities()).has("logging")) {
      call(opened);
    } else {
      opened.logLevel(level);
      under(opened.call(loop, levelling(level), new Levelled(opened)));
    }
  }

  private Invocation levelling(String level) {
    return new Invocation(
        invocation.client(),
        Method.SET_LEVEL,
        Members.NONE.with("level", Raw.string(level)).raw(),
        null,
        invocation.affinity(),
        Map.of());
  }

  /** The call goes on, whatever the server says to the level. */
  private final class Levelled implements Listener {

    private final LegacySession opened;

    Levelled(LegacySession opened) {
      this.opened = opened;
    }

    @Override
    public void notified(Message.Notification notification) {}

    @Override
    public void asked(Question question) {
      LegacyCalling.this.asked(question);
    }

    @Override
    public void answered(Answer answer) {
      if (!cancelled()) {
        call(opened);
      }
    }
  }

  private void call(LegacySession opened) {
    under(opened.call(loop, invocation, this));
  }

  @Override
  public void notified(Message.Notification notification) {
    String level = invocation.logLevel();
    boolean wanted =
        switch (notification.method()) {
          case Method.LOG -> level == null ? !modern : Levels.reaches(notification.params(), level);
          case Method.PROGRESS -> true;
          default -> !modern;
        };
    if (wanted) {
      listener.notified(notification);
    }
  }

  @Override
  public void asked(Question question) {
    listener.asked(question);
  }

  @Override
  public void primed(@Nullable Long retryMillis) {
    listener.primed(retryMillis);
  }

  @Override
  public void interrupted() {
    listener.interrupted();
  }

  @Override
  public void answered(Answer answer) {
    LegacySession used = session;
    if (answer instanceof Answer.Failed && used != null && !used.alive() && !healed) {
      healed = true;
      start();
    } else {
      listener.answered(modern ? translated(answer) : answer);
    }
  }

  private Answer translated(Answer answer) {
    Raw info = session == null ? null : session.face().info();
    return switch (answer) {
      case Answer.Result result ->
          new Answer.Result(Translation.modernResult(invocation.method(), result.result(), info));
      case Answer.Fault fault -> {
        InputRequired required = InputRequired.ofError(fault.error());
        yield required == null
            ? new Answer.Fault(Translation.modernError(fault.error()))
            : new Answer.Result(required.result());
      }
      case Answer.Failed failed -> failed;
    };
  }
}
