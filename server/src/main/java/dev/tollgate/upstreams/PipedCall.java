package dev.tollgate.upstreams;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Translation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call over a single stream: waits for its turn, then for its answer. Lives on the session's
 * event loop; its listener is told on the caller's.
 */
final class PipedCall implements Ongoing {

  /** A program may be fetched first; a server that is there answers at once. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(30);

  private final PipedSession session;
  private final UpstreamLoop home;
  private final UpstreamLoop caller;
  private final Target target;
  private final Invocation invocation;
  private final Listener listener;
  private final Raw id;
  private final @Nullable Raw callersToken;

  private @Nullable Deadline deadline;
  private long beganNanos;
  private boolean over;

  PipedCall(
      PipedSession session,
      UpstreamLoop home,
      UpstreamLoop caller,
      Target target,
      Invocation invocation,
      Listener listener) {
    this.session = session;
    this.home = home;
    this.caller = caller;
    this.target = target;
    this.invocation = invocation;
    this.listener = listener;
    this.id = Raw.number(home.nextId());
    this.callersToken = invocation.progressToken();
  }

  Raw id() {
    return id;
  }

  String method() {
    return invocation.method();
  }

  Raw request() {
    return new Message.Request(
            id,
            invocation.method(),
            Translation.legacyParams(invocation.params(), callersToken == null ? null : id))
        .raw();
  }

  /** Its turn may take a while to come. */
  void await() {
    arm(home.clock().nanoTime() + target.patience().silence().toNanos());
  }

  void begin() {
    beganNanos = home.clock().nanoTime();
    signOfLife();
  }

  private void signOfLife() {
    Duration patience =
        invocation.method().equals(Method.INITIALIZE) ? HANDSHAKE : target.patience().silence();
    long silence = home.clock().nanoTime() + patience.toNanos();
    long whole = beganNanos + target.patience().call().toNanos();
    arm(whole - silence < 0 ? whole : silence);
  }

  private void arm(long atNanos) {
    if (over) {
      return;
    }
    if (deadline == null) {
      deadline = home.deadlines().arm(atNanos, this::tooLate);
    } else {
      deadline.move(atNanos);
    }
  }

  private void tooLate() {
    session.cancelled(this, "no answer in time");
    fail(
        Failure.of(
            ErrorCode.UPSTREAM_TIMEOUT,
            "connector " + target.name() + " kept silent for longer than is waited for here"));
  }

  void notified(Message.Notification notification) {
    signOfLife();
    if (!notification.method().equals(Method.PROGRESS)) {
      tell(notification);
      return;
    }
    Members params = Members.orNone(notification.params());
    if (callersToken != null && id.equals(params.get("progressToken"))) {
      tell(
          new Message.Notification(
              Method.PROGRESS, params.with("progressToken", callersToken).raw()));
    }
  }

  private void tell(Message.Notification notification) {
    caller.run(() -> listener.notified(notification));
  }

  void asked(Question question) {
    arm(beganNanos + target.patience().call().toNanos());
    caller.run(() -> listener.asked(question));
  }

  void answered(Answer answer) {
    if (end()) {
      session.over(this);
      caller.run(() -> listener.answered(answer));
    }
  }

  void fail(Failure failure) {
    answered(new Answer.Failed(failure));
  }

  private boolean end() {
    if (over) {
      return false;
    }
    over = true;
    if (deadline != null) {
      deadline.disarm();
    }
    return true;
  }

  @Override
  public void cancel() {
    home.run(() -> {
      if (end()) {
        session.cancelled(this, "the caller is gone");
      }
    });
  }

  @Override
  public void pause() {
    // The stream is everybody's: what comes for this call is bounded by its messages' bound.
  }

  @Override
  public void resume() {}
}
