package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits again what a database has lost, or never got, out of the journal. */
record Replay(Journal journal) {

  private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

  /** Commits rows of a batch; tries until it can. */
  interface Commit {
    /**
     * Commits.
     *
     * @return false when PostgreSQL will never take them
     * @throws Failure UNAVAILABLE when there is no more time to try
     */
    boolean commit(long number, int count, byte[] rows);
  }

  /**
   * Commits the batches after {@code from}, up to {@code to}.
   *
   * @return what could not be read
   * @throws Failure UNAVAILABLE when it was not brought to its end; it may be begun anew
   */
  List<Damage> after(long from, long to, Commit commit) {
    journal.unacknowledge(from);
    List<Damage> damages =
        journal.forEachAfter(
            from,
            batch -> {
              if (batch.number() <= to) {
                again(batch, commit);
              }
            });
    journal.acknowledged(to);
    damages.forEach(damage -> LOG.error("the journal is damaged: {}", damage));
    return damages;
  }

  private static void again(JournalBatch batch, Commit commit) {
    ByteBuffer payload = batch.payload();
    byte[] kept = new byte[payload.remaining()];
    payload.get(kept);
    byte[] rows = ChargeRows.upgrade(batch.format(), kept);
    if (rows == null) {
      throw Failure.of(
          ErrorCode.UNAVAILABLE,
          "the journal has charges in format "
              + batch.format()
              + ", this Tollgate knows "
              + ChargeRows.FORMAT
              + "; start the version that wrote them once more");
    }
    if (commit.commit(batch.number(), batch.rows(), rows)) {
      return;
    }
    boolean known = false;
    for (byte[] row : RowBuffer.split(rows)) {
      known = commit.commit(batch.number(), 1, row);
      if (!known) {
        LOG.error("a charge of the journal's batch {} is refused", batch.number());
      }
    }
    if (!known) {
      // The database is to know of the batch all the same: else it would seem to lack it.
      commit.commit(batch.number(), 0, GroupCommit.NOTHING);
    }
  }
}
