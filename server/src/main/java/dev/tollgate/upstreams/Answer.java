package dev.tollgate.upstreams;

import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Raw;

/** What became of a call. */
public sealed interface Answer {

  /** The server's result, in the caller's era. */
  record Result(Raw result) implements Answer {}

  /**
   * The server's error, in the caller's era.
   *
   * @param error with {@code code} and {@code message}
   */
  record Fault(Raw error) implements Answer {}

  /** There is no answer of the server. */
  record Failed(Failure failure) implements Answer {}
}
