package dev.tollgate.spend;

import java.time.Duration;

/**
 * The bounds of the money room.
 *
 * @param heldWait how long a call waits for money that other calls hold
 * @param waiters how many calls of one budget may wait at a time
 * @param settleTimeout how long a settlement waits for its commit before its caller is told
 * @param outstanding how many holds may be open or unsettled on this node; beyond it, new ones are
 *     refused
 * @param batch how many entries one commit carries at most
 * @param leaseLifetime how long a lease lives after its last renewal
 * @param accounts how many budgets may be active on this node at a time
 * @param labels how many organizations have metrics under their own label
 * @param drain how long closing waits for the last commits
 * @param retention how long the ledger keeps its entries
 * @param journal how much the node's journal keeps
 * @param counting what span of time one entry counts the calls of that cost nothing
 */
public record SpendConfig(
    Duration heldWait,
    int waiters,
    Duration settleTimeout,
    int outstanding,
    int batch,
    Duration leaseLifetime,
    int accounts,
    int labels,
    Duration drain,
    Retention retention,
    JournalBounds journal,
    Duration counting) {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  public static final SpendConfig DEFAULT =
      new SpendConfig(
          Duration.ofSeconds(5),
          1_024,
          Duration.ofSeconds(10),
          65_536,
          256,
          Duration.ofSeconds(10),
          50_000,
          1_000,
          Duration.ofSeconds(10));

  public SpendConfig {
    positive("spend.held-wait", !heldWait.isNegative());
    positive("spend.waiters", waiters > 0);
    positive("spend.settle-timeout", settleTimeout.isPositive());
    positive("spend.outstanding", outstanding > 0);
    positive("spend.batch", batch > 0 && batch <= 4_096);
    positive("spend.lease-lifetime", leaseLifetime.compareTo(Duration.ofSeconds(2)) >= 0);
    positive("spend.accounts", accounts > 0);
    positive("spend.labels", labels >= 0);
    positive("spend.drain", !drain.isNegative());
    positive("spend.counting", counting.toMillis() > 0);
  }

  /** As by default: the journal, a ledger that keeps everything, counts by the minute. */
  public SpendConfig(
      Duration heldWait,
      int waiters,
      Duration settleTimeout,
      int outstanding,
      int batch,
      Duration leaseLifetime,
      int accounts,
      int labels,
      Duration drain) {
    this(
        heldWait,
        waiters,
        settleTimeout,
        outstanding,
        batch,
        leaseLifetime,
        accounts,
        labels,
        drain,
        Retention.FOREVER,
        JournalBounds.DEFAULT,
        MINUTE);
  }

  private static void positive(String key, boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException(key + " is out of its range");
    }
  }
}
