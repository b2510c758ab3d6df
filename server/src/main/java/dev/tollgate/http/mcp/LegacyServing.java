package dev.tollgate.http.mcp;

import dev.tollgate.connectors.Ask;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request within a legacy client's session, to its answer. A client that goes away has not
 * cancelled it: what it misses is kept. Lives on one event loop.
 */
final class LegacyServing implements Listener, Session.Running {

  private final McpLoop loop;
  private final Session session;
  private final Raw id;
  private final PostAnswer answer;
  private final EventLog log;
  private final List<Long> questions = new ArrayList<>();
  private @Nullable Ongoing ongoing;
  private boolean over;

  private LegacyServing(McpLoop loop, Session session, Raw id, PostAnswer answer) {
    this.loop = loop;
    this.session = session;
    this.id = id;
    this.answer = answer;
    this.log = session.logs().open(false, answer);
    answer.whenGone(() -> log.detach(answer));
  }

  static void serve(McpLoop loop, PostAnswer answer, Session session, Raw id, Ask ask) {
    // A copy: what came with it is not to be kept for as long as the call.
    LegacyServing serving = new LegacyServing(loop, session, Raw.of(id.copy()), answer);
    if (!session.begin(serving.id, serving)) {
      session.logs().drop(serving.log);
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
    if (serving.over) {
      return;
    }
    serving.ongoing = loop.connectors().call(session.downstream(), ask, serving);
  }

  @Override
  public void cancel() {
    loop.run(() -> {
      if (!over) {
        over();
        if (ongoing != null) {
          ongoing.cancel();
        }
        if (log.begun()) {
          log.end();
        } else {
          session.logs().drop(log);
          answer.endEmpty();
        }
      }
    });
  }

  @Override
  public void hurry(int stream) {
    if (stream == log.stream()) {
      loop.run(() -> {
        if (ongoing != null) {
          ongoing.hurry();
        }
      });
    }
  }

  @Override
  public void notified(Message.Notification notification) {
    send(notification);
  }

  @Override
  public void asked(Question question) {
    Long number = session.ask(question);
    if (number != null) {
      questions.removeIf(each -> !session.asks(each));
      questions.add(number);
      send(new Message.Request(Raw.number(number), question.method(), question.params()));
    }
  }

  private void send(Message message) {
    log.add(message.raw());
    Ongoing source = ongoing;
    if (source != null && log.full(() -> loop.run(source::resume))) {
      source.pause();
    }
  }

  @Override
  public void primed(@Nullable Long retryMillis) {
    log.prime(retryMillis);
  }

  @Override
  public void interrupted() {
    if (log.begun()) {
      log.interrupt();
    }
  }

  @Override
  public void sourced(String status, Duration age) {
    answer.sourced(status, age);
  }

  @Override
  public void answered(Answer what) {
    if (over) {
      return;
    }
    over();
    Raw message =
        switch (what) {
          case Answer.Result result -> new Message.Success(id, result.result()).raw();
          case Answer.Fault fault -> new Message.Fault(id, fault.error()).raw();
          case Answer.Failed failed ->
              new Message.Fault(id, McpErrors.error(failed.failure())).raw();
        };
    if (log.begun()) {
      log.add(message);
      log.end();
    } else {
      session.logs().drop(log);
      answer.end(200, message);
    }
  }

  private void over() {
    over = true;
    session.end(id, this);
    questions.forEach(session::forget);
  }
}
