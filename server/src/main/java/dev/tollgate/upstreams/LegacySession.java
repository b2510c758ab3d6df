package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.ServerFace;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A session with a legacy server, after its handshake. Shared by all event loops; closed once.
 *
 * <p>Source: MCP 2025-11-25, Lifecycle.
 */
interface LegacySession {

  /** What the server said of itself. */
  ServerFace face();

  /** The revision that was agreed on, as the server wrote it. */
  String version();

  /** The capabilities that were declared for the client. */
  Raw capabilities();

  /** From which severity on it was last told to send log lines; null: it was not told. */
  @Nullable String logLevel();

  void logLevel(String level);

  /** A call in it, begun on {@code loop}. */
  Ongoing call(UpstreamLoop loop, Invocation invocation, Listener listener);

  /** Listens to what belongs to no call, until cancelled; begun on {@code loop}. */
  Ongoing listen(UpstreamLoop loop, Hearing hearing);

  /** Sends a notification or a response. */
  Future<Void> send(UpstreamLoop loop, Message message);

  /**
   * Completes, on any thread, when nothing comes any more of calls that were given up, or the
   * session is over.
   */
  default Future<Void> quiet() {
    return Future.succeededFuture();
  }

  /** Whether the server still knows it, as far as has been seen. */
  boolean alive();

  /**
   * Ends it, on {@code loop}.
   *
   * @return completes when the server was told, or cannot be
   */
  Future<Void> close(UpstreamLoop loop);
}
