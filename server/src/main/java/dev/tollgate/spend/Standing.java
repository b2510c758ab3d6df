package dev.tollgate.spend;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an organization stands at the moment of a decision.
 *
 * @param budget what to call the budget in a message to the caller
 * @param limit null: unlimited
 * @param remaining limit − settled: what the ladder sees; null: unlimited
 * @param ladder the organization's policy
 * @param resetsAt when the window ends by itself; null: only an administrator resets it
 */
public record Standing(
    String budget,
    @Nullable Money limit,
    @Nullable Money remaining,
    Ladder ladder,
    Estimation estimation,
    boolean capAllowed,
    @Nullable Instant resetsAt) {

  /** Whether {@code amount} is within what remains; nothing always is. */
  boolean admits(Money amount) {
    return remaining == null || amount.nanos() <= 0 || amount.compareTo(remaining) <= 0;
  }

  /** Whether any limit applies. */
  public boolean limited() {
    return limit != null;
  }
}
