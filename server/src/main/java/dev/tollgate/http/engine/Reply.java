package dev.tollgate.http.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a blocking handler.
 *
 * @param body written as JSON; a {@code byte[]} or a {@code String} goes out as it is, {@link
 *     Parts} one by one; null: none
 */
public record Reply(
    int status, @Nullable Object body, String contentType, Map<String, String> headers) {

  /**
   * A body that is never in memory whole. The next part is asked for, on a virtual thread, when the
   * one before is with the client; a failure in the first is answered as any other, in a later one
   * it cuts the connection, so that nobody takes a part for the whole.
   */
  @FunctionalInterface
  public interface Parts {
    /** The next part; null: that was all. May block. */
    byte @Nullable [] next();
  }

  public static Reply json(int status, Object body) {
    return new Reply(status, body, "application/json", Map.of());
  }

  public static Reply text(int status, String body) {
    return new Reply(status, body, "text/plain; charset=utf-8", Map.of());
  }

  public static Reply empty(int status) {
    return new Reply(status, null, "", Map.of());
  }
}
