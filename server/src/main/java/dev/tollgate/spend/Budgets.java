package dev.tollgate.spend;

import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.AuditNote;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Budgets as administrators see and change them. Blocks. */
final class Budgets {

  private static final int MOST = 1_000;
  private static final String LIST = "budgets";

  private final Storage storage;

  Budgets(Storage storage) {
    this.storage = storage;
  }

  static void open(Handle handle, UUID organization, BudgetTerms terms) {
    Storage.enter(handle, Access.spend());
    make(handle, organization, BudgetScope.ORGANIZATION, "", "", terms);
  }

  /** Of a budget that was removed, the next window is opened. */
  private static void make(
      Handle handle,
      UUID organization,
      BudgetScope scope,
      String subject,
      String label,
      BudgetTerms terms) {
    UUID made =
        bind(
                handle.createQuery(
                    """
                    INSERT INTO budgets (id, organization_id, scope, subject, label, window_kind,
                      time_zone, window_id, window_ends_at, limit_nanos, ladder, estimation,
                      cap_allowed)
                    VALUES (:budget, :organization, :scope, :subject, :label, :kind, :zone, 1,
                      budget_window_end(:kind, :zone, clock_timestamp()), :limit, :ladder,
                      :estimation, :capAllowed)
                    ON CONFLICT (organization_id, scope, subject) DO UPDATE SET
                      removed_at = NULL, label = excluded.label, limit_nanos = excluded.limit_nanos,
                      window_kind = excluded.window_kind, time_zone = excluded.time_zone,
                      window_id = budgets.window_id + 1,
                      granted_nanos = spend_granted(budgets.id, budgets.window_id + 1),
                      window_ends_at = excluded.window_ends_at
                    RETURNING id
                    """),
                terms)
            .bind("budget", Ids.next())
            .bind("organization", organization)
            .bind("scope", scope.wire())
            .bind("subject", subject)
            .bind("label", label)
            .mapTo(UUID.class)
            .one();
    openWindow(handle, made);
  }

  private static void openWindow(Handle handle, UUID budget) {
    handle
        .createUpdate(
            """
            INSERT INTO budget_windows (budget_id, window_id, organization_id)
            SELECT id, window_id, organization_id FROM budgets WHERE id = :budget
            ON CONFLICT (budget_id, window_id)
              DO UPDATE SET opened_at = excluded.opened_at, closed_at = NULL
            """)
        .bind("budget", budget)
        .execute();
  }

  BudgetStatus status(BudgetName name) {
    return storage.transact(
        Access.tenant(name.organizationId()), handle -> BudgetRows.require(handle, name, false));
  }

  /** Of all budgets that a call of this caller needs money of, narrower ones first. */
  Standing standing(OrgScope scope) {
    List<BudgetStatus> found = of(scope);
    BudgetTerms policy = found.getLast().terms();
    return new Standing(
        found.stream().map(Budgets::standing).toList(),
        policy.ladder(),
        policy.estimation(),
        policy.capAllowed());
  }

  /** As {@link #standing}, each in full. */
  List<BudgetStatus> of(OrgScope scope) {
    List<BudgetStatus> found =
        storage.transact(
            Access.tenant(scope.organizationId()), handle -> BudgetRows.of(handle, scope));
    if (found.isEmpty()) {
      throw Failure.notFound("organization " + scope.organizationId() + " has no budget");
    }
    return found.stream().sorted(Comparator.comparing(BudgetStatus::scope)).toList();
  }

  private static BudgetStanding standing(BudgetStatus status) {
    BudgetTerms terms = status.terms();
    return new BudgetStanding(
        Readings.label(terms.window().kind(), status.scope().wire(), status.label()),
        terms.limit(),
        status.remaining(),
        status.windowEndsAt());
  }

  /** Those of users, keys and projects, in the order of their making. */
  Page<BudgetStatus> list(OrgScope scope, int limit, @Nullable String cursor) {
    if (limit < 1 || limit > MOST) {
      throw Failure.invalid("limit", "limit must be from 1 to " + MOST + ", is " + limit);
    }
    UUID after = cursor == null ? null : Cursor.id(LIST, cursor);
    List<BudgetStatus> rows =
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle -> BudgetRows.list(handle, scope.organizationId(), after, limit + 1));
    return Page.of(rows, limit, row -> Cursor.of(LIST, row.budget().toString()));
  }

  /**
   * Sets the terms of a whole organization; its time zone is that of all its budgets.
   *
   * @param change makes the new terms of those that are, which nobody changes meanwhile
   */
  BudgetStatus setTerms(
      OrgScope scope, Caller.Administrator actor, UnaryOperator<BudgetTerms> change) {
    BudgetName name = BudgetName.whole(scope);
    return storage.transact(
        Access.spend(),
        handle -> {
          BudgetStatus before = BudgetRows.require(handle, name, true);
          BudgetTerms terms = change.apply(before.terms());
          if (!before.terms().window().zone().equals(terms.window().zone())) {
            refuseUnknownZone(handle, terms.window().zone().getId());
            moveZones(handle, scope, terms);
          }
          set(handle, before.budget(), terms);
          audit(
              handle,
              actor,
              name,
              "set",
              Map.of("from", described(before.terms()), "to", described(terms)));
          return BudgetRows.require(handle, name, false);
        });
  }

  private static void set(Handle handle, UUID budget, BudgetTerms terms) {
    bind(
            handle.createUpdate(
                """
                UPDATE budgets SET limit_nanos = :limit, ladder = :ladder,
                  estimation = :estimation, cap_allowed = :capAllowed, window_kind = :kind,
                  time_zone = :zone,
                  window_ends_at = CASE WHEN window_kind = :kind AND time_zone = :zone
                    THEN window_ends_at
                    ELSE budget_window_end(:kind, :zone, clock_timestamp()) END
                WHERE id = :budget
                """),
            terms)
        .bind("budget", budget)
        .execute();
  }

  /** Windows are by PostgreSQL's calendar, whose list of zones may be older than ours. */
  private static void refuseUnknownZone(Handle handle, String zone) {
    if (handle
        .createQuery("SELECT 1 FROM pg_timezone_names WHERE name = :zone")
        .bind("zone", zone)
        .mapTo(Integer.class)
        .findFirst()
        .isEmpty()) {
      throw Failure.invalid("timeZone", "PostgreSQL knows no time zone " + zone);
    }
  }

  /** What is over by the old zone's calendar ends by it. */
  private static void moveZones(Handle handle, OrgScope scope, BudgetTerms terms) {
    handle
        .createQuery(
            """
            SELECT 1 FROM (SELECT id FROM budgets
              WHERE organization_id = :organization AND scope <> 'organization'
              ORDER BY id FOR NO KEY UPDATE) b, LATERAL spend_roll(b.id)
            """)
        .bind("organization", scope.organizationId())
        .mapTo(Integer.class)
        .list();
    handle
        .createUpdate(
            """
            UPDATE budgets SET time_zone = :zone,
              window_ends_at = budget_window_end(window_kind, :zone, clock_timestamp())
            WHERE organization_id = :organization AND scope <> 'organization'
            """)
        .bind("zone", terms.window().zone().getId())
        .bind("organization", scope.organizationId())
        .execute();
  }

  /**
   * Gives a user, a key or a project a budget, or changes it. The organization's own is locked
   * first: so its zone is the one that is read, and of two who give the first, one finds the
   * other's.
   *
   * @param label what messages call the subject
   * @param window null: as it is; of a new budget, {@link BudgetWindow.Kind#MANUAL}
   */
  BudgetStatus put(
      BudgetName name,
      Caller.Administrator actor,
      String label,
      @Nullable Money limit,
      BudgetWindow.@Nullable Kind window) {
    return storage.transact(
        Access.spend(),
        handle -> {
          BudgetTerms policy =
              BudgetRows.require(handle, BudgetName.whole(name.organization()), true).terms();
          BudgetStatus before = BudgetRows.find(handle, name, true);
          BudgetWindow now = before == null ? BudgetWindow.MANUAL : before.terms().window();
          BudgetTerms terms =
              new BudgetTerms(
                  limit,
                  policy.ladder(),
                  policy.estimation(),
                  policy.capAllowed(),
                  new BudgetWindow(window == null ? now.kind() : window, policy.window().zone()));
          if (before == null) {
            make(handle, name.organizationId(), name.scope(), name.subject(), label, terms);
          } else {
            set(handle, before.budget(), terms);
            rename(handle, before.budget(), label);
          }
          BudgetStatus after = BudgetRows.require(handle, name, false);
          Map<String, @Nullable Object> details = new LinkedHashMap<>();
          details.put("from", before == null ? null : limited(before.terms()));
          details.put("to", limited(terms));
          audit(handle, actor, name, "set", details);
          return after;
        });
  }

  private static void rename(Handle handle, UUID budget, String label) {
    handle
        .createUpdate("UPDATE budgets SET label = :label WHERE id = :budget AND label <> :label")
        .bind("label", label)
        .bind("budget", budget)
        .execute();
  }

  /** Takes the budget of a user, a key or a project away; what it counted stays in the books. */
  void remove(BudgetName name, Caller.Administrator actor) {
    var _ =
        storage.transact(
            Access.spend(),
            handle -> {
              BudgetStatus before = BudgetRows.require(handle, name, true);
              handle
                  .createUpdate("UPDATE budgets SET removed_at = now() WHERE id = :budget")
                  .bind("budget", before.budget())
                  .execute();
              closeWindow(handle, before.budget());
              audit(handle, actor, name, "remove", limited(before.terms()));
              return true;
            });
  }

  BudgetStatus reset(BudgetName name, Caller.Administrator actor, String reason) {
    String why = Reason.of(reason, "the budget is reset").text();
    return storage.transact(
        Access.spend(),
        handle -> {
          BudgetStatus before = BudgetRows.require(handle, name, true);
          handle
              .createUpdate(
                  """
                  UPDATE budgets SET window_id = window_id + 1,
                    granted_nanos = spend_granted(id, window_id + 1)
                  WHERE id = :budget
                  """)
              .bind("budget", before.budget())
              .execute();
          closeWindow(handle, before.budget());
          openWindow(handle, before.budget());
          audit(
              handle,
              actor,
              name,
              "reset",
              Map.of("reason", why, "spent", before.spent().toDollars()));
          return BudgetRows.require(handle, name, false);
        });
  }

  private static void closeWindow(Handle handle, UUID budget) {
    handle
        .createUpdate(
            "UPDATE budget_windows SET closed_at = now()"
                + " WHERE budget_id = :budget AND closed_at IS NULL")
        .bind("budget", budget)
        .execute();
  }

  private static <S extends SqlStatement<S>> S bind(S statement, BudgetTerms terms) {
    Money limit = terms.limit();
    return statement
        .bindByType("limit", limit == null ? null : limit.nanos(), Long.class)
        .bind("ladder", terms.ladder().text())
        .bind("estimation", terms.estimation().wire())
        .bind("capAllowed", terms.capAllowed())
        .bind("kind", terms.window().kind().wire())
        .bind("zone", terms.window().zone().getId());
  }

  private static void audit(
      Handle handle,
      Caller.Administrator actor,
      BudgetName name,
      String verb,
      Map<String, ? extends @Nullable Object> details) {
    UUID organization = name.organizationId();
    boolean whole = name.scope() == BudgetScope.ORGANIZATION;
    String target = whole ? organization.toString() : name.scope().wire() + ":" + name.subject();
    Tenancy.audit(
        handle, actor, new AuditNote("budget." + verb, "budget", target, organization, details));
  }

  private static Map<String, @Nullable Object> described(BudgetTerms terms) {
    Map<String, @Nullable Object> fields = limited(terms);
    fields.put("ladder", terms.ladder().json());
    fields.put("estimation", terms.estimation().wire());
    fields.put("capAllowed", terms.capAllowed());
    fields.put("timeZone", terms.window().zone().getId());
    return fields;
  }

  private static Map<String, @Nullable Object> limited(BudgetTerms terms) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    Money limit = terms.limit();
    fields.put("limit", limit == null ? null : limit.toDollars());
    fields.put("window", terms.window().kind().wire());
    return fields;
  }
}
