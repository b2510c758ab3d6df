package dev.tollgate.spend;

import java.util.UUID;

/** Money set aside for one attempt at a provider: settled or released exactly once. */
public final class Hold {

  private final UUID callId;
  private final int attempt;
  private final Money amount;

  Hold(UUID callId, int attempt, Money amount) {
    this.callId = callId;
    this.attempt = attempt;
    this.amount = amount;
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
}
