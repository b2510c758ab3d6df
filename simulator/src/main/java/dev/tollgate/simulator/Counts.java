package dev.tollgate.simulator;

/**
 * The usage that an answer reports, in disjoint classes; reasoning is a part of {@code output}.
 *
 * @param input tokens neither read from a cache nor written to one, nor audio
 */
record Counts(
    long input,
    long cacheRead,
    long cacheWrite5m,
    long cacheWrite1h,
    long output,
    long reasoning,
    long inputAudio,
    long outputAudio,
    long webSearches) {

  /** Every token of the prompt. */
  long prompt() {
    return input + cacheRead + cacheWrite5m + cacheWrite1h + inputAudio;
  }

  /** Every token generated. */
  long completion() {
    return output + outputAudio;
  }
}
