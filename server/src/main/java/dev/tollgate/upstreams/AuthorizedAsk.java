package dev.tollgate.upstreams;

import dev.tollgate.egress.Pinned;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.EventStream;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request under the target's authority; sent once more when that was refused and could be
 * renewed. Lives on its event loop.
 */
final class AuthorizedAsk implements HttpAnswers {

  private final UpstreamLoop loop;
  private final Target target;
  private final HttpMethod method;
  private final URI url;
  private final Map<String, String> headers;
  private final @Nullable Buffer body;
  private final HttpAnswers answers;
  private final boolean lasting;

  private @Nullable HttpAsk ask;
  private boolean cancelled;
  private boolean paused;
  private boolean renewed;

  AuthorizedAsk(
      UpstreamLoop loop,
      Target target,
      HttpMethod method,
      URI url,
      Map<String, String> headers,
      @Nullable Buffer body,
      HttpAnswers answers) {
    // What is read by GET is a stream of a session.
    this(loop, target, method, url, headers, body, answers, method.equals(HttpMethod.GET));
  }

  /**
   * A request.
   *
   * @param lasting whether its answer is a stream that ends when its reader likes
   */
  AuthorizedAsk(
      UpstreamLoop loop,
      Target target,
      HttpMethod method,
      URI url,
      Map<String, String> headers,
      @Nullable Buffer body,
      HttpAnswers answers,
      boolean lasting) {
    this.loop = loop;
    this.target = target;
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.body = body;
    this.answers = answers;
    this.lasting = lasting;
  }

  AuthorizedAsk start() {
    loop.here(target.authority().headers())
        .onComplete(
            authority -> loop.pin(url).onComplete(where -> send(authority, where), this::nowhere),
            this::noAuthority);
    return this;
  }

  private void send(Map<String, String> authority, Pinned where) {
    if (cancelled) {
      return;
    }
    Map<String, String> all = new HashMap<>(headers);
    all.putAll(authority);
    HttpAsk sending = new HttpAsk(target, loop.resultBytes(), this);
    ask = sending;
    if (paused) {
      sending.pause();
    }
    sending.send(loop.client(lasting), method, where, all, body);
  }

  private void nowhere(Throwable cause) {
    if (!cancelled) {
      answers.ended(
          Failure.of(
              ErrorCode.UPSTREAM_UNREACHABLE,
              "connector " + target.name() + " cannot be reached: " + cause.getMessage(),
              cause),
          false);
    }
  }

  private void noAuthority(Throwable cause) {
    if (!cancelled) {
      answers.ended(
          cause instanceof Failure failure
              ? failure
              : Failure.of(
                  ErrorCode.UPSTREAM_INVALID,
                  "connector " + target.name() + " has no credential that could be used",
                  cause),
          false);
    }
  }

  @Override
  public void refused(int status, MultiMap answered, byte[] text) {
    if ((status != 401 && status != 403) || renewed) {
      answers.refused(status, answered, text);
      return;
    }
    renewed = true;
    loop.here(target.authority().refused(status, answered.get("www-authenticate")))
        .onComplete(
            again -> {
              if (again) {
                start();
              } else if (!cancelled) {
                answers.refused(status, answered, text);
              }
            },
            this::noAuthority);
  }

  @Override
  public void accepted(int status, MultiMap answered) {
    answers.accepted(status, answered);
  }

  @Override
  public void body(byte[] json) {
    answers.body(json);
  }

  @Override
  public void event(EventStream.Event event) {
    answers.event(event);
  }

  @Override
  public void ended(@Nullable Failure failure, boolean sent) {
    answers.ended(failure, sent);
  }

  /** Ends it unheard. */
  void cancel() {
    cancelled = true;
    if (ask != null) {
      ask.cancel();
    }
  }

  void pause() {
    paused = true;
    if (ask != null) {
      ask.pause();
    }
  }

  void resume() {
    paused = false;
    if (ask != null) {
      ask.resume();
    }
  }
}
