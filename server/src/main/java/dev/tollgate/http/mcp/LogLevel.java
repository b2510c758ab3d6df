package dev.tollgate.http.mcp;

import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Severities of log lines (RFC 5424, section 6.2.1), least severe first. */
final class LogLevel {

  private static final List<String> ALL =
      List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

  private LogLevel() {}

  /** The level that {@code value} names; null where it is missing; throws where it names none. */
  static @Nullable String required(@Nullable Raw value) {
    if (value == null) {
      return null;
    }
    String level = value.string();
    if (level == null || !ALL.contains(level)) {
      throw RpcError.of(
          RpcError.INVALID_PARAMS, "the log level must be one of " + String.join(", ", ALL));
    }
    return level;
  }
}
