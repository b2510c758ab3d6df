package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Failure;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What to do about a commit that failed. */
final class Verdicts {

  private static final Logger LOG = LoggerFactory.getLogger(Verdicts.class);

  /** SQLSTATE of a row that no partition takes. */
  private static final String NO_PARTITION = "23514";

  private final Consumer<List<Instant>> partitions;
  private final Clock clock;
  private final Complaint complaint = new Complaint(LOG);

  /**
   * @param partitions makes the ledger's partitions for these instants
   */
  Verdicts(Consumer<List<Instant>> partitions, Clock clock) {
    this.partitions = partitions;
    this.clock = clock;
  }

  /** How an attempt to commit ended. */
  enum Trial {
    DONE,
    AGAIN,
    /** PostgreSQL will never take these rows. */
    REJECTED
  }

  /**
   * @param instants of the rows, for their partitions
   */
  Trial judge(int rows, Supplier<List<Instant>> instants, RuntimeException thrown) {
    if (thrown instanceof Failure) {
      LOG.debug("{} charges wait", rows, thrown);
      return Trial.AGAIN;
    }
    String state = sqlState(thrown);
    if (NO_PARTITION.equals(state)) {
      return makePartitions(instants.get());
    }
    if (state != null && (state.startsWith("22") || state.startsWith("23"))) {
      LOG.error("{} charges in one commit are refused", rows, thrown);
      return Trial.REJECTED;
    }
    complaint.make(
        rows + " charges cannot be committed; they are tried again", thrown, clock.nanoTime());
    return Trial.AGAIN;
  }

  private Trial makePartitions(List<Instant> instants) {
    try {
      partitions.accept(instants);
      return Trial.AGAIN;
    } catch (Failure e) {
      return Trial.AGAIN;
    } catch (RuntimeException e) {
      LOG.error("the ledger has no partition for these charges", e);
      return Trial.REJECTED;
    }
  }

  private static @Nullable String sqlState(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException e) {
        return e.getSQLState();
      }
    }
    return null;
  }
}
