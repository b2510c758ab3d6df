package dev.tollgate.http.mcp;

import dev.tollgate.http.engine.ErrorDialect;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import org.jspecify.annotations.Nullable;

/** Errors as JSON-RPC writes them, without an identifier where no message was read. */
public final class McpErrors implements ErrorDialect {

  @Override
  public byte[] body(ErrorCode code, String message, @Nullable String field, String requestId) {
    return new Message.Fault(null, error(code, message)).raw().copy();
  }

  /** The member {@code error} for what went wrong on our side or behind it. */
  static Raw error(Failure failure) {
    return error(failure.code(), String.valueOf(failure.getMessage()));
  }

  /** What {@code thrown} is to a caller. */
  static Failure failure(Throwable thrown) {
    return thrown instanceof Failure failure
        ? failure
        : Failure.of(
            ErrorCode.INTERNAL, "something went wrong inside the gateway; its log has it", thrown);
  }

  private static Raw error(ErrorCode code, String message) {
    Members data = Members.NONE.with("code", Raw.string(code.wire()));
    Raw again = retryable(code);
    return RpcError.of(number(code), message, data.withIf("retryable", again).raw()).error();
  }

  /** Whether the same request may succeed in a while; null: nobody can say. */
  private static @Nullable Raw retryable(ErrorCode code) {
    return switch (code) {
      case BUDGET_EXHAUSTED, BUDGET_INSUFFICIENT -> Raw.of("false");
      case BUDGET_HELD,
          REQUESTS_LIMITED,
          TOKENS_LIMITED,
          STREAMS_LIMITED,
          BUDGET_UNAVAILABLE,
          UNAVAILABLE,
          OVERLOADED ->
          Raw.TRUE;
      case INVALID_REQUEST,
          UNPRICED_MODEL,
          UNBOUNDED_ESTIMATE,
          UNAUTHENTICATED,
          FORBIDDEN,
          NOT_FOUND,
          METHOD_NOT_ALLOWED,
          REQUEST_TIMEOUT,
          CONFLICT,
          REQUEST_TOO_LARGE,
          HEADERS_TOO_LARGE,
          INTERNAL,
          UPSTREAM_UNREACHABLE,
          UPSTREAM_INVALID,
          UPSTREAM_TIMEOUT ->
          null;
    };
  }

  private static int number(ErrorCode code) {
    return switch (code) {
      case INVALID_REQUEST, NOT_FOUND, REQUEST_TOO_LARGE, HEADERS_TOO_LARGE, METHOD_NOT_ALLOWED ->
          RpcError.INVALID_REQUEST;
      case INTERNAL -> RpcError.INTERNAL_ERROR;
      case BUDGET_EXHAUSTED,
          BUDGET_INSUFFICIENT,
          BUDGET_HELD,
          BUDGET_UNAVAILABLE,
          REQUESTS_LIMITED,
          TOKENS_LIMITED,
          STREAMS_LIMITED ->
          RpcError.REFUSED_BY_BUDGET;
      case UNPRICED_MODEL,
          UNBOUNDED_ESTIMATE,
          UNAUTHENTICATED,
          FORBIDDEN,
          REQUEST_TIMEOUT,
          CONFLICT,
          UPSTREAM_UNREACHABLE,
          UPSTREAM_INVALID,
          UPSTREAM_TIMEOUT,
          UNAVAILABLE,
          OVERLOADED ->
          RpcError.UPSTREAM_FAILED;
    };
  }
}
