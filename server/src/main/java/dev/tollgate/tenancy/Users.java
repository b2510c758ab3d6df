package dev.tollgate.tenancy;

import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * The table of users; every statement runs for one organization, which row-level security sees to.
 */
final class Users {

  private static final String LIST = "users";
  private static final String KIND = "user";
  private static final String COLUMNS =
      "id, email, name, external_id, created_at, " + LimitColumns.LIMITS;

  private final Storage storage;

  Users(Storage storage) {
    this.storage = storage;
  }

  User create(OrgScope scope, Caller.Administrator actor, UserDraft draft) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          String insert =
              "INSERT INTO users (id, organization_id, email, name, external_id, "
                  + LimitColumns.LIMITS
                  + ") VALUES (:id, :organization, :email, :name, :externalId, "
                  + LimitColumns.VALUES
                  + ") RETURNING ";
          User made =
              Conflicts.guard(() ->
                  LimitColumns.bind(
                          bind(handle.createQuery(insert + COLUMNS), draft), draft.limits())
                      .bind("id", Ids.next())
                      .bind("organization", scope.organizationId())
                      .map((row, context) -> user(row))
                      .one());
          note(handle, scope, actor, "create", made.id(), created(draft));
          return made;
        });
  }

  private static Map<String, ?> created(UserDraft draft) {
    return draft.limits().none() ? Map.of() : Map.of("limits", LimitColumns.told(draft.limits()));
  }

  /** Changes how much a user may ask for. */
  User limit(
      OrgScope scope, Caller.Administrator actor, UUID id, UnaryOperator<RateLimits> change) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          User old =
              one(
                  handle,
                  "SELECT "
                      + COLUMNS
                      + " FROM users WHERE id = :id AND deleted_at IS NULL"
                      + " FOR UPDATE",
                  id);
          String update = "UPDATE users SET " + LimitColumns.SET + " WHERE id = :id RETURNING ";
          User limited =
              LimitColumns.bind(handle.createQuery(update + COLUMNS), change.apply(old.limits()))
                  .bind("id", id)
                  .map((row, context) -> user(row))
                  .one();
          note(
              handle,
              scope,
              actor,
              "limit",
              id,
              Map.of(
                  "from", LimitColumns.told(old.limits()),
                  "to", LimitColumns.told(limited.limits())));
          return limited;
        });
  }

  /** Gives the user these fields and no others; its limits stay. */
  User update(OrgScope scope, Caller.Administrator actor, UUID id, UserDraft draft) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          String update =
              "UPDATE users SET email = :email, name = :name, external_id = :externalId"
                  + " WHERE id = :id AND deleted_at IS NULL RETURNING ";
          User updated =
              Conflicts.guard(() ->
                      bind(handle.createQuery(update + COLUMNS), draft)
                          .bind("id", id)
                          .map((row, context) -> user(row))
                          .findOne())
                  .orElseThrow(() -> unknown(id));
          note(handle, scope, actor, "update", id, Map.of());
          return updated;
        });
  }

  private static Query bind(Query query, UserDraft draft) {
    return query
        .bind("email", draft.email())
        .bind("name", draft.name())
        .bind("externalId", draft.externalId());
  }

  User get(OrgScope scope, UUID id) {
    return storage.transact(Access.tenant(scope.organizationId()), handle -> get(handle, id));
  }

  static User get(Handle handle, UUID id) {
    return one(
        handle, "SELECT " + COLUMNS + " FROM users WHERE id = :id AND deleted_at IS NULL", id);
  }

  private static User one(Handle handle, String sql, UUID id) {
    return handle
        .createQuery(sql)
        .bind("id", id)
        .map((row, context) -> user(row))
        .findOne()
        .orElseThrow(() -> unknown(id));
  }

  Page<User> list(OrgScope scope, int limit, @Nullable String cursor) {
    UUID after = cursor == null ? null : Cursor.id(LIST, cursor);
    List<User> rows =
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle ->
                handle
                    .createQuery(
                        "SELECT "
                            + COLUMNS
                            + " FROM users WHERE deleted_at IS NULL AND (:after::uuid IS NULL OR id"
                            + " > :after::uuid) ORDER BY id LIMIT :limit")
                    .bindByType("after", after, UUID.class)
                    .bind("limit", limit + 1)
                    .map((row, context) -> user(row))
                    .list());
    return Page.of(rows, limit, row -> Cursor.of(LIST, row.id().toString()));
  }

  /** Removes the user and revokes the user's keys. */
  void delete(OrgScope scope, Caller.Administrator actor, UUID id) {
    storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          int rows =
              handle
                  .createUpdate(
                      "UPDATE users SET deleted_at = now() WHERE id = :id AND deleted_at IS NULL")
                  .bind("id", id)
                  .execute();
          if (rows == 0) {
            throw unknown(id);
          }
          ApiKeys.revokeAllOf(handle, id);
          note(handle, scope, actor, "delete", id, Map.of());
          return rows;
        });
  }

  private static Failure unknown(UUID id) {
    return Failure.notFound("the organization has no user " + id);
  }

  /** The audit names the user by id: who that is may have to be forgotten. */
  private static void note(
      Handle handle,
      OrgScope scope,
      Caller.Administrator actor,
      String verb,
      UUID id,
      Map<String, ?> details) {
    AuditLog.append(
        handle, actor, AuditNote.of(KIND + '.' + verb, KIND, id, scope.organizationId(), details));
  }

  private static User user(ResultSet row) throws SQLException {
    return new User(
        row.getObject("id", UUID.class),
        row.getString("email"),
        row.getString("name"),
        row.getString("external_id"),
        Rows.instant(row, "created_at"),
        LimitColumns.limits(row));
  }
}
