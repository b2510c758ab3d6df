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
    Raw data = Members.NONE.with("code", Raw.string(code.wire())).raw();
    return RpcError.of(number(code), message, data).error();
  }

  private static int number(ErrorCode code) {
    return switch (code) {
      case INVALID_REQUEST, NOT_FOUND, REQUEST_TOO_LARGE, HEADERS_TOO_LARGE, METHOD_NOT_ALLOWED ->
          RpcError.INVALID_REQUEST;
      case INTERNAL -> RpcError.INTERNAL_ERROR;
      case UNPRICED_MODEL,
          UNBOUNDED_ESTIMATE,
          UNAUTHENTICATED,
          FORBIDDEN,
          REQUEST_TIMEOUT,
          CONFLICT,
          BUDGET_EXHAUSTED,
          BUDGET_INSUFFICIENT,
          BUDGET_HELD,
          UPSTREAM_UNREACHABLE,
          UPSTREAM_INVALID,
          UPSTREAM_TIMEOUT,
          BUDGET_UNAVAILABLE,
          UNAVAILABLE,
          OVERLOADED ->
          RpcError.UPSTREAM_FAILED;
    };
  }
}
