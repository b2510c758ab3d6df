package dev.tollgate.upstreams;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.EventStream;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a session over Streamable HTTP that belongs to no call; opened again where it left
 * off when it breaks (MCP 2025-11-25, Listening for Messages from the Server). Lives on its event
 * loop.
 */
final class GetStream implements Ongoing, HttpAnswers {

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final UpstreamLoop loop;
  private final Target target;
  private final HttpSession session;
  private final Hearing hearing;
  private final OpenQuestions questions;
  private final Replies replies;

  private @Nullable AuthorizedAsk ask;
  private @Nullable Deadline again;
  private @Nullable String lastEventId;
  private @Nullable Long retryMillis;
  private int failures;
  private boolean paused;
  private boolean over;

  GetStream(UpstreamLoop loop, Target target, HttpSession session, Hearing hearing) {
    this.loop = loop;
    this.target = target;
    this.session = session;
    this.hearing = hearing;
    this.questions = loop.questions(target);
    this.replies = new Replies(loop, session, this::flow);
  }

  GetStream open() {
    again = null;
    if (over) {
      return this;
    }
    if (!session.alive()) {
      hearing.lost();
      return this;
    }
    Map<String, String> headers = new HashMap<>(session.headers());
    headers.remove("content-type");
    headers.put("accept", "text/event-stream");
    if (lastEventId != null) {
      headers.put("last-event-id", lastEventId);
    }
    AuthorizedAsk asked =
        new AuthorizedAsk(loop, target, HttpMethod.GET, session.url(), headers, null, this);
    ask = asked;
    flow();
    asked.start();
    return this;
  }

  @Override
  public void accepted(int status, MultiMap headers) {
    failures = 0;
  }

  @Override
  public void body(byte[] json) {}

  @Override
  public void event(EventStream.Event event) {
    if (event.id() != null) {
      lastEventId = event.id();
    }
    if (event.retryMillis() != null) {
      retryMillis = event.retryMillis();
    }
    if (over || event.data().length() == 0) {
      return;
    }
    try {
      heard(Message.read(event.data()));
    } catch (RpcError malformed) {
      cancelAsk();
      openLater();
    }
  }

  private void heard(Message message) {
    switch (message) {
      case Message.Notification notification -> hearing.heard(notification);
      case Message.Request request -> {
        if (request.method().equals(Method.PING)) {
          replies.send(new Message.Success(request.id(), Raw.EMPTY_OBJECT));
        } else if (target.stateless()) {
          replies.send(new Message.Fault(request.id(), anybodys().error()));
        } else {
          asked(request);
        }
      }
      case Message.Success late -> {
        // Of a call that nobody waits for any more.
      }
      case Message.Fault late -> {
        // Likewise.
      }
    }
  }

  private void asked(Message.Request request) {
    Question question =
        questions.open(
            request.method(),
            request.params(),
            reply -> loop.run(() -> replies.send(reply.to(request.id()))));
    if (question == null) {
      replies.send(OpenQuestions.refusal(request));
    } else {
      hearing.asked(question);
    }
  }

  /** On a session that callers share, a question that belongs to no call could be anybody's. */
  private static RpcError anybodys() {
    return RpcError.of(
        RpcError.INVALID_REQUEST,
        "several clients share this session: ask on the stream of the request that it is about");
  }

  /** A server that has no such stream says so; anything else may pass. */
  @Override
  public void refused(int status, MultiMap headers, byte[] body) {
    if (status == 404 && session.named()) {
      session.lost();
      hearing.lost();
    } else if (status != 405 && status != 400) {
      openLater();
    }
  }

  @Override
  public void ended(@Nullable Failure failure, boolean sent) {
    openLater();
  }

  private void openLater() {
    if (over || again != null) {
      return;
    }
    long wait =
        retryMillis != null && failures == 0
            ? Duration.ofMillis(retryMillis).toNanos()
            : SHORTEST.toNanos() << Math.min(failures, 6);
    failures++;
    again =
        loop.deadlines()
            .arm(loop.clock().nanoTime() + Math.min(wait, LONGEST.toNanos()), this::open);
  }

  @Override
  public void cancel() {
    over = true;
    if (again != null) {
      again.disarm();
    }
    cancelAsk();
  }

  private void cancelAsk() {
    if (ask != null) {
      ask.cancel();
    }
  }

  @Override
  public void pause() {
    paused = true;
    flow();
  }

  @Override
  public void resume() {
    paused = false;
    flow();
  }

  private void flow() {
    if (ask == null) {
      return;
    }
    if (paused || replies.full()) {
      ask.pause();
    } else {
      ask.resume();
    }
  }
}
