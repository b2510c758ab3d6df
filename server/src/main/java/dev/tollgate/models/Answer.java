package dev.tollgate.models;

import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.Usage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an answer ended, as its relay saw it.
 *
 * @param charge what of it is charged
 * @param rawUsage the provider's report; null: none
 * @param deliveredBytes bytes of generated text that came before the end
 * @param uses how often the provider's own tools were used that are billed by use, but for
 *     searches, which are in {@code usage}
 */
record Answer(
    Outcome.Status status,
    Charged charge,
    @Nullable Usage usage,
    @Nullable String rawUsage,
    long deliveredBytes,
    Map<String, Integer> uses) {

  Answer(
      Outcome.Status status,
      Charged charge,
      @Nullable Usage usage,
      @Nullable String rawUsage,
      long deliveredBytes) {
    this(status, charge, usage, rawUsage, deliveredBytes, Map.of());
  }

  /** What is charged, by what the provider said. */
  enum Charged {
    /** By its report. */
    REPORT,
    /**
     * It was cut before its report, or has none that can be read: input as reported or its bound,
     * output by what was delivered.
     */
    PARTIAL,
    /** Refused by the provider: nothing. */
    NOTHING
  }

  static Answer refused() {
    return new Answer(Outcome.Status.ERROR, Charged.NOTHING, null, null, 0);
  }

  /**
   * The end of an answer whose reports are in {@code meter}. One that has text of which no token is
   * reported has no report that could be charged by.
   *
   * @param said whether it has text
   */
  static Answer of(
      Outcome.Status status,
      UsageMeter meter,
      @Nullable String rawUsage,
      boolean complete,
      boolean said,
      long deliveredBytes) {
    boolean reported = meter.reported() && (meter.reportedAnswer() || !said);
    return new Answer(
        status,
        complete && reported ? Charged.REPORT : Charged.PARTIAL,
        reported || meter.reportedPrompt() ? meter.usage() : null,
        rawUsage,
        deliveredBytes,
        meter.uses());
  }

  /** The same, of a caller who did not wait for it. */
  Answer disconnected() {
    return new Answer(Outcome.Status.DISCONNECTED, charge, usage, rawUsage, deliveredBytes, uses);
  }
}
