package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.mcp.ServerFace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens a session over Streamable HTTP (MCP 2025-11-25, Lifecycle, Initialization). Lives on its
 * event loop.
 */
final class Handshake extends HttpCall {

  /** The server answered, and not as one that knows the handshake. */
  static final class NotLegacy extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    NotLegacy(int status, String message) {
      super(message, null, false, false);
      this.status = status;
    }

    /** Of HTTP; 200 for an error within a success. */
    int status() {
      return status;
    }
  }

  private final URI url;
  private final Promise<LegacySession> opened;
  private @Nullable String sessionId;

  private Handshake(
      UpstreamLoop loop,
      Target target,
      URI url,
      Invocation invocation,
      Promise<LegacySession> opened) {
    super(loop, target, invocation, new Failing(opened));
    this.url = url;
    this.opened = opened;
  }

  /** Whatever becomes of it, nobody waits for ever. */
  private record Failing(Promise<LegacySession> opened) implements Listener {
    @Override
    public void notified(Message.Notification notification) {}

    @Override
    public void asked(Question question) {}

    @Override
    public void answered(Answer answer) {
      if (answer instanceof Answer.Failed(Failure failure)) {
        opened.tryFail(failure);
      }
    }
  }

  /** Fails with {@link NotLegacy} where the server does not speak the era. */
  static Future<LegacySession> open(UpstreamLoop loop, Target target, URI url, Client client) {
    Revision wanted =
        client.revision().era() == dev.tollgate.mcp.Era.LEGACY
            ? client.revision()
            : Revision.NEWEST_LEGACY;
    Raw params =
        Members.NONE
            .with("protocolVersion", Raw.string(wanted.wire()))
            .with("capabilities", client.capabilities())
            .with("clientInfo", client.info() == null ? loop.introduction() : client.info())
            .raw();
    Handshake handshake =
        new Handshake(
            loop,
            target,
            url,
            new Invocation(client, Method.INITIALIZE, params, null, "", Map.of()),
            Promise.promise());
    handshake.post(
        url,
        Map.of(
            "content-type", "application/json",
            "accept", "application/json, text/event-stream",
            "accept-encoding", "identity"),
        params);
    return handshake.opened.future();
  }

  @Override
  public void accepted(int status, MultiMap headers) {
    sessionId = headers.get("mcp-session-id");
  }

  @Override
  void otherwiseNotified(Message.Notification notification) {}

  @Override
  void requested(Message.Request request) {}

  @Override
  void succeeded(Raw result) {
    String version = Members.of(result).string("protocolVersion");
    if (version == null) {
      fail(Failure.of(ErrorCode.UPSTREAM_INVALID, "connector " + target.name() + " shook no hand"));
      return;
    }
    HttpSession session =
        new HttpSession(
            target,
            url,
            sessionId,
            version,
            ServerFace.ofInitialize(result),
            invocation.client().capabilities());
    finish(new Answer.Result(result));
    session
        .send(loop, new Message.Notification(Method.INITIALIZED, null))
        .onComplete(sent -> opened.tryComplete(session), this::fail);
  }

  @Override
  void faulted(Raw error) {
    finish(new Answer.Fault(error));
    opened.tryFail(new NotLegacy(200, error.json()));
  }

  @Override
  public void refused(int status, MultiMap headers, byte[] body) {
    if (status == 400 || status == 404 || status == 405 || status == 406 || status == 415) {
      opened.tryFail(new NotLegacy(status, said(body)));
    }
    finish(refusal(status));
  }

  private static String said(byte[] body) {
    try {
      return Message.read(body).raw().json();
    } catch (RpcError noMessage) {
      return "no message";
    }
  }

  private void fail(Throwable cause) {
    opened.tryFail(cause);
  }

  @Override
  void tellCancelled(String reason) {
    // There is no session yet that it could be told in; the one who waits is.
    fail(
        Failure.of(
            ErrorCode.UPSTREAM_TIMEOUT, "connector " + target.name() + " shook no hand in time"));
  }
}
