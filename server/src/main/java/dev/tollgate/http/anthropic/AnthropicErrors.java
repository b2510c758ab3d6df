package dev.tollgate.http.anthropic;

import dev.tollgate.http.engine.ErrorDialect;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Errors as Anthropic writes them (API reference, Errors), so that its SDKs throw their own. */
public final class AnthropicErrors implements ErrorDialect {

  private static final JsonMapper JSON = new JsonMapper();

  @Override
  public byte[] body(ErrorCode code, String message, @Nullable String field, String requestId) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "error");
    body.put("error", error(code, message, field));
    body.put("request_id", requestId);
    return JSON.writeValueAsBytes(body);
  }

  @Override
  public String requestIdHeader() {
    return "request-id";
  }

  /** The error as an event of a stream. */
  static String event(Failure failure, String requestId) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "error");
    body.put("error", error(failure.code(), String.valueOf(failure.getMessage()), failure.field()));
    body.put("request_id", requestId);
    return "event: error\ndata: " + JSON.writeValueAsString(body) + "\n\n";
  }

  private static Map<String, Object> error(ErrorCode code, String message, @Nullable String field) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("type", type(code));
    error.put(
        "message", field == null || message.contains(field) ? message : field + ": " + message);
    if (MessagesEnvelope.THREAD.equals(field)) {
      error.put(
          "details",
          Map.of("error_code", "thread_unsupported_request", "unsupported", List.of(field)));
    }
    return error;
  }

  private static String type(ErrorCode code) {
    return switch (code) {
      case INVALID_REQUEST,
          UNPRICED_MODEL,
          UNBOUNDED_ESTIMATE,
          METHOD_NOT_ALLOWED,
          REQUEST_TIMEOUT,
          CONFLICT,
          HEADERS_TOO_LARGE ->
          "invalid_request_error";
      case UNAUTHENTICATED -> "authentication_error";
      case FORBIDDEN -> "permission_error";
      case NOT_FOUND -> "not_found_error";
      case REQUEST_TOO_LARGE -> "request_too_large";
      case BUDGET_EXHAUSTED, BUDGET_INSUFFICIENT -> "billing_error";
      case BUDGET_HELD, REQUESTS_LIMITED, TOKENS_LIMITED, STREAMS_LIMITED -> "rate_limit_error";
      case OVERLOADED -> "overloaded_error";
      case UPSTREAM_TIMEOUT -> "timeout_error";
      case INTERNAL, UPSTREAM_UNREACHABLE, UPSTREAM_INVALID, BUDGET_UNAVAILABLE, UNAVAILABLE ->
          "api_error";
    };
  }
}
