package dev.tollgate.upstreams;

import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.mcp.Translation;
import io.vertx.core.MultiMap;

/** A request in a session over Streamable HTTP. Lives on its event loop. */
final class LegacyCall extends HttpCall {

  private final HttpSession session;

  LegacyCall(
      UpstreamLoop loop,
      Target target,
      HttpSession session,
      Invocation invocation,
      Listener listener) {
    super(loop, target, invocation, listener);
    this.session = session;
  }

  LegacyCall start() {
    post(session.url(), session.headers(), Translation.legacyParams(invocation.params(), token()));
    return this;
  }

  @Override
  void otherwiseNotified(Message.Notification notification) {
    listener.notified(notification);
  }

  @Override
  void requested(Message.Request request) {
    if (request.method().equals(Method.PING)) {
      session.send(loop, new Message.Success(request.id(), Raw.EMPTY_OBJECT));
      return;
    }
    waitForCaller();
    listener.asked(
        new Question(
            request.method(),
            request.params(),
            reply -> session.send(loop, message(request.id(), reply))));
  }

  private static Message message(Raw id, Question.Reply reply) {
    return switch (reply) {
      case Question.Reply.Result result -> new Message.Success(id, result.result());
      case Question.Reply.Fault fault -> new Message.Fault(id, fault.error());
    };
  }

  @Override
  void succeeded(Raw result) {
    finish(new Answer.Result(result));
  }

  @Override
  void faulted(Raw error) {
    finish(new Answer.Fault(error));
  }

  @Override
  void tellCancelled(String reason) {
    Members params =
        Members.NONE.with("requestId", Raw.number(id)).with("reason", Raw.string(reason));
    session.send(loop, new Message.Notification(Method.CANCELLED, params.raw()));
  }

  @Override
  public void refused(int status, MultiMap headers, byte[] body) {
    if (status == 404 && session.named()) {
      session.lost();
      finish(invalid("does not know the session any more"));
      return;
    }
    try {
      if (Message.read(body) instanceof Message.Fault fault) {
        faulted(fault.error());
        return;
      }
    } catch (RpcError noMessage) {
      // Said in the server's own way, so only its status tells.
    }
    finish(refusal(status));
  }
}
