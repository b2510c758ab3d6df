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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call over a single stream: waits for its turn, then for its answer. Lives on the session's
 * event loop; its listener is told on the caller's.
 */
final class PipedCall implements Ongoing {

  /** A program may be fetched first; a server that is there answers at once. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(30);

  /** Bytes that may be on their way to the caller's event loop. */
  private static final long ON_THE_WAY = 256 * 1024;

  private final PipedSession session;
  private final UpstreamLoop home;
  private final UpstreamLoop caller;
  private final Target target;
  private final Invocation invocation;
  private final Listener listener;
  private final Raw id;
  private final @Nullable Raw callersToken;

  private final OpenQuestions questions;
  private final AtomicLong onTheWay = new AtomicLong();
  private volatile boolean crowded;
  private boolean paused;
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
    this.questions = home.questions(target);
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
    giveUp(
        Failure.of(
            ErrorCode.UPSTREAM_TIMEOUT,
            "connector " + target.name() + " kept silent for longer than is waited for here"));
  }

  /** There will be no answer that anybody waits for; whether the server is at it is not known. */
  void giveUp(Failure failure) {
    if (end()) {
      session.left(this, String.valueOf(failure.getMessage()));
      caller.run(() -> listener.answered(new Answer.Failed(failure)));
    }
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
    Raw params = notification.params();
    tell(params == null ? 0 : params.length(), () -> listener.notified(notification));
  }

  private void tell(int bytes, Runnable told) {
    long before = onTheWay.getAndAdd(bytes);
    caller.run(() -> {
      told.run();
      if (onTheWay.addAndGet(-bytes) <= ON_THE_WAY && crowded) {
        home.run(this::spacious);
      }
    });
    if (before + bytes > ON_THE_WAY && !crowded) {
      crowded = true;
      // All of it may have arrived before that was to be seen.
      spacious();
    }
  }

  private void spacious() {
    crowded = onTheWay.get() > ON_THE_WAY;
    session.flow(this);
  }

  /** Whether what comes more is to wait. */
  boolean full() {
    return paused || crowded;
  }

  /** Asks the caller; false: too much is asked already. */
  boolean asked(Message.Request request, Consumer<Question.Reply> answered) {
    Raw params = request.params();
    Question question = questions.open(request.method(), params, answered);
    if (question == null) {
      return false;
    }
    arm(beganNanos + target.patience().call().toNanos());
    tell(params == null ? 0 : params.length(), () -> listener.asked(question));
    return true;
  }

  void answered(Answer answer) {
    if (end()) {
      session.over(this);
      caller.run(() -> Answers.tell(listener, answer));
    }
  }

  void fail(Failure failure) {
    answered(new Answer.Failed(failure));
  }

  /** The session is gone, and the call was never sent. */
  void unbegun(Failure failure) {
    if (end()) {
      caller.run(() -> {
        listener.unbegun();
        listener.answered(new Answer.Failed(failure));
      });
    }
  }

  /** Whether it has an answer, or nobody waits for one. */
  boolean over() {
    return over;
  }

  private boolean end() {
    if (over) {
      return false;
    }
    over = true;
    questions.end();
    if (deadline != null) {
      deadline.disarm();
    }
    return true;
  }

  @Override
  public void cancel() {
    home.run(() -> {
      if (end()) {
        session.left(this, "the caller is gone");
      }
    });
  }

  @Override
  public void pause() {
    home.run(() -> paused(true));
  }

  @Override
  public void resume() {
    home.run(() -> paused(false));
  }

  private void paused(boolean holds) {
    paused = holds;
    session.flow(this);
  }
}
