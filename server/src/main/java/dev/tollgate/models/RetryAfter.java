package dev.tollgate.models;

import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * How long a provider asks to be left alone: {@code retry-after} in seconds or as a date (RFC 9110,
 * section 10.2.3), or {@code retry-after-ms}, which OpenAI's SDKs read first.
 */
final class RetryAfter {

  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  /** About a year: what is longer is as good as this. */
  private static final double LONGEST_SECONDS = 3e7;

  private RetryAfter() {}

  /** In nanoseconds; 0: nothing was said, or nothing that makes sense. */
  static long nanos(MultiMap headers, Instant now) {
    String millis = headers.get("retry-after-ms");
    double inMillis = millis == null ? -1 : number(millis);
    if (inMillis >= 0) {
      return (long) (Math.min(inMillis, LONGEST_SECONDS) * NANOS_PER_MILLI);
    }
    String value = headers.get("retry-after");
    if (value == null) {
      return 0;
    }
    double seconds = number(value);
    return seconds >= 0
        ? (long) (Math.min(seconds, LONGEST_SECONDS) * NANOS_PER_SECOND)
        : until(value, now);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  private static long until(String date, Instant now) {
    try {
      Instant at = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Math.max(0, Duration.between(now, at).toNanos());
    } catch (DateTimeException | ArithmeticException malformed) {
      return 0;
    }
  }
}
