package dev.tollgate.upstreams;

import dev.tollgate.mcp.HeaderText;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.mcp.Translation;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request to a modern server (MCP 2026-07-28, Streamable HTTP). Lives on its event loop. */
class ModernCall extends HttpCall {

  private final URI url;

  ModernCall(UpstreamLoop loop, Target target, URI url, Invocation invocation, Listener listener) {
    super(loop, target, invocation, listener);
    this.url = url;
  }

  ModernCall start() {
    post(
        url,
        headers(),
        Translation.modernParams(
            invocation.params(), invocation.client(), invocation.logLevel(), token()));
    return this;
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>(invocation.headers());
    headers.put("content-type", "application/json");
    headers.put("accept", "application/json, text/event-stream");
    headers.put("accept-encoding", "identity");
    headers.put("mcp-protocol-version", Revision.MODERN.wire());
    headers.put("mcp-method", invocation.method());
    String name = name(invocation);
    if (name != null) {
      headers.put("mcp-name", HeaderText.encode(name));
    }
    return headers;
  }

  private static @Nullable String name(Invocation invocation) {
    Members params = Members.orNone(invocation.params());
    return switch (invocation.method()) {
      case Method.TOOLS_CALL, Method.PROMPTS_GET -> params.string("name");
      case Method.RESOURCES_READ -> params.string("uri");
      default -> null;
    };
  }

  @Override
  void otherwiseNotified(Message.Notification notification) {
    listener.notified(notification);
  }

  @Override
  void requested(Message.Request request) {
    // No such thing in this era: nobody could answer it (Streamable HTTP, Receiving Messages).
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
  void tellCancelled(String reason) {
    // Closing the response's stream is what tells it (Streamable HTTP, Cancellation).
  }

  @Override
  public void refused(int status, MultiMap headers, byte[] body) {
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
