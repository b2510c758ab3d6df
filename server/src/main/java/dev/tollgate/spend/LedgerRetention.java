package dev.tollgate.spend;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Retires months that the ledger need not keep; closing balances take their place. Blocks. */
final class LedgerRetention {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerRetention.class);

  /** A month of a hundred million entries takes minutes to add up. */
  private static final String PATIENCE = "600s";

  private static final Duration PAUSE = Duration.ofMinutes(10);
  private static final Duration ROUND = Duration.ofHours(6);

  private final Storage storage;
  private final Retention retention;
  private Instant next = Instant.MIN;

  LedgerRetention(Storage storage, Retention retention) {
    this.storage = storage;
    this.retention = retention;
  }

  /**
   * How one attempt ended.
   *
   * @param month what was retired; null: nothing was
   * @param pending whether a month has yet to be summed
   */
  private record Step(@Nullable LocalDate month, long entries, boolean pending) {}

  /** Retires what is due, a few times a day; what does not go now is tried again later. */
  void lookAfter(Instant now) {
    if (retention.forever() || now.isBefore(next)) {
      return;
    }
    next = now.plus(PAUSE);
    if (retire(YearMonth.from(now.atOffset(ZoneOffset.UTC)).minusMonths(retention.months()))) {
      next = now.plus(ROUND);
    } else {
      LOG.info(
          "a month of the ledger is due and stays: it has entries that are not summed yet, or money"
              + " that was presumed spent and is not resolved");
    }
  }

  /**
   * Retires all months before {@code kept}.
   *
   * @return false when one cannot go yet: it has entries that are not summed, or presumed money
   *     that is not resolved
   */
  boolean retire(YearMonth kept) {
    while (true) {
      Step step = storage.transact(Access.spend(), handle -> step(handle, kept));
      if (step.pending() || step.month() == null) {
        return !step.pending();
      }
      LOG.info(
          "the ledger's entries of {} are retired: {} entries, closing balances in their place",
          YearMonth.from(step.month()),
          step.entries());
    }
  }

  private static Step step(Handle handle, YearMonth kept) {
    handle
        .createQuery("SELECT set_config('statement_timeout', :patience, true)")
        .bind("patience", PATIENCE)
        .mapTo(String.class)
        .one();
    return handle
        .createQuery(
            "SELECT retired, coalesce(entries, 0) AS entries, pending"
                + " FROM ledger_retire(:before)")
        .bind("before", kept.atDay(1))
        .map((row, context) ->
            new Step(
                row.getObject("retired", LocalDate.class),
                row.getLong("entries"),
                row.getBoolean("pending")))
        .one();
  }
}
