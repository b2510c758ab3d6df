package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.RpcError;

/** How answers of servers are told. */
public final class Answers {

  private Answers() {}

  /**
   * Tells {@code listener} an answer. What it holds is read on the way, and one that turns out to
   * be malformed there is none: the listener hears of a failure in its place, so that nobody waits
   * for ever. A listener reads what it must before it changes anything about itself.
   */
  public static void tell(Listener listener, Answer answer) {
    try {
      listener.answered(answer);
    } catch (RpcError malformed) {
      listener.answered(
          new Answer.Failed(
              Failure.of(
                  ErrorCode.UPSTREAM_INVALID,
                  "the connector's server sent what cannot be read: " + malformed.getMessage(),
                  malformed)));
    }
  }
}
