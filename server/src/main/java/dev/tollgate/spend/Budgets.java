package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.AuditNote;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Budgets as administrators see and change them. Blocks. */
final class Budgets {

  private static final int LONGEST_REASON = 500;

  private static final String STATUS =
      """
      SELECT b.*, w.opened_at,
        (SELECT coalesce(sum(l.spent_nanos), 0)::bigint FROM leases l
         WHERE l.budget_id = b.id AND l.window_id = b.window_id) AS spent_nanos
      FROM budgets b
        JOIN budget_windows w ON w.budget_id = b.id AND w.window_id = b.window_id
      WHERE b.organization_id = :organization AND b.scope = 'organization'
      """;

  private final Storage storage;

  Budgets(Storage storage) {
    this.storage = storage;
  }

  static void open(Handle handle, UUID organization, BudgetTerms terms) {
    Storage.enter(handle, Access.spend());
    UUID budget = Ids.next();
    bind(
            handle.createUpdate(
                """
                INSERT INTO budgets (id, organization_id, scope, window_kind, window_id,
                  limit_nanos, ladder, estimation, cap_allowed)
                VALUES (:budget, :organization, 'organization', 'manual', 1,
                  :limit, :ladder, :estimation, :capAllowed)
                """),
            terms)
        .bind("budget", budget)
        .bind("organization", organization)
        .execute();
    openWindow(handle, budget, organization, 1);
  }

  private static void openWindow(Handle handle, UUID budget, UUID organization, long window) {
    handle
        .createUpdate(
            "INSERT INTO budget_windows (budget_id, window_id, organization_id)"
                + " VALUES (:budget, :window, :organization)")
        .bind("budget", budget)
        .bind("window", window)
        .bind("organization", organization)
        .execute();
  }

  BudgetStatus status(OrgScope scope) {
    return storage.transact(
        Access.tenant(scope.organizationId()), handle -> status(handle, scope, false));
  }

  private static BudgetStatus status(Handle handle, OrgScope scope, boolean lock) {
    return handle
        .createQuery(lock ? STATUS + " FOR NO KEY UPDATE OF b" : STATUS)
        .bind("organization", scope.organizationId())
        .map((row, context) -> status(row))
        .findOne()
        .orElseThrow(() -> unknown(scope));
  }

  BudgetStatus setTerms(OrgScope scope, Caller.Administrator actor, BudgetTerms terms) {
    return storage.transact(
        Access.spend(),
        handle -> {
          BudgetStatus before = status(handle, scope, true);
          bind(
                  handle.createUpdate(
                      """
                      UPDATE budgets SET limit_nanos = :limit, ladder = :ladder,
                        estimation = :estimation, cap_allowed = :capAllowed
                      WHERE organization_id = :organization AND scope = 'organization'
                      """),
                  terms)
              .bind("organization", scope.organizationId())
              .execute();
          BudgetStatus after = status(handle, scope, false);
          audit(
              handle,
              actor,
              scope,
              "set",
              Map.of("from", described(before.terms()), "to", described(terms)));
          return after;
        });
  }

  BudgetStatus reset(OrgScope scope, Caller.Administrator actor, String reason) {
    String why = reason.strip();
    if (why.isEmpty() || why.length() > LONGEST_REASON || why.indexOf('\0') >= 0) {
      throw Failure.invalid(
          "reason", "say why the budget is reset, in 1 to " + LONGEST_REASON + " characters");
    }
    return storage.transact(
        Access.spend(),
        handle -> {
          BudgetStatus before = status(handle, scope, true);
          UUID budget = nextWindow(handle, scope);
          openWindow(handle, budget, scope.organizationId(), before.window() + 1);
          BudgetStatus after = status(handle, scope, false);
          audit(
              handle,
              actor,
              scope,
              "reset",
              Map.of("reason", why, "spent", before.spent().toDollars()));
          return after;
        });
  }

  private static UUID nextWindow(Handle handle, OrgScope scope) {
    UUID budget =
        handle
            .createQuery(
                """
                UPDATE budgets SET window_id = window_id + 1, granted_nanos = 0
                WHERE organization_id = :organization AND scope = 'organization' RETURNING id
                """)
            .bind("organization", scope.organizationId())
            .mapTo(UUID.class)
            .one();
    handle
        .createUpdate(
            "UPDATE budget_windows SET closed_at = now()"
                + " WHERE budget_id = :budget AND closed_at IS NULL")
        .bind("budget", budget)
        .execute();
    return budget;
  }

  private static Update bind(Update update, BudgetTerms terms) {
    Money limit = terms.limit();
    return update
        .bindByType("limit", limit == null ? null : limit.nanos(), Long.class)
        .bind("ladder", terms.ladder().text())
        .bind("estimation", terms.estimation().wire())
        .bind("capAllowed", terms.capAllowed());
  }

  private static void audit(
      Handle handle,
      Caller.Administrator actor,
      OrgScope scope,
      String verb,
      Map<String, ? extends @Nullable Object> details) {
    String id = scope.organizationId().toString();
    Tenancy.audit(
        handle,
        actor,
        new AuditNote("budget." + verb, "budget", id, scope.organizationId(), details));
  }

  private static Map<String, @Nullable Object> described(BudgetTerms terms) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    Money limit = terms.limit();
    fields.put("limit", limit == null ? null : limit.toDollars());
    fields.put("ladder", terms.ladder().json());
    fields.put("estimation", terms.estimation().wire());
    fields.put("capAllowed", terms.capAllowed());
    return fields;
  }

  private static BudgetStatus status(ResultSet row) throws SQLException {
    long limit = row.getLong("limit_nanos");
    Money money = row.wasNull() ? null : new Money(limit);
    return new BudgetStatus(
        row.getObject("organization_id", UUID.class),
        new BudgetTerms(
            money,
            Ladder.parse(row.getString("ladder"), "ladder"),
            Estimation.valueOf(row.getString("estimation").toUpperCase(Locale.ROOT)),
            row.getBoolean("cap_allowed")),
        row.getLong("window_id"),
        new Money(row.getLong("spent_nanos")),
        row.getObject("opened_at", OffsetDateTime.class).toInstant());
  }

  private static Failure unknown(OrgScope scope) {
    return Failure.notFound("organization " + scope.organizationId() + " has no budget");
  }
}
