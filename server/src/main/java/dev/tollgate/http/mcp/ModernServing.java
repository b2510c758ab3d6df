package dev.tollgate.http.mcp;

import dev.tollgate.connectors.Ask;
import dev.tollgate.connectors.Downstream;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Meta;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Question;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request of a modern client, from its headers to its answer. Lives on one event loop. */
final class ModernServing implements Listener {

  /** What earlier revisions had and this one does not. */
  private static final Set<String> GONE =
      Set.of(
          Method.INITIALIZE,
          Method.PING,
          Method.SET_LEVEL,
          Method.SUBSCRIBE,
          Method.UNSUBSCRIBE,
          Method.ELICIT,
          Method.SAMPLE,
          Method.ROOTS);

  private final McpLoop loop;
  private final Raw id;
  private final Runnable end = this::endListening;
  private final PostAnswer answer;
  private final boolean listening;
  private @Nullable Ongoing ongoing;

  private ModernServing(McpLoop loop, Raw id, PostAnswer answer, boolean listening) {
    this.loop = loop;
    this.id = id;
    this.listening = listening;
    this.answer = answer;
  }

  static void serve(
      McpLoop loop, PostAnswer answer, Downstream downstream, Inbound.Modern inbound, Ask ask) {
    Message.Request request = inbound.request();
    ModernServing serving =
        new ModernServing(loop, request.id(), answer, request.method().equals(Method.LISTEN));
    if (GONE.contains(request.method())) {
      serving.fault(
          RpcError.of(
                  RpcError.METHOD_NOT_FOUND,
                  request.method() + " is no method of revision 2026-07-28")
              .error());
    } else if (request.method().equals(Method.DISCOVER)) {
      loop.connectors()
          .introduce(downstream)
          .onComplete(
              introduction -> serving.result(introduction.face().discoverResult()),
              failure -> serving.fault(McpErrors.error(McpErrors.failure(failure))));
    } else {
      answer.whenGone(serving::gone);
      if (serving.listening) {
        loop.server().keep(serving.end);
      }
      serving.ongoing = loop.connectors().call(downstream, ask, serving);
    }
  }

  /** The gateway ends: said as the end of a subscription is (Subscriptions, Graceful Closure). */
  private void endListening() {
    loop.run(() -> {
      gone();
      result(Members.NONE.with("resultType", Raw.string("complete")).raw());
    });
  }

  private void gone() {
    loop.server().forget(end);
    if (ongoing != null) {
      ongoing.cancel();
    }
  }

  @Override
  public void notified(Message.Notification notification) {
    if (listening && answer.leftBehind()) {
      return;
    }
    answer.write(Sse.event(null, tagged(notification).raw()));
    Ongoing source = ongoing;
    if (source != null && answer.full(() -> loop.run(source::resume))) {
      source.pause();
    }
  }

  /** Whatever a subscription brings carries the identifier that its client gave it. */
  private Message.Notification tagged(Message.Notification notification) {
    return listening
        ? new Message.Notification(
            notification.method(), tagged(Members.orNone(notification.params())))
        : notification;
  }

  private Raw tagged(Members members) {
    return members
        .with(Meta.FIELD, members.within(Meta.FIELD).with(Meta.SUBSCRIPTION_ID, id).raw())
        .raw();
  }

  @Override
  public void asked(Question question) {
    question.answer(
        new Question.Reply.Fault(
            RpcError.of(RpcError.METHOD_NOT_FOUND, "the client cannot be asked").error()));
  }

  @Override
  public void sourced(String status, Duration age) {
    answer.sourced(status, age);
  }

  @Override
  public void answered(Answer what) {
    loop.server().forget(end);
    switch (what) {
      case Answer.Result result -> result(result.result());
      case Answer.Fault fault -> fault(fault.error());
      case Answer.Failed failed -> fault(McpErrors.error(failed.failure()));
    }
  }

  private void result(Raw result) {
    Raw own = listening ? tagged(Members.of(result)) : result;
    answer.end(200, new Message.Success(id, own).raw());
  }

  private void fault(Raw error) {
    Raw code = Members.of(error).get("code");
    answer.end(
        PostAnswer.status(code == null ? null : code.whole()), new Message.Fault(id, error).raw());
  }
}
