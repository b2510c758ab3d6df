package dev.tollgate.spend;

import org.jspecify.annotations.Nullable;

/**
 * What a provider reported of one call, in disjoint classes of tokens: a cached token is not input
 * again, and reasoning is a part of output.
 *
 * @param input tokens of text and images that were neither read from nor written to a cache
 * @param cacheRead tokens read from a prompt cache
 * @param cacheWrite5m tokens written to a cache of five minutes
 * @param cacheWrite1h tokens written to a cache of an hour
 * @param output all tokens generated but audio, reasoning included
 * @param reasoning how many of {@code output} were reasoning; for information
 * @param inputAudio tokens of audio sent
 * @param outputAudio tokens of audio generated
 * @param webSearches requests that the provider's own search tool made
 * @param serviceTier the tier that served the call, as reported; null: not reported
 * @param speed the speed that served the call (Anthropic's {@code speed}); null: not reported
 * @param geo where inference ran, as reported (Anthropic's {@code inference_geo})
 */
public record Usage(
    long input,
    long cacheRead,
    long cacheWrite5m,
    long cacheWrite1h,
    long output,
    long reasoning,
    long inputAudio,
    long outputAudio,
    long webSearches,
    @Nullable String serviceTier,
    @Nullable String speed,
    @Nullable String geo) {

  /** Nothing used, nothing reported. */
  public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, null, null, null);

  /** A usage of plain input and output tokens. */
  public static Usage of(long input, long output) {
    return new Usage(input, 0, 0, 0, output, 0, 0, 0, 0, null, null, null);
  }

  /** Every token of the prompt, whatever its class: what long-context thresholds look at. */
  public long prompt() {
    return input + cacheRead + cacheWrite5m + cacheWrite1h + inputAudio;
  }

  /** The same, with so many tokens of output and so many searches. */
  Usage withBounds(long tokens, long searches) {
    return new Usage(
        input,
        cacheRead,
        cacheWrite5m,
        cacheWrite1h,
        tokens,
        reasoning,
        inputAudio,
        outputAudio,
        searches,
        serviceTier,
        speed,
        geo);
  }
}
