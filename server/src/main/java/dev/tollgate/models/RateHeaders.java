package dev.tollgate.models;

import dev.tollgate.limits.Reading;
import dev.tollgate.limits.Readings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the limits of a caller look in its dialect.
 *
 * <p>Source: OpenAI's guide to rate limits, Rate limits in headers; Anthropic's API reference, Rate
 * limits, Response headers.
 */
final class RateHeaders {

  private static final Names OPENAI_REQUESTS = Names.openAi("requests");
  private static final Names OPENAI_TOKENS = Names.openAi("tokens");
  private static final Names ANTHROPIC_REQUESTS = Names.anthropic("requests");
  private static final Names ANTHROPIC_TOKENS = Names.anthropic("tokens");

  /** Raced for: thousands of calls a second are told the same second. */
  private static volatile Second lately = new Second(0, Instant.EPOCH.toString());

  private record Names(String limit, String remaining, String reset) {

    static Names openAi(String kind) {
      return new Names(
          "x-ratelimit-limit-" + kind,
          "x-ratelimit-remaining-" + kind,
          "x-ratelimit-reset-" + kind);
    }

    static Names anthropic(String kind) {
      String name = "anthropic-ratelimit-" + kind;
      return new Names(name + "-limit", name + "-remaining", name + "-reset");
    }
  }

  private record Second(long second, String text) {}

  /** A provider's, of whichever dialect: {@code anthropic-priority-} is of its priority tier. */
  private static final List<String> PROVIDERS =
      List.of("x-ratelimit-", "anthropic-ratelimit-", "anthropic-priority-");

  private RateHeaders() {}

  /** Whether a provider tells of its limits by a header of this name, in lower case. */
  static boolean isProviders(String name) {
    for (String beginning : PROVIDERS) {
      if (name.startsWith(beginning)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a caller is told what a provider says of its limits. That is of the account that the
   * key belongs to: the operator's is shared, and how others use it is nobody's to know.
   *
   * @param readings of the caller's own limits, which go before; null: it has none
   * @param own whether the answer came by the organization's own key
   */
  static boolean passes(@Nullable Readings readings, boolean own) {
    return own && (readings == null || (readings.requests() == null && readings.tokens() == null));
  }

  static void of(Dialect dialect, Readings readings, BiConsumer<String, String> header) {
    switch (dialect) {
      case OPENAI -> {
        of(OPENAI_REQUESTS, readings.requests(), RateHeaders::after, header);
        of(OPENAI_TOKENS, readings.tokens(), RateHeaders::after, header);
      }
      case ANTHROPIC -> {
        of(ANTHROPIC_REQUESTS, readings.requests(), RateHeaders::instant, header);
        of(ANTHROPIC_TOKENS, readings.tokens(), RateHeaders::instant, header);
      }
    }
  }

  private static void of(
      Names names,
      @Nullable Reading reading,
      Function<Reading, String> reset,
      BiConsumer<String, String> header) {
    if (reading != null) {
      header.accept(names.limit(), Long.toString(reading.limit()));
      header.accept(names.remaining(), Long.toString(reading.remaining()));
      header.accept(names.reset(), reset.apply(reading));
    }
  }

  private static String after(Reading reading) {
    return duration(reading.reset());
  }

  /** As RFC 3339 has it, in whole seconds, rounded up. */
  private static String instant(Reading reading) {
    Instant at = reading.at();
    long nanos = at.getNano() + (long) reading.reset().toNanosPart();
    long second =
        at.getEpochSecond() + reading.reset().toSeconds() + Math.ceilDiv(nanos, 1_000_000_000L);
    Second known = lately;
    if (known.second() != second) {
      known = new Second(second, Instant.ofEpochSecond(second).toString());
      lately = known;
    }
    return known.text();
  }

  /** As Go has it: {@code 6m0s}, {@code 1.5s}, {@code 20ms}. */
  static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1_000) {
      return millis + "ms";
    }
    String fraction =
        millis % 1_000 == 0
            ? ""
            : String.format(Locale.ROOT, ".%03d", millis % 1_000).replaceFirst("0+$", "");
    long minutes = millis / 60_000;
    return (minutes == 0 ? "" : minutes + "m") + millis / 1_000 % 60 + fraction + "s";
  }
}
