package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import io.vertx.core.buffer.Buffer;

/**
 * Carries one answer from a provider to the caller, on their event loop.
 *
 * <p>The end of an answer is held back: {@link #settled} lets it out when its charge is durable.
 */
sealed interface Relay permits WholeRelay, StreamRelay, ErrorRelay, CrossedErrorRelay, KeptRelay {

  /** The next bytes of the answer. */
  void chunk(Buffer chunk);

  /** The provider ended the answer in order. */
  void end();

  /** The provider, or our patience with it, ended before the answer did. */
  void cut(Failure why);

  /** What is known of the answer if it ends now: for a caller who went away. */
  Answer soFar();

  /** The charge is durable: let the end of the answer out. */
  void settled();
}
