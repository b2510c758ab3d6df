package dev.tollgate.spend;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.time.Duration;

/**
 * Adds up leases that are over, so that a budget is read by few rows however often it was leased.
 * Any number of nodes may do so at once. Blocks.
 */
final class LeaseFolding {

  /**
   * How long a lease stays by itself after its end. A node whose request got no answer repeats it
   * within seconds of PostgreSQL's return.
   */
  static final Duration AGE = Duration.ofMinutes(10);

  private static final int MOST = 10_000;
  private static final int ROUNDS = 20;

  private final Storage storage;

  LeaseFolding(Storage storage) {
    this.storage = storage;
  }

  /** Adds up what is due, or a part of it where that is much. */
  void lookAfter() {
    for (int round = 0; round < ROUNDS && fold(AGE, MOST) >= MOST; round++) {
      // The next part: short transactions keep few rows locked.
    }
  }

  /**
   * Adds up once.
   *
   * @return how many rows were looked at
   */
  long fold(Duration age, int most) {
    return storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery("SELECT spend_fold(:age::interval, :most)")
                .bind("age", age.toMillis() + " milliseconds")
                .bind("most", most)
                .mapTo(Long.class)
                .one());
  }
}
