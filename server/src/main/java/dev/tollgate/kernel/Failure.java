package dev.tollgate.kernel;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call that cannot go on and that nobody between here and the caller can decide on.
 *
 * <p>The message is for the caller: what was wrong, with what, and what to do. It carries no secret
 * and no detail of our inside; those go to the cause, which is logged and never sent.
 */
public final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final @Nullable String field;
  private final transient Map<String, String> headers;

  private Failure(
      ErrorCode code,
      String message,
      @Nullable String field,
      @Nullable Throwable cause,
      Map<String, String> headers) {
    super(message, cause);
    this.code = code;
    this.field = field;
    this.headers = headers;
  }

  public static Failure of(ErrorCode code, String message) {
    return new Failure(code, message, null, null, Map.of());
  }

  public static Failure of(ErrorCode code, String message, Throwable cause) {
    return new Failure(code, message, null, cause, Map.of());
  }

  /** A request whose {@code field} (a JSON path such as {@code providers[0].name}) is wrong. */
  public static Failure invalid(String field, String message) {
    return new Failure(ErrorCode.INVALID_REQUEST, message, field, null, Map.of());
  }

  public static Failure notFound(String message) {
    return of(ErrorCode.NOT_FOUND, message);
  }

  /** What {@code field} of the request names is not there. */
  public static Failure notFound(String field, String message) {
    return new Failure(ErrorCode.NOT_FOUND, message, field, null, Map.of());
  }

  /**
   * The same, of which an answer over HTTP tells more in its headers, in place of those that it has
   * by its code.
   */
  public Failure with(Map<String, String> headers) {
    return new Failure(code, String.valueOf(getMessage()), field, getCause(), Map.copyOf(headers));
  }

  public ErrorCode code() {
    return code;
  }

  /** Headers of {@link #with}. */
  public Map<String, String> headers() {
    return headers;
  }

  /** The field that is wrong, where one is. */
  public @Nullable String field() {
    return field;
  }
}
