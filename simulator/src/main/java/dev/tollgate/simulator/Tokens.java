package dev.tollgate.simulator;

import org.jspecify.annotations.Nullable;

/**
 * What usage says.
 *
 * @param reasoning tokens of reasoning; -1: as many as the answer shows, when asked for
 * @param cacheRead tokens beside {@code input}; -1 here and in the writes: by the request's marks
 * @param serviceTier null: as asked for
 */
record Tokens(
    Count input,
    Count output,
    long reasoning,
    boolean overshoot,
    long cacheRead,
    long cacheWrite5m,
    long cacheWrite1h,
    long inputAudio,
    long outputAudio,
    long webSearches,
    @Nullable String serviceTier) {

  private static final long MOST = 1_000_000_000L;

  /** Where a count comes from. */
  enum Source {
    FIXED,
    TEXT,
    BODY,
    MAX,
    TRACE
  }

  /**
   * A number of tokens, or how to get at it.
   *
   * @param fixed meaningful for {@link Source#FIXED} alone
   */
  record Count(Source source, long fixed) {}

  static Tokens of(Settings settings) {
    return new Tokens(
        count(settings, Key.INPUT_TOKENS),
        count(settings, Key.OUTPUT_TOKENS),
        settings.number(Key.REASONING_TOKENS, -1, 0, MOST),
        settings.flag(Key.OVERSHOOT, false),
        settings.number(Key.CACHE_READ_TOKENS, -1, 0, MOST),
        settings.number(Key.CACHE_WRITE_TOKENS, -1, 0, MOST),
        settings.number(Key.CACHE_WRITE_1H_TOKENS, -1, 0, MOST),
        settings.number(Key.INPUT_AUDIO_TOKENS, 0, 0, MOST),
        settings.number(Key.OUTPUT_AUDIO_TOKENS, 0, 0, MOST),
        settings.number(Key.WEB_SEARCHES, 0, 0, MOST),
        settings.text(Key.SERVICE_TIER));
  }

  /** Whether the request has no say in it, but for its maximum. */
  boolean steady() {
    return input.source() == Source.FIXED && output.source() == Source.FIXED;
  }

  private static Count count(Settings settings, Key key) {
    String value = settings.text(key);
    boolean input = key == Key.INPUT_TOKENS;
    if (value == null || value.equals("text")) {
      return new Count(Source.TEXT, 0);
    } else if (value.equals("trace")) {
      return new Count(Source.TRACE, 0);
    } else if (input && value.equals("body")) {
      return new Count(Source.BODY, 0);
    } else if (!input && value.equals("max")) {
      return new Count(Source.MAX, 0);
    }
    return new Count(Source.FIXED, settings.number(key, 0, 0, MOST));
  }
}
