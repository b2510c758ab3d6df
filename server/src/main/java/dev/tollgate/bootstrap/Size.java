package dev.tollgate.bootstrap;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written with its unit: {@code 32MiB}. */
public record Size(long bytes) {

  private static final Pattern FORM = Pattern.compile("(\\d{1,12}) ?([A-Za-z]*)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "",
          1L,
          "B",
          1L,
          "KB",
          1_000L,
          "MB",
          1_000_000L,
          "GB",
          1_000_000_000L,
          "KiB",
          1L << 10,
          "MiB",
          1L << 20,
          "GiB",
          1L << 30);

  /**
   * Reads {@code 512}, {@code 64KiB}, {@code 1 MB}.
   *
   * @throws IllegalArgumentException for anything else
   */
  static Size parse(String text) {
    Matcher form = FORM.matcher(text);
    Long unit = form.matches() ? UNITS.get(form.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException("is not a size such as 64KiB, 32MiB or 1GiB: " + text);
    }
    return new Size(Math.multiplyExact(Long.parseLong(form.group(1)), unit));
  }

  /**
   * The bytes as an {@code int}.
   *
   * @throws ArithmeticException beyond 2 GiB
   */
  int intBytes() {
    return Math.toIntExact(bytes);
  }
}
