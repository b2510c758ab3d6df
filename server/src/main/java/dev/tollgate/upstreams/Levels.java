package dev.tollgate.upstreams;

import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Raw;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Severities of log lines (RFC 5424, section 6.2.1), least severe first. */
final class Levels {

  private static final List<String> ALL =
      List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

  private Levels() {}

  /** Whether a line of a log is at least as severe as {@code wanted}. */
  static boolean reaches(@Nullable Raw line, String wanted) {
    String level = Members.orNone(line).string("level");
    return level == null || ALL.indexOf(level) >= ALL.indexOf(wanted);
  }
}
