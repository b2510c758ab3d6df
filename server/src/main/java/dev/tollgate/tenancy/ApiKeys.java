package dev.tollgate.tenancy;

import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Page;
import dev.tollgate.kernel.Secret;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * The table of keys; every statement runs for one organization, which row-level security sees to.
 */
final class ApiKeys {

  private static final String LIST = "keys";
  private static final String KIND = "key";
  private static final String COLUMNS =
      "id, user_id, name, project, prefix, created_at, expires_at, revoked_at, "
          + LimitColumns.LIMITS
          + ", "
          + LimitColumns.LISTS;

  private final Storage storage;

  ApiKeys(Storage storage) {
    this.storage = storage;
  }

  Issued<ApiKey> create(OrgScope scope, Caller.Administrator actor, ApiKeyDraft draft) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> create(handle, scope.organizationId(), actor, draft));
  }

  /** Takes over a key that somebody has already. */
  ApiKey adopt(OrgScope scope, Caller.Administrator actor, ApiKeyDraft draft, KnownKey known) {
    return Conflicts.guard(() ->
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle ->
                add(handle, scope.organizationId(), actor, draft, known.prefix(), known.hash())));
  }

  /** Makes one within a transaction of the organization's. */
  static Issued<ApiKey> create(
      Handle handle, UUID organization, Caller.Administrator actor, ApiKeyDraft draft) {
    String key = KeyText.next(KeyText.TENANT);
    String prefix = KeyText.prefix(KeyText.TENANT, key);
    ApiKey made = add(handle, organization, actor, draft, prefix, KeyHash.of(key));
    return new Issued<>(made, new Secret(key));
  }

  private static ApiKey add(
      Handle handle,
      UUID organization,
      Caller.Administrator actor,
      ApiKeyDraft draft,
      String prefix,
      KeyHash hash) {
    refuseUnknownUser(handle, draft);
    ApiKey made = insert(handle, organization, draft, prefix, hash);
    if (made.expiresAt() != null && !made.createdAt().isBefore(made.expiresAt())) {
      throw Failure.invalid("expiresAt", "expiresAt must lie in the future");
    }
    AuditLog.append(
        handle, actor, AuditNote.of(KIND + ".create", KIND, made.id(), organization, told(made)));
    return made;
  }

  private static Map<String, Object> told(ApiKey made) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("name", made.name());
    told.put("prefix", made.prefix());
    if (!made.terms().equals(KeyTerms.OPEN)) {
      told.put("terms", LimitColumns.told(made.terms()));
    }
    return told;
  }

  private static void refuseUnknownUser(Handle handle, ApiKeyDraft draft) {
    if (draft.userId() == null) {
      return;
    }
    try {
      Users.get(handle, draft.userId());
    } catch (Failure e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        throw Failure.invalid("userId", "the organization has no user " + draft.userId());
      }
      throw e;
    }
  }

  private static ApiKey insert(
      Handle handle, UUID organization, ApiKeyDraft draft, String prefix, KeyHash hash) {
    String insert =
        "INSERT INTO api_keys (id, organization_id, user_id, name, project, prefix, hash,"
            + " expires_at, "
            + LimitColumns.LIMITS
            + ", "
            + LimitColumns.LISTS
            + ") VALUES (:id, :organization, :user::uuid, :name, :project, :prefix,"
            + " :hash, :expires::timestamptz, "
            + LimitColumns.VALUES
            + ", :models::text[], :routes::text[]) RETURNING ";
    return bind(handle.createQuery(insert + COLUMNS), draft.terms())
        .bind("id", Ids.next())
        .bind("organization", organization)
        .bindByType("user", draft.userId(), UUID.class)
        .bind("name", draft.name())
        .bind("project", draft.project())
        .bind("prefix", prefix)
        .bind("hash", hash.bytes())
        .bind("expires", Rows.column(draft.expiresAt()))
        .map((row, context) -> key(row))
        .one();
  }

  private static Query bind(Query query, KeyTerms terms) {
    return LimitColumns.bind(query, terms.limits())
        .bindByType("models", LimitColumns.array(terms.allowedModels()), String[].class)
        .bindByType("routes", LimitColumns.array(terms.allowedRoutes()), String[].class);
  }

  /** Changes what a key may be used for; a revoked one may no longer be changed. */
  ApiKey change(
      OrgScope scope, Caller.Administrator actor, UUID id, UnaryOperator<KeyTerms> change) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          ApiKey old =
              handle
                  .createQuery("SELECT " + COLUMNS + " FROM api_keys WHERE id = :id FOR UPDATE")
                  .bind("id", id)
                  .map((row, context) -> key(row))
                  .findOne()
                  .orElseThrow(() -> unknown(id));
          if (old.revokedAt() != null) {
            throw Failure.of(ErrorCode.CONFLICT, "the key is revoked; make another");
          }
          KeyTerms terms = change.apply(old.terms());
          String update =
              "UPDATE api_keys SET "
                  + LimitColumns.SET
                  + ", allowed_models = :models::text[], allowed_routes = :routes::text[]"
                  + " WHERE id = :id RETURNING ";
          ApiKey changed =
              bind(handle.createQuery(update + COLUMNS), terms)
                  .bind("id", id)
                  .map((row, context) -> key(row))
                  .one();
          AuditLog.append(
              handle,
              actor,
              AuditNote.of(
                  KIND + ".limit",
                  KIND,
                  id,
                  scope.organizationId(),
                  Map.of("from", LimitColumns.told(old.terms()), "to", LimitColumns.told(terms))));
          return changed;
        });
  }

  private static Failure unknown(UUID id) {
    return Failure.notFound("the organization has no key " + id);
  }

  /** The revoked and the expired too, since the ledger names them. */
  Page<ApiKey> list(OrgScope scope, int limit, @Nullable String cursor) {
    UUID after = cursor == null ? null : Cursor.id(LIST, cursor);
    List<ApiKey> rows =
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle ->
                handle
                    .createQuery(
                        "SELECT "
                            + COLUMNS
                            + " FROM api_keys WHERE :after::uuid IS NULL OR id > :after::uuid"
                            + " ORDER BY id LIMIT :limit")
                    .bindByType("after", after, UUID.class)
                    .bind("limit", limit + 1)
                    .map((row, context) -> key(row))
                    .list());
    return Page.of(rows, limit, row -> Cursor.of(LIST, row.id().toString()));
  }

  /** Revokes a key; one that is revoked stays so, and the audit tells of the first time. */
  void revoke(OrgScope scope, Caller.Administrator actor, UUID id) {
    storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          int rows =
              handle
                  .createUpdate(
                      "UPDATE api_keys SET revoked_at = now()"
                          + " WHERE id = :id AND revoked_at IS NULL")
                  .bind("id", id)
                  .execute();
          if (rows == 1) {
            AuditNote note =
                AuditNote.of(KIND + ".revoke", KIND, id, scope.organizationId(), Map.of());
            AuditLog.append(handle, actor, note);
          } else if (!exists(handle, id)) {
            throw unknown(id);
          }
          return rows;
        });
  }

  ApiKey get(OrgScope scope, UUID id) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle ->
            handle
                .createQuery("SELECT " + COLUMNS + " FROM api_keys WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> key(row))
                .findOne()
                .orElseThrow(() -> unknown(id)));
  }

  private static boolean exists(Handle handle, UUID id) {
    return handle
        .createQuery("SELECT EXISTS (SELECT FROM api_keys WHERE id = :id)")
        .bind("id", id)
        .mapTo(Boolean.class)
        .one();
  }

  static void revokeAllOf(Handle handle, UUID user) {
    handle
        .createUpdate(
            "UPDATE api_keys SET revoked_at = now() WHERE user_id = :user AND revoked_at IS NULL")
        .bind("user", user)
        .execute();
  }

  private static ApiKey key(ResultSet row) throws SQLException {
    KeyTerms terms = LimitColumns.terms(row, "");
    return new ApiKey(
        row.getObject("id", UUID.class),
        row.getObject("user_id", UUID.class),
        row.getString("name"),
        row.getString("project"),
        row.getString("prefix"),
        Rows.instant(row, "created_at"),
        Rows.instantOrNull(row, "expires_at"),
        Rows.instantOrNull(row, "revoked_at"),
        terms.limits(),
        terms.allowedModels(),
        terms.allowedRoutes());
  }
}
