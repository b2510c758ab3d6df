package dev.tollgate.upstreams;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.EventStream;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.ServerFace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A legacy session over Streamable HTTP (MCP 2025-11-25, Transports). */
final class HttpSession implements LegacySession {

  /** Within which a server takes what is not to be answered. */
  private static final Duration TAKEN = Duration.ofSeconds(30);

  private final Target target;
  private final URI url;
  private final @Nullable String id;
  private final String version;
  private final ServerFace face;
  private final Raw capabilities;

  private volatile boolean alive = true;
  private volatile @Nullable String logLevel;

  /**
   * A session after its handshake.
   *
   * @param id null: the server keeps no session
   */
  HttpSession(
      Target target,
      URI url,
      @Nullable String id,
      String version,
      ServerFace face,
      Raw capabilities) {
    this.target = target;
    this.url = url;
    this.id = id;
    this.version = version;
    this.face = face;
    this.capabilities = capabilities;
  }

  @Override
  public ServerFace face() {
    return face;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Raw capabilities() {
    return capabilities;
  }

  @Override
  public @Nullable String logLevel() {
    return logLevel;
  }

  @Override
  public void logLevel(String level) {
    logLevel = level;
  }

  @Override
  public boolean alive() {
    return alive;
  }

  /** The server does not know it any more. */
  void lost() {
    alive = false;
  }

  URI url() {
    return url;
  }

  /** Whether the server gave it an identifier, which it may forget. */
  boolean named() {
    return id != null;
  }

  Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    headers.put("content-type", "application/json");
    headers.put("accept", "application/json, text/event-stream");
    headers.put("accept-encoding", "identity");
    headers.put("mcp-protocol-version", version);
    if (id != null) {
      headers.put("mcp-session-id", id);
    }
    return headers;
  }

  @Override
  public Ongoing call(UpstreamLoop loop, Invocation invocation, Listener listener) {
    return new LegacyCall(loop, target, this, invocation, listener).start();
  }

  @Override
  public Ongoing listen(UpstreamLoop loop, Hearing hearing) {
    return new GetStream(loop, target, this, hearing).open();
  }

  @Override
  public Future<Void> send(UpstreamLoop loop, Message message) {
    return new Sending(loop).send(HttpMethod.POST, headers(), Buffer.buffer(message.raw().copy()));
  }

  @Override
  public Future<Void> close(UpstreamLoop loop) {
    alive = false;
    // A server need not let its clients end sessions (2025-11-25, Session Management: 405).
    return id == null
        ? Future.succeededFuture()
        : new Sending(loop).send(HttpMethod.DELETE, headers(), null).otherwiseEmpty();
  }

  /** A message that no answer is expected to, but that it was taken. */
  private final class Sending implements HttpAnswers {

    private final UpstreamLoop loop;
    private final Promise<Void> done = Promise.promise();

    Sending(UpstreamLoop loop) {
      this.loop = loop;
    }

    Future<Void> send(HttpMethod method, Map<String, String> headers, @Nullable Buffer body) {
      AuthorizedAsk ask = new AuthorizedAsk(loop, target, method, url, headers, body, this);
      Deadline late =
          loop.deadlines()
              .arm(
                  loop.clock().nanoTime() + TAKEN.toNanos(),
                  () -> {
                    ask.cancel();
                    done.tryFail(
                        Failure.of(
                            ErrorCode.UPSTREAM_TIMEOUT,
                            "connector " + target.name() + " took no message in time"));
                  });
      done.future().onComplete(outcome -> late.disarm());
      ask.start();
      return done.future();
    }

    @Override
    public void accepted(int status, MultiMap headers) {}

    @Override
    public void body(byte[] json) {}

    @Override
    public void event(EventStream.Event event) {}

    @Override
    public void refused(int status, MultiMap headers, byte[] body) {
      if (status == 404 && id != null) {
        lost();
      }
      done.tryFail(
          Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "connector " + target.name() + " answered with status " + status));
    }

    @Override
    public void ended(@Nullable Failure failure, boolean sent) {
      if (failure == null) {
        done.tryComplete();
      } else {
        done.tryFail(failure);
      }
    }
  }
}
