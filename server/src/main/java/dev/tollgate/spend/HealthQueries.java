package dev.tollgate.spend;

import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.OrgScope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** How organizations stand against their budgets. Blocks. */
final class HealthQueries {

  private static final String LIST = "budget-health";
  private static final int MOST = 1_000;

  private static final String STANDINGS =
      """
      SELECT o.id, o.name, b.limit_nanos, b.ladder,
        CASE WHEN b.window_ends_at <= clock_timestamp() THEN 0
          ELSE (SELECT coalesce(sum(l.spent_nanos), 0)::bigint FROM leases l
                WHERE l.budget_id = b.id AND l.window_id = b.window_id) END AS spent_nanos
      FROM organizations o
        JOIN budgets b ON b.organization_id = o.id AND b.scope = 'organization'
      WHERE o.deleted_at IS NULL
      """;

  /** One organization's standing. */
  record OrganizationBudget(
      UUID id, String name, @Nullable Money limit, Money spent, String ladder) {}

  private final Storage storage;

  HealthQueries(Storage storage) {
    this.storage = storage;
  }

  BudgetHealth page(int limit, @Nullable String cursor) {
    if (limit < 1 || limit > MOST) {
      throw Failure.invalid("limit", "limit must be from 1 to " + MOST + ", is " + limit);
    }
    UUID after = cursor == null ? null : Cursor.id(LIST, cursor);
    List<OrganizationBudget> rows =
        storage.transact(
            Access.admin(),
            handle ->
                handle
                    .createQuery(
                        STANDINGS
                            + " AND (:after::uuid IS NULL OR o.id > :after::uuid) ORDER BY o.id"
                            + " LIMIT :limit")
                    .bindByType("after", after, UUID.class)
                    .bind("limit", limit + 1)
                    .map((row, context) -> budget(row))
                    .list());
    Page<OrganizationBudget> page =
        Page.of(rows, limit, row -> Cursor.of(LIST, row.id().toString()));
    return health(page.items(), page.nextCursor());
  }

  BudgetHealth of(OrgScope scope) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle ->
            health(
                handle
                    .createQuery(STANDINGS + " AND o.id = :organization")
                    .bind("organization", scope.organizationId())
                    .map((row, context) -> budget(row))
                    .list(),
                null));
  }

  /** Every organization, in the order of their ids. */
  List<OrganizationBudget> all() {
    return storage.transact(Access.admin(), HealthQueries::all);
  }

  private static List<OrganizationBudget> all(Handle handle) {
    return handle
        .createQuery(STANDINGS + " ORDER BY o.id")
        .map((row, context) -> budget(row))
        .list();
  }

  private static BudgetHealth health(List<OrganizationBudget> rows, @Nullable String next) {
    return new BudgetHealth(
        rows.stream()
            .map(row ->
                BudgetHealth.Organization.of(
                    row.id(),
                    row.name(),
                    row.limit(),
                    row.spent(),
                    Ladder.parse(row.ladder(), "ladder")))
            .toList(),
        BudgetHealth.WARNING,
        BudgetHealth.CRITICAL,
        next);
  }

  private static OrganizationBudget budget(ResultSet row) throws SQLException {
    long limit = row.getLong("limit_nanos");
    Money money = row.wasNull() ? null : new Money(limit);
    return new OrganizationBudget(
        row.getObject("id", UUID.class),
        row.getString("name"),
        money,
        new Money(row.getLong("spent_nanos")),
        row.getString("ladder"));
  }
}
