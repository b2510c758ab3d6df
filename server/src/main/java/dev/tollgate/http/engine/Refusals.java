package dev.tollgate.http.engine;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a failure becomes an answer: its status, its retry headers, its body. */
final class Refusals {

  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  private Refusals() {}

  static void write(
      HttpServerRequest request, ErrorDialect dialect, Failure failure, String requestId) {
    write(request, dialect, failure, requestId, null);
  }

  /** With a challenge for {@code WWW-Authenticate}; null: none. */
  static void write(
      HttpServerRequest request,
      ErrorDialect dialect,
      Failure failure,
      String requestId,
      @Nullable String challenge) {
    HttpServerResponse response = request.response();
    if (failure.code() == ErrorCode.INTERNAL) {
      log.error("request {} failed: {}", requestId, failure.getMessage(), failure);
    }
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    ErrorCode code = failure.code();
    response.headers().clear();
    response.setStatusCode(code.status());
    response.putHeader("content-type", "application/json");
    response.putHeader("x-request-id", requestId);
    String second = dialect.requestIdHeader();
    if (second != null) {
      response.putHeader(second, requestId);
    }
    retryHeaders(response, code);
    failure.headers().forEach(response::putHeader);
    if (challenge != null) {
      response.putHeader("www-authenticate", challenge);
    }
    String message = failure.getMessage() == null ? code.wire() : failure.getMessage();
    response.end(Buffer.buffer(dialect.body(code, message, failure.field(), requestId)));
  }

  /** Tells official SDKs whether to try again: they read {@code x-should-retry} first. */
  private static void retryHeaders(HttpServerResponse response, ErrorCode code) {
    switch (code) {
      case BUDGET_EXHAUSTED, BUDGET_INSUFFICIENT -> {
        response.putHeader("x-tollgate-refusal", code.wire());
        response.putHeader("x-should-retry", "false");
      }
      case BUDGET_HELD -> {
        response.putHeader("x-tollgate-refusal", code.wire());
        response.putHeader("x-should-retry", "true");
        response.putHeader("retry-after", "1");
      }
      case REQUESTS_LIMITED, TOKENS_LIMITED, STREAMS_LIMITED -> {
        // When to try again is known where the limit is, if ever.
        response.putHeader("x-tollgate-refusal", "rate_limited");
        response.putHeader("x-should-retry", "true");
      }
      case BUDGET_UNAVAILABLE -> {
        response.putHeader("x-tollgate-refusal", code.wire());
        response.putHeader("retry-after", "1");
      }
      case UNPRICED_MODEL, UNBOUNDED_ESTIMATE ->
          response.putHeader("x-tollgate-refusal", code.wire());
      case UNAVAILABLE, OVERLOADED -> response.putHeader("retry-after", "1");
      case INVALID_REQUEST,
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
          UPSTREAM_TIMEOUT -> {}
    }
  }
}
