package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.EventStream;
import dev.tollgate.mcp.Raw;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages over HTTP+SSE: they come as events of one stream, and go by POST to the address that its
 * first event names (MCP 2024-11-05, Transports). Lives on its event loop.
 */
final class SsePipe implements Pipe, HttpAnswers {

  /** Messages that may be on their way to the server while it is read from. */
  private static final int POSTING = 32;

  private final UpstreamLoop loop;
  private final Target target;
  private final URI url;
  private final Ear ear;
  private final Promise<URI> endpoint = Promise.promise();
  private final AuthorizedAsk stream;
  private boolean over;
  private boolean paused;
  private int posting;

  SsePipe(UpstreamLoop loop, Target target, URI url, Ear ear) {
    this.loop = loop;
    this.target = target;
    this.url = url;
    this.ear = ear;
    this.stream =
        new AuthorizedAsk(
                loop,
                target,
                HttpMethod.GET,
                url,
                Map.of("accept", "text/event-stream", "accept-encoding", "identity"),
                null,
                this)
            .start();
  }

  @Override
  public void accepted(int status, MultiMap headers) {}

  @Override
  public void body(byte[] json) {
    lost("answered with no stream");
  }

  @Override
  public void event(EventStream.Event event) {
    if (over) {
      return;
    }
    if (event.type().equals("endpoint")) {
      at(event.data().json());
    } else if (event.data().length() > 0) {
      ear.message(event.data());
    }
  }

  /** Elsewhere than the stream the credentials are not to go. */
  private void at(String text) {
    try {
      URI named = url.resolve(text.strip());
      if (!origin(named).equals(origin(url))) {
        lost("names an endpoint at another origin");
        return;
      }
      endpoint.tryComplete(named);
    } catch (IllegalArgumentException malformed) {
      lost("names an endpoint that is no URL");
    }
  }

  private static String origin(URI url) {
    return url.getScheme() + "://" + url.getRawAuthority();
  }

  @Override
  public void refused(int status, MultiMap headers, byte[] body) {
    lost("answered with status " + status);
  }

  @Override
  public void ended(@Nullable Failure failure, boolean sent) {
    lost(failure == null ? "closed its stream" : String.valueOf(failure.getMessage()));
  }

  private void lost(String why) {
    if (!over) {
      over = true;
      stream.cancel();
      endpoint.tryFail(why);
      ear.lost(why);
    }
  }

  @Override
  public Future<Void> send(Raw message) {
    posting++;
    flow();
    return endpoint
        .future()
        .compose(to -> post(to, message))
        .onComplete(sent -> {
          posting--;
          flow();
        });
  }

  private Future<Void> post(URI to, Raw message) {
    Promise<Void> sent = Promise.promise();
    new AuthorizedAsk(
            loop,
            target,
            HttpMethod.POST,
            to,
            Map.of("content-type", "application/json", "accept-encoding", "identity"),
            Buffer.buffer(message.copy()),
            new Posted(sent))
        .start();
    return sent.future();
  }

  /** All that is said to a message: that it was taken. */
  private record Posted(Promise<Void> sent) implements HttpAnswers {

    @Override
    public void accepted(int status, MultiMap headers) {
      sent.tryComplete();
    }

    @Override
    public void body(byte[] json) {}

    @Override
    public void event(EventStream.Event event) {}

    @Override
    public void refused(int status, MultiMap headers, byte[] body) {
      sent.tryFail(Failure.of(ErrorCode.UPSTREAM_INVALID, "answered with status " + status));
    }

    @Override
    public void ended(@Nullable Failure failure, boolean sentAny) {
      // Servers of that time answer with text, which is no matter once it is a success.
      sent.tryFail(
          failure == null
              ? Failure.of(ErrorCode.UPSTREAM_INVALID, "closed without an answer")
              : failure);
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

  /** A server that is slow to take answers is not to ask more meanwhile. */
  private void flow() {
    if (paused || posting >= POSTING) {
      stream.pause();
    } else {
      stream.resume();
    }
  }

  @Override
  public void close() {
    over = true;
    endpoint.tryFail("closed");
    stream.cancel();
  }
}
