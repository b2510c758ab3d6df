package dev.tollgate.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong.
 *
 * @param status the error to answer with; 0: none
 * @param headers further ones of every answer, right or wrong
 * @param cutAfter events of a stream before the cut; -1: no cut
 * @param cutBytes bytes of any other answer before the cut; -1: no cut
 * @param errorAfter events of a stream before an error event; -1: none
 */
record Faults(
    int status,
    @Nullable String retryAfter,
    Map<String, String> headers,
    Cut cut,
    int cutAfter,
    int cutBytes,
    boolean silent,
    Body body,
    @Nullable String contentType,
    boolean gzip,
    int errorAfter,
    boolean terminal,
    UsageReport usage) {

  static final Faults NONE = of(Settings.NONE);

  /** How a cut ends the connection. */
  enum Cut {
    RESET,
    CLOSE
  }

  /** What an answer's body is. */
  enum Body {
    NORMAL,
    INVALID,
    HTML,
    EMPTY
  }

  /** How usage is reported. */
  enum UsageReport {
    EXACT,
    NONE,
    REPEATED
  }

  static Faults of(Settings settings) {
    int most = 1 << 30;
    return new Faults(
        (int) settings.number(Key.STATUS, 0, 400, 599),
        settings.text(Key.RETRY_AFTER),
        headers(settings),
        settings.choice(Key.CUT, Cut.RESET),
        (int) settings.number(Key.CUT_AFTER, -1, 0, most),
        (int) settings.number(Key.CUT_BYTES, -1, 0, most),
        settings.flag(Key.SILENT, false),
        settings.choice(Key.BODY, Body.NORMAL),
        settings.text(Key.CONTENT_TYPE),
        settings.flag(Key.GZIP, false),
        (int) settings.number(Key.ERROR_AFTER, -1, 0, most),
        settings.flag(Key.TERMINAL, true),
        settings.choice(Key.USAGE, UsageReport.EXACT));
  }

  private static Map<String, String> headers(Settings settings) {
    String text = settings.text(Key.HEADERS);
    Map<String, String> headers = new LinkedHashMap<>();
    for (String header : text == null ? new String[0] : text.split(",", -1)) {
      String[] parts = header.split(":", 2);
      if (parts.length < 2 || !parts[0].matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
        throw settings.bad(Key.HEADERS, String.valueOf(text), "name:value,name:value");
      }
      headers.put(parts[0], parts[1]);
    }
    return headers;
  }
}
