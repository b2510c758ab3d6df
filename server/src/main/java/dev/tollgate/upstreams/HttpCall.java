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
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request over Streamable HTTP and what comes back of it, up to its one answer. What differs
 * between the eras is its subclasses'. Lives on its event loop.
 */
abstract class HttpCall implements Ongoing, HttpAnswers {

  private static final Logger log = LoggerFactory.getLogger(HttpCall.class);

  private static final long FOREVER_NANOS = Duration.ofDays(365).toNanos();

  final UpstreamLoop loop;
  final Target target;
  final Invocation invocation;
  final Listener listener;
  final long id;

  private final long beganNanos;
  private final @Nullable Raw callersToken;
  private @Nullable AuthorizedAsk ask;
  private @Nullable Deadline deadline;
  private boolean over;
  private boolean paused;

  HttpCall(UpstreamLoop loop, Target target, Invocation invocation, Listener listener) {
    this.loop = loop;
    this.target = target;
    this.invocation = invocation;
    this.listener = listener;
    this.id = loop.nextId();
    this.callersToken = invocation.progressToken();
    this.beganNanos = loop.clock().nanoTime();
  }

  /** The token that the server is to report progress under; null: the caller wants none. */
  final @Nullable Raw token() {
    return callersToken == null ? null : Raw.number(id);
  }

  final void post(URI url, Map<String, String> headers, @Nullable Raw params) {
    Raw message = new Message.Request(Raw.number(id), invocation.method(), params).raw();
    if (deadline == null) {
      deadline = loop.deadlines().arm(until(), this::tooLate);
    }
    request(HttpMethod.POST, url, headers, Buffer.buffer(message.copy()));
  }

  final void request(
      HttpMethod method, URI url, Map<String, String> headers, @Nullable Buffer body) {
    boolean lasting = method.equals(HttpMethod.GET) || invocation.method().equals(Method.LISTEN);
    AuthorizedAsk asked =
        new AuthorizedAsk(loop, target, method, url, headers, body, this, lasting);
    ask = asked;
    flow();
    asked.start();
  }

  /** Every sign of life renews the patience with the next, within that with the whole call. */
  private long until() {
    if (invocation.method().equals(Method.LISTEN)) {
      // A subscription is as long as its client wants it, and silent while nothing changes.
      return beganNanos + FOREVER_NANOS;
    }
    long silence = loop.clock().nanoTime() + target.patience().silence().toNanos();
    long whole = beganNanos + target.patience().call().toNanos();
    return whole - silence < 0 ? whole : silence;
  }

  /** The silence is not the server's now: only the whole call is bounded. */
  final void waitForCaller() {
    if (deadline != null) {
      deadline.move(beganNanos + target.patience().call().toNanos());
    }
  }

  private void tooLate() {
    tellCancelled("no answer in time");
    drop();
    finish(
        new Answer.Failed(
            Failure.of(
                ErrorCode.UPSTREAM_TIMEOUT,
                "connector " + target.name() + " kept silent for longer than is waited for here")));
  }

  @Override
  public void body(byte[] json) {
    if (json.length > 0) {
      receive(Raw.of(json));
    }
  }

  @Override
  public void event(EventStream.Event event) {
    if (event.data().length() > 0) {
      receive(event.data());
    }
  }

  private void receive(Raw json) {
    if (over) {
      return;
    }
    if (deadline != null) {
      deadline.move(until());
    }
    try {
      receive(Message.read(json));
    } catch (RpcError malformed) {
      drop();
      finish(invalid("sent what is no message: " + malformed.getMessage()));
    }
  }

  private void receive(Message message) {
    switch (message) {
      case Message.Notification notification -> notified(notification);
      case Message.Request request -> requested(request);
      case Message.Success success -> {
        if (ours(success.id())) {
          succeeded(success.result());
        }
      }
      case Message.Fault fault -> {
        if (fault.id() == null || ours(fault.id())) {
          faulted(fault.error());
        }
      }
    }
  }

  private boolean ours(Raw answered) {
    Long number = answered.whole();
    if (number != null && number == id) {
      return true;
    }
    log.debug("connector {} answered {}, which was not asked", target.name(), answered);
    return false;
  }

  private void notified(Message.Notification notification) {
    if (!notification.method().equals(Method.PROGRESS)) {
      otherwiseNotified(notification);
      return;
    }
    Members params = Members.orNone(notification.params());
    Raw token = params.get("progressToken");
    Long number = token == null ? null : token.whole();
    if (callersToken != null && number != null && number == id) {
      listener.notified(
          new Message.Notification(
              Method.PROGRESS, params.with("progressToken", callersToken).raw()));
    }
  }

  /** Whether what the server says more is to wait, whatever the caller can take. */
  boolean full() {
    return false;
  }

  /** The call is over, answered or not. */
  void ended() {}

  /** Any notification but progress. */
  abstract void otherwiseNotified(Message.Notification notification);

  /** A request of the server. */
  abstract void requested(Message.Request request);

  abstract void succeeded(Raw result);

  abstract void faulted(Raw error);

  /** Tells the server, where the era has a message for it. */
  abstract void tellCancelled(String reason);

  @Override
  public void accepted(int status, MultiMap headers) {}

  @Override
  public void ended(@Nullable Failure failure, boolean sent) {
    if (!over) {
      finish(failure == null ? invalid("closed without an answer") : new Answer.Failed(failure));
    }
  }

  final Answer invalid(String why) {
    return new Answer.Failed(
        Failure.of(ErrorCode.UPSTREAM_INVALID, "connector " + target.name() + " " + why));
  }

  /** What a refusal without a JSON-RPC error comes to. */
  final Answer refusal(int status) {
    return invalid(
        switch (status) {
          case 401, 403 -> "refused the credential (" + status + ")";
          case 429 -> "is asked too often (429)";
          default -> "answered with status " + status;
        });
  }

  final void finish(Answer answer) {
    if (!over) {
      over = true;
      disarm();
      ended();
      Answers.tell(listener, answer);
    }
  }

  final boolean over() {
    return over;
  }

  @Override
  public final void cancel() {
    if (!over) {
      over = true;
      disarm();
      ended();
      tellCancelled("the caller is gone");
      drop();
    }
  }

  /** Ends the request in hand, unheard. */
  final void drop() {
    if (ask != null) {
      ask.cancel();
    }
  }

  private void disarm() {
    if (deadline != null) {
      deadline.disarm();
    }
  }

  @Override
  public final void pause() {
    paused = true;
    flow();
  }

  @Override
  public final void resume() {
    paused = false;
    flow();
  }

  /** Reads on, or not. */
  final void flow() {
    if (ask == null) {
      return;
    }
    if (paused || full()) {
      ask.pause();
    } else {
      ask.resume();
    }
  }
}
