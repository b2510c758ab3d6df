package dev.tollgate.http.mcp;

import dev.tollgate.connectors.Ask;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Question;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request within a legacy client's session, to its answer. A client that goes away has not
 * cancelled it. Lives on one event loop, but for {@link #cancel}.
 */
final class LegacyServing implements Listener {

  private final Session session;
  private final Raw id;
  private final PostAnswer answer;
  private final List<Long> questions = new ArrayList<>();
  private @Nullable Ongoing ongoing;
  private boolean over;

  private LegacyServing(Session session, Raw id, PostAnswer answer) {
    this.session = session;
    this.id = id;
    this.answer = answer;
  }

  static void serve(McpLoop loop, PostAnswer answer, Session session, Raw id, Ask ask) {
    LegacyServing serving = new LegacyServing(session, id, answer);
    if (!session.begin(id, () -> loop.run(serving::cancel))) {
      answer.end(
          400,
          new Message.Fault(
                  id,
                  RpcError.of(
                          RpcError.INVALID_REQUEST, "a request with this id is under way already")
                      .error())
              .raw());
      return;
    }
    serving.ongoing = loop.connectors().call(session.downstream(), ask, serving);
  }

  private void cancel() {
    if (!over) {
      over();
      if (ongoing != null) {
        ongoing.cancel();
      }
      answer.endEmpty();
    }
  }

  @Override
  public void notified(Message.Notification notification) {
    answer.event(Sse.event(null, notification.raw()));
    Ongoing source = ongoing;
    if (source != null && answer.full(source::resume)) {
      source.pause();
    }
  }

  @Override
  public void asked(Question question) {
    long number = session.ask(question);
    questions.add(number);
    answer.event(
        Sse.event(
            null,
            new Message.Request(Raw.number(number), question.method(), question.params()).raw()));
  }

  @Override
  public void answered(Answer what) {
    if (over) {
      return;
    }
    over();
    answer.end(
        200,
        switch (what) {
          case Answer.Result result -> new Message.Success(id, result.result()).raw();
          case Answer.Fault fault -> new Message.Fault(id, fault.error()).raw();
          case Answer.Failed failed ->
              new Message.Fault(id, McpErrors.error(failed.failure())).raw();
        });
  }

  private void over() {
    over = true;
    session.end(id);
    questions.forEach(session::forget);
  }
}
