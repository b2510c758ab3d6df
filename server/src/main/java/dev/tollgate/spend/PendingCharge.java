package dev.tollgate.spend;

import io.vertx.core.Promise;

/**
 * A charge on its way into the ledger.
 *
 * @param deadline the monotonic reading from which its caller is told that it is late
 */
record PendingCharge(
    Hold hold, CallFacts facts, Outcome outcome, Promise<Settlement> promise, long deadline) {}
