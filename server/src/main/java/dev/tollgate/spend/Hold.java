package dev.tollgate.spend;

import dev.tollgate.tenancy.OrgScope;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/** Money set aside for one attempt at a provider: settled or released exactly once. */
public final class Hold {

  private final OrgScope scope;
  private final UUID callId;
  private final int attempt;
  private final Money amount;
  private final Account account;
  private final Lease lease;
  private final AtomicBoolean ended = new AtomicBoolean();

  Hold(OrgScope scope, UUID callId, int attempt, Money amount, Account account, Lease lease) {
    this.scope = scope;
    this.callId = callId;
    this.attempt = attempt;
    this.amount = amount;
    this.account = account;
    this.lease = lease;
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

  Account account() {
    return account;
  }

  Lease lease() {
    return lease;
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
