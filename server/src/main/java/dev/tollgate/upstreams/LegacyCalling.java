package dev.tollgate.upstreams;

import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Translation;
import org.jspecify.annotations.Nullable;

/**
 * A call to a legacy server, of either era's caller: session, log level, call. A session that the
 * server forgot is opened anew, once, and the call sent again, if it surely was not begun. Lives on
 * its event loop.
 */
final class LegacyCalling extends Successive implements Listener {

  private final UpstreamLoop loop;
  private final Target target;
  private final Invocation invocation;
  private final Listener listener;
  private final boolean modern;

  private @Nullable Borrowing borrowing;
  private @Nullable Loan loan;
  private boolean unbegun;
  private boolean healed;

  LegacyCalling(UpstreamLoop loop, Target target, Invocation invocation, Listener listener) {
    this.loop = loop;
    this.target = target;
    this.invocation = invocation;
    this.listener = listener;
    this.modern = invocation.client().revision().era() == Era.MODERN;
  }

  LegacyCalling start() {
    Borrowing asked = borrow();
    borrowing = asked;
    asked.loan().onComplete(this::lent, this::failed);
    return this;
  }

  /** A subscription belongs to the session that is listened to, whoever else has it. */
  private Borrowing borrow() {
    return invocation.method().equals(Method.SUBSCRIBE)
        ? new Borrowing(
            loop.take(target, invocation.client(), invocation.affinity()).map(taken -> taken),
            () -> {})
        : loop.borrow(target, invocation.client(), invocation.affinity(), invocation.logLevel());
  }

  private void failed(Throwable cause) {
    if (!cancelled()) {
      listener.answered(new Answer.Failed(Call.asFailure(target, cause)));
    }
  }

  private void lent(Loan lent) {
    if (cancelled()) {
      return;
    }
    loan = lent;
    LegacySession opened = lent.session();
    if (target.stateless() || invocation.method().equals(Method.SET_LEVEL)) {
      call(opened);
      return;
    }
    Levels.tell(loop, opened, invocation.client(), invocation.logLevel())
        .onSuccess(told -> {
          if (!cancelled()) {
            call(told);
          }
        });
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

  /** A person may be asked: others are not to wait for the session meanwhile. */
  @Override
  public void asked(Question question) {
    if (loan != null) {
      loan.setApart();
    }
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
  public void unbegun() {
    unbegun = true;
  }

  @Override
  public void answered(Answer answer) {
    Loan used = loan;
    loan = null;
    if (used == null) {
      listener.answered(answer);
      return;
    }
    boolean dead = !used.session().alive();
    if (dead) {
      used.lost();
    } else if (answer instanceof Answer.Failed) {
      used.giveUp();
    } else {
      used.end();
    }
    if (answer instanceof Answer.Failed && dead && unbegun && !healed) {
      healed = true;
      unbegun = false;
      start();
    } else {
      listener.answered(modern ? translated(answer, used.session()) : answer);
    }
  }

  @Override
  public void cancel() {
    super.cancel();
    if (borrowing != null) {
      borrowing.cancel();
    }
  }

  private Answer translated(Answer answer, LegacySession session) {
    Raw info = session.face().info();
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
