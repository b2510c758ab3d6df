package dev.tollgate.spend;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt at a provider ended.
 *
 * @param usage the classes of tokens charged; null: none known
 * @param rawUsage the provider's own report, as JSON
 * @param cost null: the model has no price
 * @param totalMicros from the request's head to the end of the answer, in microseconds
 * @param firstByteMicros to the first byte of the answer; -1: none came
 * @param upstreamMicros the part of the total that was spent waiting for the provider
 */
public record Outcome(
    Status status,
    @Nullable Usage usage,
    @Nullable String rawUsage,
    @Nullable Money cost,
    @Nullable String providerRequestId,
    long totalMicros,
    long firstByteMicros,
    long upstreamMicros) {

  /** How an attempt ended, as the ledger has it. */
  public enum Status {
    OK,
    ERROR,
    DISCONNECTED,
    /** The cache answered: nothing was sent, and nothing is charged. */
    CACHED,
    PRESUMED;

    /** The name in the ledger and on the wire. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
