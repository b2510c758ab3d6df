package dev.tollgate.spend;

import dev.tollgate.spend.Books.Difference;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * What must hold of every lease by itself: granted is never less than spent, and equal to it where
 * nothing can be held out of the lease any more; what is presumed is spent, and has its entry.
 */
final class LeaseChecks {

  /** An entry that presumed something may be in a month that is retired. */
  private static final String WRONG =
      """
      SELECT * FROM (
        SELECT l.id, l.budget_id, l.window_id, l.state, l.granted_nanos, l.spent_nanos,
          l.presumed_nanos,
          l.state <> 'frozen'
            OR EXISTS (SELECT FROM ledger e
              WHERE e.call_id = l.presumed_call AND e.attempt = 0 AND e.kind = 'presumed'
                AND (l.frozen_at IS NULL OR e.held_at BETWEEN l.frozen_at - interval '1 day'
                  AND l.frozen_at + interval '1 day'))
            OR EXISTS (SELECT FROM closing_balances c
              WHERE c.budget_id = l.budget_id AND c.window_id = l.window_id
                AND c.month BETWEEN date_trunc('month', l.frozen_at - interval '1 day')
                  AND l.frozen_at + interval '1 day') AS entered
        FROM leases l
      ) checked
      WHERE granted_nanos < spent_nanos OR presumed_nanos NOT BETWEEN 0 AND spent_nanos
        OR NOT entered OR (state <> 'live' AND granted_nanos <> spent_nanos)
        OR (state <> 'frozen' AND presumed_nanos <> 0)
      ORDER BY budget_id, window_id, id
      """;

  private LeaseChecks() {}

  static List<Difference> differences(Handle handle) {
    return handle
        .createQuery(WRONG)
        .map((row, _) ->
            new Figures(
                row.getLong("id"),
                row.getObject("budget_id", UUID.class),
                row.getLong("window_id"),
                row.getString("state"),
                row.getLong("granted_nanos"),
                row.getLong("spent_nanos"),
                row.getLong("presumed_nanos"),
                row.getBoolean("entered")))
        .list()
        .stream()
        .flatMap(figures -> figures.differences().stream())
        .toList();
  }

  /** A lease with something wrong. */
  private record Figures(
      long id,
      UUID budget,
      long window,
      String state,
      long granted,
      long spent,
      long presumed,
      boolean entered) {

    List<Difference> differences() {
      List<Difference> found = new ArrayList<>();
      if (granted < spent || (granted > spent && !state.equals("live"))) {
        found.add(difference("granted, against spent", spent, granted));
      }
      if (presumed > spent) {
        found.add(difference("presumed, against spent", spent, presumed));
      }
      if (presumed < 0 || (presumed != 0 && !state.equals("frozen"))) {
        found.add(difference("presumed, which only a frozen lease has", 0, presumed));
      }
      if (!entered) {
        found.add(difference("presumed, without an entry in the ledger", 0, presumed));
      }
      return found;
    }

    private Difference difference(String what, long expected, long actual) {
      return new Difference(
          budget,
          window,
          "lease " + id + " (" + state + "): " + what,
          BigDecimal.valueOf(expected),
          BigDecimal.valueOf(actual));
    }
  }
}
