package dev.tollgate.connectors;

import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.spend.Outcome;
import dev.tollgate.upstreams.Answer;
import org.jspecify.annotations.Nullable;

/** What a call of a tool came to, to whoever pays for it. Pure. */
final class Ending {

  private Ending() {}

  /**
   * How it ended; null: it was not carried out, and is no call yet. What nobody knows the outcome
   * of counts as carried out.
   */
  static Outcome.@Nullable Status of(Answer answer) {
    return switch (answer) {
      case Answer.Result(Raw result) -> result(Members.orNone(result));
      case Answer.Fault(Raw error) -> refused(error) ? null : Outcome.Status.ERROR;
      case Answer.Failed(Failure failure) -> unsent(failure) ? null : Outcome.Status.ERROR;
    };
  }

  private static Outcome.@Nullable Status result(Members result) {
    if (InputRequired.asks(result)) {
      return null;
    }
    Raw error = result.get("isError");
    return error != null && error.isTrue() ? Outcome.Status.ERROR : Outcome.Status.OK;
  }

  /**
   * Whether the server refused the request rather than failed at it, or asks for something first.
   */
  private static boolean refused(Raw error) {
    Raw said = Members.orNone(error).get("code");
    Long code = said == null ? null : said.whole();
    return code != null
        && code == code.intValue()
        && switch (code.intValue()) {
          case RpcError.PARSE_ERROR,
              RpcError.INVALID_REQUEST,
              RpcError.METHOD_NOT_FOUND,
              RpcError.INVALID_PARAMS,
              RpcError.HEADER_MISMATCH,
              RpcError.MISSING_CAPABILITY,
              RpcError.UNSUPPORTED_VERSION ->
              true;
          default -> InputRequired.ofError(error) != null;
        };
  }

  /** Whether it surely did not reach the server. */
  private static boolean unsent(Failure failure) {
    return switch (failure.code()) {
      case INVALID_REQUEST,
          UNPRICED_MODEL,
          UNBOUNDED_ESTIMATE,
          UNAUTHENTICATED,
          FORBIDDEN,
          NOT_FOUND,
          METHOD_NOT_ALLOWED,
          CONFLICT,
          REQUEST_TOO_LARGE,
          HEADERS_TOO_LARGE,
          BUDGET_EXHAUSTED,
          BUDGET_INSUFFICIENT,
          BUDGET_HELD,
          REQUESTS_LIMITED,
          TOKENS_LIMITED,
          STREAMS_LIMITED,
          BUDGET_UNAVAILABLE,
          UPSTREAM_UNREACHABLE,
          UNAVAILABLE,
          OVERLOADED ->
          true;
      case REQUEST_TIMEOUT, INTERNAL, UPSTREAM_INVALID, UPSTREAM_TIMEOUT -> false;
    };
  }
}
