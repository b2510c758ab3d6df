package dev.tollgate.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Values of {@code Mcp-Name} and {@code Mcp-Param-*}: as they are where that is safe, else in
 * Base64 between markers (MCP 2026-07-28, Streamable HTTP, Value Encoding).
 */
public final class HeaderText {

  private static final String BEGIN = "=?base64?";
  private static final String END = "?=";

  private HeaderText() {}

  /** What goes into the header. */
  public static String encode(String value) {
    return safe(value)
        ? value
        : BEGIN + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)) + END;
  }

  /** What a header says; null: it is malformed. */
  public static @Nullable String decode(String header) {
    if (!marked(header)) {
      return plain(header) ? header : null;
    }
    try {
      byte[] bytes =
          Base64.getDecoder()
              .decode(header.substring(BEGIN.length(), header.length() - END.length()));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  private static boolean safe(String value) {
    return !value.isEmpty() && plain(value) && value.equals(value.strip()) && !marked(value);
  }

  private static boolean plain(String value) {
    return value.chars().allMatch(c -> (c >= 0x20 && c <= 0x7e) || c == '\t');
  }

  private static boolean marked(String value) {
    return value.length() >= BEGIN.length() + END.length()
        && value.startsWith(BEGIN)
        && value.endsWith(END);
  }
}
