package dev.tollgate.kernel;

import java.util.Locale;

/** What went wrong, for a caller's program. Each is mapped to HTTP and to a dialect once. */
public enum ErrorCode {
  INVALID_REQUEST(400),
  UNPRICED_MODEL(400),
  UNBOUNDED_ESTIMATE(400),
  UNAUTHENTICATED(401),
  FORBIDDEN(403),
  NOT_FOUND(404),
  METHOD_NOT_ALLOWED(405),
  REQUEST_TIMEOUT(408),
  CONFLICT(409),
  REQUEST_TOO_LARGE(413),
  HEADERS_TOO_LARGE(431),
  BUDGET_EXHAUSTED(429),
  BUDGET_INSUFFICIENT(429),
  BUDGET_HELD(429),
  REQUESTS_LIMITED(429),
  TOKENS_LIMITED(429),
  STREAMS_LIMITED(429),
  INTERNAL(500),
  UPSTREAM_UNREACHABLE(502),
  UPSTREAM_INVALID(502),
  UPSTREAM_TIMEOUT(504),
  BUDGET_UNAVAILABLE(503),
  UNAVAILABLE(503),
  OVERLOADED(503);

  private final int status;

  ErrorCode(int status) {
    this.status = status;
  }

  /** The HTTP status (RFC 9110, section 15). */
  public int status() {
    return status;
  }

  /** The name on the wire, in snake case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
