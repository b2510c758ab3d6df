package dev.tollgate.tenancy;

import dev.tollgate.kernel.Failure;
import org.jspecify.annotations.Nullable;

/**
 * How much a key, a user or an organization may ask for; null: as much as it likes.
 *
 * @param requestsPerMinute calls begun in any 60 seconds
 * @param tokensPerMinute tokens of those calls, prompt and answer
 * @param concurrentStreams answers that are streamed at the same time
 */
public record RateLimits(
    @Nullable Long requestsPerMinute,
    @Nullable Long tokensPerMinute,
    @Nullable Long concurrentStreams) {

  /** No limit at all. */
  public static final RateLimits NONE = new RateLimits(null, null, null);

  /** Above this a limit is none, and sums of it no longer fit. */
  public static final long MOST = 1_000_000_000_000L;

  public RateLimits {
    check("limits.requestsPerMinute", requestsPerMinute);
    check("limits.tokensPerMinute", tokensPerMinute);
    check("limits.concurrentStreams", concurrentStreams);
  }

  private static void check(String field, @Nullable Long limit) {
    if (limit != null && (limit < 1 || limit > MOST)) {
      throw Failure.invalid(
          field, field + " must be null, for no limit, or a whole number from 1 to " + MOST);
    }
  }

  /** Whether none of the three is limited. */
  public boolean none() {
    return requestsPerMinute == null && tokensPerMinute == null && concurrentStreams == null;
  }
}
