package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What became of a {@link Waiter}. */
sealed interface Verdict {

  /**
   * Its last proposal is held in {@code lease}.
   *
   * @param remaining limit − settled; null: unlimited
   */
  record Grant(Lease lease, @Nullable Money remaining) implements Verdict {}

  record Refuse(ErrorCode code, String message) implements Verdict {}
}
