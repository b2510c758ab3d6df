package dev.tollgate.connectors;

import dev.tollgate.mcp.Raw;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as a caller stated it.
 *
 * @param params as they came; null: none
 * @param logLevel from which on log lines are wanted; null: none of them
 * @param headers {@code Mcp-Param-*} as they came
 * @param requestId the correlation id of the HTTP request
 */
public record Ask(
    String method,
    @Nullable Raw params,
    @Nullable String logLevel,
    Map<String, String> headers,
    String requestId) {

  /** The same with other parameters. */
  Ask with(@Nullable Raw changed) {
    return new Ask(method, changed, logLevel, headers, requestId);
  }
}
