package dev.tollgate.http.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a blocking handler.
 *
 * @param body written as JSON; a {@code byte[]} or a {@code String} goes out as it is; null: none
 */
public record Reply(
    int status, @Nullable Object body, String contentType, Map<String, String> headers) {

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
