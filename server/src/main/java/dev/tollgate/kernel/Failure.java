package dev.tollgate.kernel;

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

  private Failure(
      ErrorCode code, String message, @Nullable String field, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.field = field;
  }

  public static Failure of(ErrorCode code, String message) {
    return new Failure(code, message, null, null);
  }

  public static Failure of(ErrorCode code, String message, Throwable cause) {
    return new Failure(code, message, null, cause);
  }

  /** A request whose {@code field} (a JSON path such as {@code providers[0].name}) is wrong. */
  public static Failure invalid(String field, String message) {
    return new Failure(ErrorCode.INVALID_REQUEST, message, field, null);
  }

  public static Failure notFound(String message) {
    return of(ErrorCode.NOT_FOUND, message);
  }

  public ErrorCode code() {
    return code;
  }

  /** The field that is wrong, where one is. */
  public @Nullable String field() {
    return field;
  }
}
