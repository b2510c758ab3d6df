package dev.tollgate.http.admin;

import dev.tollgate.spend.Usage;

/** Tokens in the disjoint classes that are priced; {@code reasoning} is a part of output. */
record Tokens(
    long input,
    long cacheRead,
    long cacheWrite5m,
    long cacheWrite1h,
    long output,
    long reasoning,
    long inputAudio,
    long outputAudio,
    long webSearches) {

  static Tokens of(Usage usage) {
    return new Tokens(
        usage.input(),
        usage.cacheRead(),
        usage.cacheWrite5m(),
        usage.cacheWrite1h(),
        usage.output(),
        usage.reasoning(),
        usage.inputAudio(),
        usage.outputAudio(),
        usage.webSearches());
  }
}
