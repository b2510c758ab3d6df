package dev.tollgate.spend;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One row of the ledger, as it is listed.
 *
 * @param heldAt when the money was held: the instant that the call's id carries
 * @param keyId null: no key of the organization, such as an entry of Tollgate's own
 * @param facts null: no call, but an entry of Tollgate's own
 * @param usage null: none known
 * @param calls how many calls it stands for: one, or of a {@link Kind#COUNT} all of its minute
 * @param cost null: the model has no price; negative for a reversal
 * @param budgets the budgets that it was held in, and beside them their windows
 * @param firstByteMicros -1: no byte came
 */
public record LedgerEntry(
    Instant heldAt,
    UUID callId,
    int attempt,
    Kind kind,
    Instant settledAt,
    @Nullable UUID keyId,
    @Nullable UUID userId,
    @Nullable String project,
    @Nullable CallFacts facts,
    @Nullable Usage usage,
    @Nullable String rawUsage,
    @Nullable String providerRequestId,
    long calls,
    Money held,
    @Nullable Money cost,
    Outcome.Status status,
    List<UUID> budgets,
    List<Long> windows,
    long totalMicros,
    long firstByteMicros,
    long upstreamMicros) {

  /** Why an entry is there. */
  public enum Kind {
    /** An attempt at a provider, or a call of a tool that has a price. */
    CHARGE,
    /** Calls of a tool within a minute that cost nothing. */
    COUNT,
    /** Money of a lease whose node went away without saying what it spent. */
    PRESUMED,
    /** Takes back what was presumed, or a charge that was wrong. */
    REVERSAL,
    /** An administrator's correction. */
    ADJUSTMENT;

    /** The name in the ledger and on the wire. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
