package dev.tollgate.spend;

import dev.tollgate.tenancy.OrgScope;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Money set aside for one attempt at a provider, in every budget that concerns it: settled or
 * released exactly once.
 */
public final class Hold {

  private final OrgScope scope;
  private final UUID callId;
  private final int attempt;
  private final Money amount;
  private final List<Part> parts;
  private final int slot;
  private final AtomicBoolean ended = new AtomicBoolean();

  /** The whole amount, as one budget has it. */
  record Part(Account account, Lease lease) {}

  /**
   * @param parts in the order of {@link BudgetScope}; never empty
   * @param slot its place in the table of holds
   */
  Hold(OrgScope scope, UUID callId, int attempt, Money amount, List<Part> parts, int slot) {
    this.scope = scope;
    this.callId = callId;
    this.attempt = attempt;
    this.amount = amount;
    this.parts = parts;
    this.slot = slot;
  }

  public UUID callId() {
    return callId;
  }

  /** Counts from 1 within a call. */
  public int attempt() {
    return attempt;
  }

  public Money amount() {
    return amount;
  }

  OrgScope scope() {
    return scope;
  }

  List<Part> parts() {
    return parts;
  }

  int slot() {
    return slot;
  }

  /** limit − settled of the tightest of its budgets; null: all are unlimited. */
  @Nullable Money remaining() {
    Money least = null;
    for (Part part : parts) {
      Money remaining = part.account().remaining();
      if (remaining != null && (least == null || remaining.compareTo(least) < 0)) {
        least = remaining;
      }
    }
    return least;
  }

  /**
   * Ends it.
   *
   * @throws IllegalStateException when it was ended before
   */
  void end() {
    if (!ended.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "the hold of call %s, attempt %d, was settled or released before"
              .formatted(callId, attempt));
    }
  }
}
