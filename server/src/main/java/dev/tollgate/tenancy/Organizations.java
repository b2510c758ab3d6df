package dev.tollgate.tenancy;

import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of organizations. */
final class Organizations {

  private static final String LIST = "organizations";
  private static final String KIND = "organization";
  private static final String COLUMNS = "id, name, external_id, created_at, " + LimitColumns.LIMITS;

  private final Storage storage;

  Organizations(Storage storage) {
    this.storage = storage;
  }

  /**
   * Makes one within a transaction of {@link Access#admin}.
   *
   * @param along further work of the same transaction; may enter another role
   */
  static Organization create(
      Handle handle,
      Caller.Administrator actor,
      OrganizationDraft draft,
      BiConsumer<Handle, Organization> along) {
    Organization made = Conflicts.guard(() -> insert(handle, draft));
    along.accept(handle, made);
    Storage.enter(handle, Access.admin());
    note(handle, actor, "create", made.id(), fields(draft));
    return made;
  }

  private static Organization insert(Handle handle, OrganizationDraft draft) {
    String insert =
        "INSERT INTO organizations (id, name, external_id, "
            + LimitColumns.LIMITS
            + ") VALUES (:id, :name, :externalId, "
            + LimitColumns.VALUES
            + ") RETURNING ";
    return LimitColumns.bind(handle.createQuery(insert + COLUMNS), draft.limits())
        .bind("id", Ids.next())
        .bind("name", draft.name())
        .bind("externalId", draft.externalId())
        .map((row, context) -> organization(row))
        .one();
  }

  Organization create(
      Caller.Administrator actor, OrganizationDraft draft, BiConsumer<Handle, Organization> along) {
    return storage.transact(Access.admin(), handle -> create(handle, actor, draft, along));
  }

  /** Makes the one with this external id, or gives it this name. */
  OrganizationPut put(
      Caller.Administrator actor,
      String externalId,
      String name,
      BiConsumer<Handle, Organization> along) {
    OrganizationDraft draft = new OrganizationDraft(name, externalId);
    return storage.transact(
        Access.admin(),
        handle -> {
          // Two that put the same at once queue here, so that the second finds the first's.
          handle
              .createQuery("SELECT pg_advisory_xact_lock(hashtextextended(:external, 1))::text")
              .bind("external", externalId)
              .mapTo(String.class)
              .one();
          Organization there = byExternalId(handle, externalId);
          if (there == null) {
            return new OrganizationPut(create(handle, actor, draft, along), true);
          }
          return new OrganizationPut(rename(handle, actor, there, name), false);
        });
  }

  private static @Nullable Organization byExternalId(Handle handle, String externalId) {
    return handle
        .createQuery(
            "SELECT "
                + COLUMNS
                + " FROM organizations WHERE external_id = :external AND deleted_at IS NULL")
        .bind("external", externalId)
        .map((row, context) -> organization(row))
        .findOne()
        .orElse(null);
  }

  Organization rename(Caller.Administrator actor, UUID id, String name) {
    Texts.name("name", name);
    return storage.transact(Access.admin(), handle -> rename(handle, actor, get(handle, id), name));
  }

  private static Organization rename(
      Handle handle, Caller.Administrator actor, Organization old, String name) {
    if (old.name().equals(name)) {
      return old;
    }
    Organization renamed =
        handle
            .createQuery(
                "UPDATE organizations SET name = :name WHERE id = :id AND deleted_at IS NULL"
                    + " RETURNING "
                    + COLUMNS)
            .bind("id", old.id())
            .bind("name", name)
            .map((row, context) -> organization(row))
            .findOne()
            .orElseThrow(() -> unknown(old.id()));
    note(handle, actor, "rename", old.id(), Map.of("from", old.name(), "to", name));
    return renamed;
  }

  /** Changes how much it may ask for. */
  Organization limit(Caller.Administrator actor, UUID id, UnaryOperator<RateLimits> change) {
    return storage.transact(
        Access.admin(),
        handle -> {
          Organization old =
              one(
                  handle,
                  "SELECT "
                      + COLUMNS
                      + " FROM organizations WHERE id = :id AND deleted_at IS NULL FOR UPDATE",
                  id);
          String update = "UPDATE organizations SET " + LimitColumns.SET + " WHERE id = :id";
          Organization limited =
              LimitColumns.bind(
                      handle.createQuery(update + " RETURNING " + COLUMNS),
                      change.apply(old.limits()))
                  .bind("id", id)
                  .map((row, context) -> organization(row))
                  .one();
          note(
              handle,
              actor,
              "limit",
              id,
              Map.of(
                  "from", LimitColumns.told(old.limits()),
                  "to", LimitColumns.told(limited.limits())));
          return limited;
        });
  }

  Organization get(UUID id) {
    return storage.transact(Access.admin(), handle -> get(handle, id));
  }

  private static Organization get(Handle handle, UUID id) {
    return one(
        handle,
        "SELECT " + COLUMNS + " FROM organizations WHERE id = :id AND deleted_at IS NULL",
        id);
  }

  private static Organization one(Handle handle, String sql, UUID id) {
    return handle
        .createQuery(sql)
        .bind("id", id)
        .map((row, context) -> organization(row))
        .findOne()
        .orElseThrow(() -> unknown(id));
  }

  Page<Organization> list(int limit, @Nullable String cursor) {
    UUID after = cursor == null ? null : Cursor.id(LIST, cursor);
    List<Organization> rows =
        storage.transact(
            Access.admin(),
            handle ->
                handle
                    .createQuery(
                        "SELECT "
                            + COLUMNS
                            + " FROM organizations WHERE deleted_at IS NULL AND (:after::uuid IS"
                            + " NULL OR id > :after::uuid) ORDER BY id LIMIT :limit")
                    .bindByType("after", after, UUID.class)
                    .bind("limit", limit + 1)
                    .map((row, context) -> organization(row))
                    .list());
    return Page.of(rows, limit, row -> Cursor.of(LIST, row.id().toString()));
  }

  void delete(Caller.Administrator actor, UUID id, Consumer<Handle> along) {
    storage.transact(
        Access.admin(),
        handle -> {
          int rows =
              handle
                  .createUpdate(
                      "UPDATE organizations SET deleted_at = now()"
                          + " WHERE id = :id AND deleted_at IS NULL")
                  .bind("id", id)
                  .execute();
          if (rows == 0) {
            throw unknown(id);
          }
          note(handle, actor, "delete", id, Map.of());
          along.accept(handle);
          return rows;
        });
  }

  static Failure unknown(UUID id) {
    return Failure.notFound("there is no organization " + id);
  }

  private static void note(
      Handle handle, Caller.Administrator actor, String verb, UUID id, Map<String, ?> details) {
    AuditLog.append(handle, actor, AuditNote.of(KIND + '.' + verb, KIND, id, id, details));
  }

  private static Map<String, Object> fields(OrganizationDraft draft) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", draft.name());
    if (draft.externalId() != null) {
      fields.put("externalId", draft.externalId());
    }
    if (!draft.limits().none()) {
      fields.put("limits", LimitColumns.told(draft.limits()));
    }
    return fields;
  }

  private static Organization organization(ResultSet row) throws SQLException {
    return new Organization(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getString("external_id"),
        Rows.instant(row, "created_at"),
        LimitColumns.limits(row));
  }
}
