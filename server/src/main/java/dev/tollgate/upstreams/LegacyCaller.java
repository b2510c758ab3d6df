package dev.tollgate.upstreams;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.mcp.Translation;
import org.jspecify.annotations.Nullable;

/**
 * A legacy client's call to a modern server, round by round, within the patience with a call in
 * all: the client that a round waits for may never answer. Lives on its event loop.
 */
final class LegacyCaller extends Successive implements Listener {

  private final UpstreamLoop loop;
  private final Target target;
  private final Invocation invocation;
  private final Listener listener;

  private final OpenQuestions questions;

  private @Nullable Deadline deadline;
  private @Nullable Raw sent;
  private int rounds;
  private boolean listedAgain;

  LegacyCaller(UpstreamLoop loop, Target target, Invocation invocation, Listener listener) {
    this.loop = loop;
    this.target = target;
    this.questions = loop.questions(target);
    this.invocation = invocation;
    this.listener = listener;
  }

  LegacyCaller start() {
    deadline =
        loop.deadlines()
            .arm(loop.clock().nanoTime() + target.patience().call().toNanos(), this::tooLate);
    send(invocation.params());
    return this;
  }

  private void tooLate() {
    questions.end();
    super.cancel();
    listener.answered(
        new Answer.Failed(
            Failure.of(
                ErrorCode.UPSTREAM_TIMEOUT,
                "connector " + target.name() + " was waited for long enough, its client too")));
  }

  private void end(Answer answer) {
    if (!cancelled()) {
      disarm();
      listener.answered(answer);
    }
  }

  private void disarm() {
    questions.end();
    if (deadline != null) {
      deadline.disarm();
    }
  }

  @Override
  public void cancel() {
    disarm();
    super.cancel();
  }

  private void send(@Nullable Raw params) {
    sent = params;
    if (!invocation.method().equals(Method.TOOLS_CALL)) {
      send(invocation.with(params));
      return;
    }
    loop.schemas()
        .headers(loop, target, invocation)
        .onSuccess(headers ->
            send(
                new Invocation(
                    invocation.client(),
                    invocation.method(),
                    params,
                    invocation.logLevel(),
                    invocation.affinity(),
                    headers)));
  }

  private void send(Invocation complete) {
    if (!cancelled()) {
      under(loop.modern(target, complete, this));
    }
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
    switch (answer) {
      case Answer.Result result -> result(result.result());
      case Answer.Fault fault -> fault(fault.error());
      case Answer.Failed failed -> end(failed);
    }
  }

  /** Headers that do not fit: the tool has changed since it was listed. */
  private void fault(Raw error) {
    Raw code = Members.of(error).get("code");
    if (!listedAgain && Raw.number(RpcError.HEADER_MISMATCH).equals(code)) {
      listedAgain = true;
      loop.schemas().forget(target);
      send(sent);
    } else {
      end(new Answer.Fault(Translation.legacyError(error)));
    }
  }

  private void result(Raw result) {
    InputRequired required = InputRequired.of(result);
    if (required == null) {
      end(new Answer.Result(Translation.legacyResult(invocation.method(), result)));
    } else if (++rounds > Rounds.MOST) {
      end(
          new Answer.Failed(
              Failure.of(
                  ErrorCode.UPSTREAM_INVALID,
                  "connector " + target.name() + " asked more than " + Rounds.MOST + " times")));
    } else {
      new Rounds(
              loop,
              questions,
              required,
              listener,
              responses -> send(required.again(invocation.params(), responses)),
              error -> end(new Answer.Fault(error)))
          .ask();
    }
  }
}
