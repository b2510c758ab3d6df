package dev.tollgate.models;

import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.Usage;
import org.jspecify.annotations.Nullable;

/**
 * How an answer ended, as its relay saw it.
 *
 * @param charge what of it is charged
 * @param rawUsage the provider's report; null: none
 * @param deliveredBytes bytes of generated text that came before the end
 */
record Answer(
    Outcome.Status status,
    Charged charge,
    @Nullable Usage usage,
    @Nullable String rawUsage,
    long deliveredBytes) {

  /** What is charged, by what the provider said. */
  enum Charged {
    /** By its report. */
    REPORT,
    /**
     * It was cut before its report: input as reported or its bound, output by what was delivered.
     */
    PARTIAL,
    /** Refused by the provider: nothing. */
    NOTHING
  }

  static Answer refused() {
    return new Answer(Outcome.Status.ERROR, Charged.NOTHING, null, null, 0);
  }

  /** The end of an answer whose reports are in {@code meter}. */
  static Answer of(
      Outcome.Status status,
      UsageMeter meter,
      @Nullable String rawUsage,
      boolean complete,
      long deliveredBytes) {
    return new Answer(
        status,
        complete && meter.reported() ? Charged.REPORT : Charged.PARTIAL,
        meter.reported() ? meter.usage() : null,
        rawUsage,
        deliveredBytes);
  }

  /** The same, of a caller who did not wait for it. */
  Answer disconnected() {
    return new Answer(Outcome.Status.DISCONNECTED, charge, usage, rawUsage, deliveredBytes);
  }
}
