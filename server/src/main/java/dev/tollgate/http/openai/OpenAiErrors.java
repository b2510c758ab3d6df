package dev.tollgate.http.openai;

import dev.tollgate.http.engine.ErrorDialect;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Errors as OpenAI writes them (API reference, Errors), so that its SDKs throw their own. */
public final class OpenAiErrors implements ErrorDialect {

  private static final JsonMapper JSON = new JsonMapper();

  @Override
  public byte[] body(ErrorCode code, String message, @Nullable String field, String requestId) {
    return JSON.writeValueAsBytes(error(code, message, field));
  }

  /** The error as an event of a stream. */
  static String event(Failure failure) {
    return "data: "
        + JSON.writeValueAsString(
            error(failure.code(), String.valueOf(failure.getMessage()), failure.field()))
        + "\n\n";
  }

  /** The error as an event of a stream of Responses: with its members beside and below. */
  static String typedEvent(Failure failure) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", "error");
    event.put("sequence_number", 0);
    event.put("code", wire(failure.code(), failure.field()));
    event.put("message", String.valueOf(failure.getMessage()));
    event.put("param", failure.field());
    event.putAll(error(failure.code(), String.valueOf(failure.getMessage()), failure.field()));
    return "event: error\ndata: " + JSON.writeValueAsString(event) + "\n\n";
  }

  private static Map<String, Object> error(ErrorCode code, String message, @Nullable String field) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("message", message);
    error.put("type", type(code));
    error.put("param", field);
    error.put("code", wire(code, field));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error", error);
    return body;
  }

  private static String type(ErrorCode code) {
    return switch (code) {
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
          HEADERS_TOO_LARGE ->
          "invalid_request_error";
      case BUDGET_EXHAUSTED, BUDGET_INSUFFICIENT -> "insufficient_quota";
      case BUDGET_HELD, REQUESTS_LIMITED, STREAMS_LIMITED -> "requests";
      case TOKENS_LIMITED -> "tokens";
      case INTERNAL,
          UPSTREAM_UNREACHABLE,
          UPSTREAM_INVALID,
          UPSTREAM_TIMEOUT,
          BUDGET_UNAVAILABLE,
          UNAVAILABLE,
          OVERLOADED ->
          "server_error";
    };
  }

  private static @Nullable String wire(ErrorCode code, @Nullable String field) {
    return switch (code) {
      case BUDGET_EXHAUSTED, BUDGET_INSUFFICIENT -> "organization_spend_limit_exceeded";
      case BUDGET_HELD, REQUESTS_LIMITED, TOKENS_LIMITED, STREAMS_LIMITED -> "rate_limit_exceeded";
      case UNAUTHENTICATED -> "invalid_api_key";
      case INVALID_REQUEST -> field == null ? null : "invalid_value";
      case NOT_FOUND -> "model".equals(field) ? "model_not_found" : code.wire();
      case UNPRICED_MODEL,
          UNBOUNDED_ESTIMATE,
          FORBIDDEN,
          METHOD_NOT_ALLOWED,
          REQUEST_TIMEOUT,
          CONFLICT,
          REQUEST_TOO_LARGE,
          HEADERS_TOO_LARGE,
          INTERNAL,
          UPSTREAM_UNREACHABLE,
          UPSTREAM_INVALID,
          UPSTREAM_TIMEOUT,
          BUDGET_UNAVAILABLE,
          UNAVAILABLE,
          OVERLOADED ->
          code.wire();
    };
  }
}
