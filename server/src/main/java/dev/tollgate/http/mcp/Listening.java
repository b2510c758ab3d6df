package dev.tollgate.http.mcp;

import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.upstreams.Hearing;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Question;
import org.jspecify.annotations.Nullable;

/** A legacy client's stream of what belongs to no request. Lives on one event loop. */
final class Listening implements Hearing {

  private final McpLoop loop;
  private final Session session;
  private final PostAnswer answer;
  private final EventLog log;
  private final Runnable end = this::end;
  private @Nullable Ongoing ongoing;
  private boolean over;

  private Listening(McpLoop loop, Session session, PostAnswer answer, EventLog log) {
    this.loop = loop;
    this.session = session;
    this.answer = answer;
    this.log = log;
  }

  /** Begins to listen; what is heard goes into {@code log}, which {@code answer} reads. */
  static void begin(McpLoop loop, Session session, PostAnswer answer, EventLog log) {
    Listening listening = new Listening(loop, session, answer, log);
    answer.whenGone(() -> listening.end.run());
    loop.server().keep(listening.end);
    answer.start();
    session.listens(listening.end, () -> loop.run(listening::listen));
    listening.listen();
  }

  private void listen() {
    if (over) {
      return;
    }
    if (ongoing != null) {
      ongoing.cancel();
    }
    ongoing = loop.connectors().listen(session.downstream(), session.subscribed(), this);
  }

  private void end() {
    session.deaf(end);
    loop.server().forget(end);
    loop.run(() -> {
      if (!over) {
        over = true;
        if (ongoing != null) {
          ongoing.cancel();
        }
        log.interrupt();
      }
    });
  }

  @Override
  public void heard(Message.Notification notification) {
    send(notification);
  }

  /** It may be answered behind another stream, too. */
  @Override
  public void asked(Question question) {
    Long number = session.ask(question);
    if (number != null) {
      send(new Message.Request(Raw.number(number), question.method(), question.params()));
    }
  }

  private void send(Message message) {
    if (answer.leftBehind()) {
      return;
    }
    log.add(message.raw());
    Ongoing source = ongoing;
    if (source != null && log.full(() -> loop.run(source::resume))) {
      source.pause();
    }
  }
}
