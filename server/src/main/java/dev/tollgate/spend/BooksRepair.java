package dev.tollgate.spend;

import dev.tollgate.spend.Books.Difference;
import dev.tollgate.tenancy.AuditNote;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.Tenancy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Sets leases and a budget right by the ledger, in one transaction for a budget and window.
 *
 * <p>Locks in the order of all rooms: leases by id, then the budget. Nothing settles into these
 * leases while they are locked, and a settlement is one commit of lease and entry, so what is read
 * under the locks is a settled snapshot: figures that differ in it are not in flight.
 */
final class BooksRepair {

  /** A window of a budget. */
  record Place(UUID budget, long window) {}

  private static final String FIGURES =
      """
      SELECT l.id, l.state, l.granted_nanos, l.spent_nanos, l.presumed_nanos,
        CASE WHEN b.window_id = :window THEN b.granted_nanos END AS budget_granted,
        EXISTS (SELECT FROM ledger e
            WHERE e.call_id = l.presumed_call AND e.attempt = 0 AND e.kind = 'presumed')
          OR EXISTS (SELECT FROM closing_balances c
            WHERE c.budget_id = l.budget_id AND c.window_id = l.window_id
              AND c.month BETWEEN date_trunc('month', l.frozen_at - interval '1 day')
                AND l.frozen_at + interval '1 day') AS entered,
        (SELECT coalesce(sum(e.cost_nanos), 0)
          FROM ledger e, unnest(e.budgets, e.windows) u (budget, win)
          WHERE u.budget = :budget AND u.win = :window)
        + (SELECT coalesce(sum(c.cost_nanos), 0) FROM closing_balances c
          WHERE c.budget_id = :budget AND c.window_id = :window) AS booked
      FROM leases l JOIN budgets b ON b.id = l.budget_id
      WHERE l.budget_id = :budget AND l.window_id = :window ORDER BY l.id
      """;

  private final Handle handle;
  private final Place place;
  private final List<Difference> changed = new ArrayList<>();

  private BooksRepair(Handle handle, Place place) {
    this.handle = handle;
    this.place = place;
  }

  /** What was changed. */
  static List<Difference> repair(
      Handle handle, Place place, Caller.Administrator actor, String reason) {
    BooksRepair repair = new BooksRepair(handle, place);
    UUID organization = repair.lock();
    if (organization != null) {
      repair.setRight();
    }
    if (!repair.changed.isEmpty()) {
      Tenancy.audit(
          handle,
          actor,
          new AuditNote(
              "books.repair",
              "budget",
              place.budget().toString(),
              organization,
              Map.of(
                  "reason", reason,
                  "window", place.window(),
                  "changes", repair.changed.stream().map(Difference::toString).toList())));
    }
    return List.copyOf(repair.changed);
  }

  /** Whose budget it is; null: there is no such budget. */
  private @Nullable UUID lock() {
    query(
            "SELECT id FROM leases WHERE budget_id = :budget AND window_id = :window"
                + " ORDER BY id FOR NO KEY UPDATE")
        .mapTo(Long.class)
        .list();
    return query("SELECT organization_id FROM budgets WHERE id = :budget FOR NO KEY UPDATE")
        .mapTo(UUID.class)
        .findOne()
        .orElse(null);
  }

  private Query query(String sql) {
    return bound(handle.createQuery(sql));
  }

  private <S extends SqlStatement<S>> S bound(S statement) {
    return statement.bind("budget", place.budget()).bind("window", place.window());
  }

  /**
   * What the leases of the window say.
   *
   * @param booked the sum of the entries
   * @param granted what the budget says; null: the window is closed, and it says nothing
   */
  private record Figures(LeaseFigures lease, long booked, @Nullable Long granted) {}

  private void setRight() {
    List<Figures> figures = read();
    if (figures.isEmpty()) {
      place();
      figures = read();
    }
    if (figures.isEmpty()) {
      return;
    }
    List<LeaseFigures> leases = figures.stream().map(Figures::lease).toList();
    long booked = figures.getFirst().booked();
    Long granted = figures.getFirst().granted();
    boolean agree = granted != null && granted == granted(leases);
    List<LeaseFigures> fixed = LeaseFigures.repaired(leases, booked, agree);
    for (int i = 0; i < leases.size(); i++) {
      write(leases.get(i), fixed.get(i));
    }
    if (granted != null && granted != granted(fixed)) {
      bound(
              handle.createUpdate(
                  "UPDATE budgets SET granted_nanos = :granted"
                      + " WHERE id = :budget AND window_id = :window"))
          .bind("granted", granted(fixed))
          .execute();
      changed("granted of the budget", granted(fixed), granted);
    }
  }

  private static long granted(List<LeaseFigures> leases) {
    return leases.stream().mapToLong(LeaseFigures::granted).sum();
  }

  private List<Figures> read() {
    return query(FIGURES)
        .map((row, _) ->
            new Figures(
                new LeaseFigures(
                    row.getLong("id"),
                    row.getString("state"),
                    row.getLong("granted_nanos"),
                    row.getLong("spent_nanos"),
                    row.getLong("presumed_nanos"),
                    row.getBoolean("entered")),
                row.getBigDecimal("booked").longValueExact(),
                row.getObject("budget_granted", Long.class)))
        .list();
  }

  /** Makes a lease for entries that none is left of. */
  private void place() {
    bound(
            handle.createUpdate(
                """
                INSERT INTO budget_windows (budget_id, window_id, organization_id, closed_at)
                SELECT id, :window, organization_id,
                  CASE WHEN window_id <> :window THEN now() END
                FROM budgets WHERE id = :budget
                ON CONFLICT DO NOTHING
                """))
        .execute();
    bound(
            handle.createUpdate(
                """
                INSERT INTO leases (budget_id, window_id, organization_id, node_id, epoch, state,
                  expires_at, resolved)
                SELECT b.id, :window, b.organization_id, n.id, n.epoch, 'closed',
                  clock_timestamp(), true
                FROM budgets b, (SELECT id, epoch FROM nodes ORDER BY seen_at DESC LIMIT 1) n
                WHERE b.id = :budget
                """))
        .execute();
  }

  private void write(LeaseFigures before, LeaseFigures after) {
    if (before.equals(after)) {
      return;
    }
    handle
        .createUpdate(
            """
            UPDATE leases SET state = :state, granted_nanos = :granted, spent_nanos = :spent,
              presumed_nanos = :presumed, resolved = resolved OR :state = 'closed'
            WHERE id = :lease
            """)
        .bind("lease", after.id())
        .bind("state", after.state())
        .bind("granted", after.granted())
        .bind("spent", after.spent())
        .bind("presumed", after.presumed())
        .execute();
    String lease = "lease " + after.id() + " (" + before.state() + "): ";
    changed(lease + "granted", after.granted(), before.granted());
    changed(lease + "spent", after.spent(), before.spent());
    changed(lease + "presumed", after.presumed(), before.presumed());
  }

  private void changed(String what, long to, long from) {
    if (to != from) {
      changed.add(
          new Difference(
              place.budget(),
              place.window(),
              what,
              BigDecimal.valueOf(to),
              BigDecimal.valueOf(from)));
    }
  }
}
