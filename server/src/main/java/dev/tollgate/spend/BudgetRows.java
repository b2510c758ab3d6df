package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.OrgScope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Reads budgets as they stand. A window that is over counts as ended, also where nobody has opened
 * the next one yet.
 */
final class BudgetRows {

  private static final String STATUS =
      """
      SELECT b.id, b.organization_id, b.scope, b.subject,
        CASE b.scope WHEN 'organization' THEN o.name ELSE b.label END AS label,
        b.limit_nanos, b.window_kind, b.time_zone, p.ladder, p.estimation, p.cap_allowed,
        CASE WHEN t.over THEN b.window_id + 1 ELSE b.window_id END AS window_id,
        CASE WHEN t.over THEN budget_window_start(b.window_kind, b.time_zone, clock_timestamp())
          ELSE w.opened_at END AS opened_at,
        CASE WHEN t.over THEN budget_window_end(b.window_kind, b.time_zone, clock_timestamp())
          ELSE b.window_ends_at END AS ends_at,
        CASE WHEN t.over THEN 0 ELSE b.granted_nanos END AS granted_nanos,
        CASE WHEN t.over THEN 0
          ELSE (SELECT coalesce(sum(l.spent_nanos), 0)::bigint FROM leases l
                WHERE l.budget_id = b.id AND l.window_id = b.window_id) END AS spent_nanos
      FROM budgets b
        JOIN organizations o ON o.id = b.organization_id
        JOIN budgets p ON p.organization_id = b.organization_id AND p.scope = 'organization'
        JOIN budget_windows w ON w.budget_id = b.id AND w.window_id = b.window_id,
        LATERAL (SELECT coalesce(b.window_ends_at <= clock_timestamp(), false) AS over) t
      WHERE b.organization_id = :organization AND b.removed_at IS NULL
      """;

  private BudgetRows() {}

  /** As {@link #find}, where there must be one. */
  static BudgetStatus require(Handle handle, BudgetName name, boolean lock) {
    BudgetStatus found = find(handle, name, lock);
    if (found == null) {
      throw Failure.notFound(
          name.scope() == BudgetScope.ORGANIZATION
              ? "organization " + name.organizationId() + " has no budget"
              : "the " + name.scope().wire() + " " + name.subject() + " has no budget");
    }
    return found;
  }

  /**
   * A budget as it stands.
   *
   * @param lock whether to change it: needs the role of this room, and opens the window that is due
   */
  static @Nullable BudgetStatus find(Handle handle, BudgetName name, boolean lock) {
    if (lock) {
      handle
          .createQuery(
              """
              SELECT 1 FROM (SELECT id FROM budgets WHERE organization_id = :organization
                AND scope = :scope AND subject = :subject FOR NO KEY UPDATE) b,
                LATERAL spend_roll(b.id)
              """)
          .bind("organization", name.organizationId())
          .bind("scope", name.scope().wire())
          .bind("subject", name.subject())
          .mapTo(Integer.class)
          .list();
    }
    return handle
        .createQuery(STATUS + " AND b.scope = :scope AND b.subject = :subject")
        .bind("organization", name.organizationId())
        .bind("scope", name.scope().wire())
        .bind("subject", name.subject())
        .map((row, _) -> read(row))
        .findOne()
        .orElse(null);
  }

  /** Those that concern the caller's calls. */
  static List<BudgetStatus> of(Handle handle, OrgScope scope) {
    return handle
        .createQuery(
            STATUS
                + """
                 AND (b.scope = 'organization' OR b.scope = 'project' AND b.subject = :project
                  OR b.scope = 'key' AND b.subject = :key OR b.scope = 'user' AND b.subject = :user)
                """)
        .bind("organization", scope.organizationId())
        .bind("project", scope.project())
        .bind("key", text(scope.keyId()))
        .bind("user", text(scope.userId()))
        .map((row, _) -> read(row))
        .list();
  }

  private static @Nullable String text(@Nullable UUID id) {
    return id == null ? null : id.toString();
  }

  /** Those that are not of a whole organization. */
  static List<BudgetStatus> list(
      Handle handle, UUID organization, @Nullable UUID after, int limit) {
    return handle
        .createQuery(
            STATUS
                + " AND b.scope <> 'organization'"
                + " AND (:after::uuid IS NULL OR b.id > :after::uuid) ORDER BY b.id LIMIT :limit")
        .bind("organization", organization)
        .bindByType("after", after, UUID.class)
        .bind("limit", limit)
        .map((row, _) -> read(row))
        .list();
  }

  private static BudgetStatus read(ResultSet row) throws SQLException {
    long limit = row.getLong("limit_nanos");
    Money money = row.wasNull() ? null : new Money(limit);
    Instant opened = Readings.instant(row, "opened_at");
    return new BudgetStatus(
        row.getObject("organization_id", UUID.class),
        row.getObject("id", UUID.class),
        BudgetScope.valueOf(row.getString("scope").toUpperCase(Locale.ROOT)),
        row.getString("subject"),
        row.getString("label"),
        new BudgetTerms(
            money,
            Ladder.parse(row.getString("ladder"), "ladder"),
            Estimation.valueOf(row.getString("estimation").toUpperCase(Locale.ROOT)),
            row.getBoolean("cap_allowed"),
            new BudgetWindow(
                BudgetWindow.Kind.of(row.getString("window_kind"), "window"),
                ZoneId.of(row.getString("time_zone")))),
        row.getLong("window_id"),
        new Money(row.getLong("spent_nanos")),
        new Money(row.getLong("granted_nanos") - row.getLong("spent_nanos")),
        opened == null ? Instant.EPOCH : opened,
        Readings.instant(row, "ends_at"));
  }
}
