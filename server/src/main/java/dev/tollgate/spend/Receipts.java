package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers are told of their charges, each at most once. */
final class Receipts {

  private static final Logger LOG = LoggerFactory.getLogger(Receipts.class);

  private Receipts() {}

  /** It is in PostgreSQL, or synced in the journal. */
  static void durable(PendingCharge charge) {
    if (!charge.promise().future().isComplete()) {
      charge.promise().tryComplete(new Settlement(charge.hold().remaining()));
    }
  }

  /** It waits; from its deadline on its caller does not. */
  static void late(PendingCharge charge, long now) {
    if (charge.deadline() - now <= 0) {
      fail(
          charge,
          ErrorCode.BUDGET_UNAVAILABLE,
          "the charge of this call could not be recorded in time; it still is tried");
    }
  }

  /**
   * PostgreSQL will never take it. Its hold stays open: with the next start it is presumed spent.
   */
  static void rejected(PendingCharge charge) {
    LOG.error(
        "the charge of call {}, attempt {}, of {} cannot be recorded and stays held",
        charge.hold().callId(),
        charge.hold().attempt(),
        charge.outcome().cost());
    fail(charge, ErrorCode.INTERNAL, "the charge of this call cannot be recorded");
  }

  /**
   * The process ends before PostgreSQL took them.
   *
   * @param kept whether they are synced in the journal: then the next start commits them, and else
   *     presumes their holds
   */
  static void abandoned(Batch batch, boolean kept) {
    LOG.error(
        "{} charges are not committed; {}",
        batch.charges().size(),
        kept ? "the next start commits them" : "their holds are presumed spent");
    for (PendingCharge charge : batch.charges()) {
      if (kept) {
        durable(charge);
      } else {
        fail(charge, ErrorCode.BUDGET_UNAVAILABLE, "this node shut down without PostgreSQL");
      }
    }
  }

  private static void fail(PendingCharge charge, ErrorCode code, String message) {
    charge.promise().tryFail(Failure.of(code, message));
  }
}
