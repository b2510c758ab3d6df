package dev.tollgate.http.engine;

import dev.tollgate.kernel.ErrorCode;
import org.jspecify.annotations.Nullable;

/** How a family of routes writes an error. */
@FunctionalInterface
public interface ErrorDialect {

  /**
   * The body of an error, as JSON.
   *
   * @param field the field that is wrong, where one is
   */
  byte[] body(ErrorCode code, String message, @Nullable String field, String requestId);

  /** A header beside {@code x-request-id} in which its SDKs look for the request's id, if any. */
  default @Nullable String requestIdHeader() {
    return null;
  }
}
