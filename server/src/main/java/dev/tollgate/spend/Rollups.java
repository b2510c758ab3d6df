package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/**
 * Keeps the sums by hour, day and week up with the ledger. Any number of nodes may do so at once:
 * one does, the others find it at work. Blocks.
 *
 * <p>Reads are exact without it, but take longer the further it is behind.
 */
final class Rollups {

  /** How often the ledger is looked at. */
  static final Duration PACE = Duration.ofSeconds(2);

  /** Entries of a transaction, so that it stays well within the bound of a statement. */
  private static final int MOST = 20_000;

  private static final int ROUNDS = 500;

  private final Storage storage;
  private final Clock clock;
  private volatile Lag lag;

  /** How far behind the sums were when they were looked at last. */
  private record Lag(double seconds, long atNanos) {}

  /**
   * How one transaction ended.
   *
   * @param entries that were summed, a count as often as it has calls
   * @param more whether there is more to do at once
   */
  record Rolled(long entries, boolean more) {}

  Rollups(Storage storage, Clock clock) {
    this.storage = storage;
    this.clock = clock;
    this.lag = new Lag(0, clock.nanoTime());
  }

  /**
   * Before anything is written: sees to it that what this server writes comes after what was
   * written on the one that a restored dump was taken from.
   */
  void straighten() {
    storage.transact(Access.spend(), Rollups::straighten);
  }

  private static boolean straighten(Handle handle) {
    boolean astray = handle.createQuery("SELECT usage_astray()").mapTo(Boolean.class).one();
    if (astray) {
      handle.createQuery("SELECT usage_rebase()::text").mapTo(String.class).one();
    }
    return astray;
  }

  /** Catches up. */
  void roll() {
    Rolled rolled;
    int rounds = 0;
    do {
      rolled = once(MOST);
    } while (rolled.more() && ++rounds < ROUNDS);
    while (fold() && ++rounds < ROUNDS) {
      // A week a transaction.
    }
    double seconds = storage.transact(Access.spend(), Rollups::oldest);
    lag = new Lag(seconds, clock.nanoTime());
  }

  /** One transaction of about so many entries. */
  Rolled once(int most) {
    return storage.transact(
        Access.spend(),
        handle -> {
          straighten(handle);
          // A transaction is summed whole, and nobody waits for it.
          patiently(handle);
          return handle
              .createQuery("SELECT rolled, more FROM usage_roll(:most)")
              .bind("most", most)
              .map((row, context) -> new Rolled(row.getLong("rolled"), row.getBoolean("more")))
              .one();
        });
  }

  /**
   * Sums a week that is over out of its days, in one transaction.
   *
   * @return whether there may be another
   */
  boolean fold() {
    return storage.transact(
        Access.spend(),
        handle -> {
          patiently(handle);
          return handle.createQuery("SELECT usage_fold()").mapTo(Boolean.class).one();
        });
  }

  private static void patiently(Handle handle) {
    handle
        .createQuery("SELECT set_config('statement_timeout', '600s', true)")
        .mapTo(String.class)
        .one();
  }

  private static double oldest(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT extract(epoch FROM clock_timestamp() - settled_at)::float8 FROM ledger
            WHERE mark >= (SELECT below FROM usage_state) ORDER BY mark LIMIT 1
            """)
        .mapTo(Double.class)
        .findOne()
        .orElse(0.0);
  }

  /** The age of the oldest entry that is not in the sums, in seconds. */
  double lag() {
    Lag known = lag;
    return known.seconds() + (clock.nanoTime() - known.atNanos()) / 1e9;
  }
}
