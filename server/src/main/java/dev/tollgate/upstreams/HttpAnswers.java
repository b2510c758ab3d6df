package dev.tollgate.upstreams;

import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.EventStream;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/** Hears what an HTTP request leads to, on its event loop. */
interface HttpAnswers {

  /** A success: its head. */
  void accepted(int status, MultiMap headers);

  /** The whole of a body that is no stream; empty for 202. */
  void body(byte[] json);

  /** An event of a stream. */
  void event(EventStream.Event event);

  /** Anything but a success, with as much of its body as is read of such. */
  void refused(int status, MultiMap headers, byte[] body);

  /**
   * Nothing more comes: after {@link #body}, at the end of a stream, or for a failure.
   *
   * @param sent whether anything may have reached the server
   */
  void ended(@Nullable Failure failure, boolean sent);
}
