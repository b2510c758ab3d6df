package dev.tollgate.upstreams;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.EventStream;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.mcp.Translation;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request in a session over Streamable HTTP. Lives on its event loop. */
final class LegacyCall extends HttpCall {

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final HttpSession session;
  private final OpenQuestions questions;
  private final Replies replies;
  private @Nullable String lastEventId;
  private @Nullable Deadline again;
  private long retryNanos = RETRY.toNanos();
  private boolean begun;

  LegacyCall(
      UpstreamLoop loop,
      Target target,
      HttpSession session,
      Invocation invocation,
      Listener listener) {
    super(loop, target, invocation, listener);
    this.session = session;
    this.questions = loop.questions(target);
    this.replies = new Replies(loop, session, this::flow);
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
      replies.send(new Message.Success(request.id(), Raw.EMPTY_OBJECT));
      return;
    }
    Question question =
        questions.open(
            request.method(),
            request.params(),
            reply -> loop.run(() -> replies.send(reply.to(request.id()))));
    if (question == null) {
      replies.send(OpenQuestions.refusal(request));
    } else {
      waitForCaller();
      listener.asked(question);
    }
  }

  @Override
  boolean full() {
    return replies.full();
  }

  @Override
  void ended() {
    questions.end();
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
  public void event(EventStream.Event event) {
    if (event.id() != null) {
      lastEventId = event.id();
    }
    Long retry = event.retryMillis();
    if (retry != null) {
      retryNanos = Duration.ofMillis(retry).toNanos();
    }
    if (event.data().length() == 0 && !over()) {
      listener.primed(retry);
    }
    super.event(event);
  }

  /** A stream that ended before the answer goes on where it left off, if the server marked it. */
  @Override
  public void ended(@Nullable Failure failure, boolean sent) {
    if (over() || lastEventId == null || !session.alive()) {
      super.ended(begun && failure != null ? broken(failure) : failure, sent);
      return;
    }
    if (again == null) {
      listener.interrupted();
      again = loop.deadlines().arm(loop.clock().nanoTime() + retryNanos, this::comeBack);
    }
  }

  /** Not reached again, and yet begun. */
  private Failure broken(Failure failure) {
    return failure.code() == ErrorCode.UPSTREAM_UNREACHABLE
        ? Failure.of(
            ErrorCode.UPSTREAM_INVALID,
            "connector " + target.name() + " broke off, and cannot be reached again",
            failure)
        : failure;
  }

  private void comeBack() {
    again = null;
    begun = true;
    if (over()) {
      return;
    }
    Map<String, String> headers = session.headers();
    headers.remove("content-type");
    headers.put("accept", "text/event-stream");
    headers.put("last-event-id", String.valueOf(lastEventId));
    request(HttpMethod.GET, session.url(), headers, null);
  }

  @Override
  public void hurry() {
    Deadline waiting = again;
    if (waiting != null) {
      waiting.disarm();
      comeBack();
    }
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
      if (!begun) {
        listener.unbegun();
      }
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
