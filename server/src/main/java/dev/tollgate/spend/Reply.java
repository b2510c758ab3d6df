package dev.tollgate.spend;

import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL said to an {@link Effect.Request}. Expiries are monotonic readings, counted from
 * before it was asked.
 */
sealed interface Reply {

  record Open(Opened opened, long expires) implements Reply {}

  /** There is no such budget, or its organization is deleted. */
  record Unknown() implements Reply {}

  /**
   * What was granted.
   *
   * @param reading null: the budget is removed, or its organization is deleted
   */
  record Given(long amount, @Nullable Reading reading, long expires) implements Reply {}

  record Returned(boolean closed) implements Reply {}

  /** How many leases of other nodes were called back. */
  record Recalled(long leases) implements Reply {}

  /** The lease is not this node's to move any more: it expired, and was frozen. */
  record Gone() implements Reply {}

  /**
   * The database does not know what this node did: it was restored, or another process runs under
   * the node's id.
   */
  record Behind() implements Reply {}

  /** Nothing: whether it did what it was asked is unknown. */
  record Lost() implements Reply {}
}
