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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of administrators. */
final class Administrators {

  /** The name of the one whose key is {@code TOLLGATE_ADMIN_KEY}. */
  static final String ENVIRONMENT = "environment";

  private static final String LIST = "administrators";
  private static final String KIND = "administrator";
  private static final String COLUMNS = "id, name, prefix, created_at, revoked_at";

  private final Storage storage;

  Administrators(Storage storage) {
    this.storage = storage;
  }

  Issued<Administrator> create(Caller.Administrator actor, String name) {
    Texts.name("name", name);
    if (name.equals(ENVIRONMENT)) {
      throw Failure.invalid("name", "this name is that of the key in TOLLGATE_ADMIN_KEY");
    }
    return storage.transact(Access.admin(), handle -> create(handle, actor, name));
  }

  /** Makes one within a transaction of {@link Access#admin}. */
  static Issued<Administrator> create(Handle handle, Caller.Administrator actor, String name) {
    String key = KeyText.next(KeyText.ADMINISTRATOR);
    String prefix = KeyText.prefix(KeyText.ADMINISTRATOR, key);
    Administrator made =
        Conflicts.guard(() -> insert(handle, name, "issued", prefix, KeyHash.of(key)));
    note(handle, actor, "create", made.id(), Map.of("name", name, "prefix", prefix));
    return new Issued<>(made, new Secret(key));
  }

  private static Administrator insert(
      Handle handle, String name, String source, @Nullable String prefix, KeyHash hash) {
    return handle
        .createQuery(
            "INSERT INTO administrators (id, name, source, prefix, hash)"
                + " VALUES (:id, :name, :source, :prefix, :hash) RETURNING "
                + COLUMNS)
        .bind("id", Ids.next())
        .bind("name", name)
        .bind("source", source)
        .bind("prefix", prefix)
        .bind("hash", hash.bytes())
        .map((row, context) -> administrator(row))
        .one();
  }

  Page<Administrator> list(int limit, @Nullable String cursor) {
    UUID after = cursor == null ? null : Cursor.id(LIST, cursor);
    List<Administrator> rows =
        storage.transact(
            Access.admin(),
            handle ->
                handle
                    .createQuery(
                        "SELECT "
                            + COLUMNS
                            + " FROM administrators WHERE :after::uuid IS NULL OR id > :after::uuid"
                            + " ORDER BY id LIMIT :limit")
                    .bindByType("after", after, UUID.class)
                    .bind("limit", limit + 1)
                    .map((row, context) -> administrator(row))
                    .list());
    return Page.of(rows, limit, row -> Cursor.of(LIST, row.id().toString()));
  }

  /** Revokes one that is not the last. */
  void revoke(Caller.Administrator actor, UUID id) {
    storage.transact(
        Access.admin(),
        handle -> {
          queue(handle);
          if (live(handle, "id = :id AND source = 'environment'", id)) {
            throw Failure.of(
                ErrorCode.CONFLICT,
                "this is the key in TOLLGATE_ADMIN_KEY; change the variable and start again");
          }
          if (live(handle, "id = :id", id) && !live(handle, "id <> :id", id)) {
            throw Failure.of(
                ErrorCode.CONFLICT, "this is the last administrator; create another first");
          }
          return revoke(handle, actor, id);
        });
  }

  private static boolean revoke(Handle handle, Caller.Administrator actor, UUID id) {
    int rows =
        handle
            .createUpdate(
                "UPDATE administrators SET revoked_at = now()"
                    + " WHERE id = :id AND revoked_at IS NULL")
            .bind("id", id)
            .execute();
    if (rows == 1) {
      note(handle, actor, "revoke", id, Map.of());
    } else if (!exists(handle, "id = :id", id)) {
      throw Failure.notFound("there is no administrator " + id);
    }
    return rows == 1;
  }

  private static boolean live(Handle handle, String condition, UUID id) {
    return exists(handle, "revoked_at IS NULL AND " + condition, id);
  }

  private static boolean exists(Handle handle, String condition, UUID id) {
    return handle
        .createQuery("SELECT EXISTS (SELECT FROM administrators WHERE " + condition + ")")
        .bind("id", id)
        .mapTo(Boolean.class)
        .one();
  }

  /** Changes that look at all administrators happen one after the other. */
  static void queue(Handle handle) {
    handle
        .createQuery(
            "SELECT pg_advisory_xact_lock(hashtextextended('tollgate.administrators', 0))::text")
        .mapTo(String.class)
        .one();
  }

  /**
   * Makes {@code key} the one of the administrator {@link #ENVIRONMENT}, in place of what it was;
   * null revokes that.
   *
   * @return the administrators whose keys are refused from now on
   */
  List<UUID> register(@Nullable Secret key, Caller.Administrator actor) {
    KeyHash hash = key == null ? null : hash(key);
    return storage.transact(
        Access.auth(),
        handle -> {
          KeyLookup.Found found = hash == null ? null : KeyLookup.find(handle, hash);
          Storage.enter(handle, Access.admin());
          queue(handle);
          List<UUID> old = environment(handle);
          UUID same = administrator(found);
          if (same != null && old.contains(same)) {
            return List.of();
          }
          old.forEach(id -> revoke(handle, actor, id));
          if (hash != null && same == null) {
            Administrator made =
                Conflicts.guard(() -> insert(handle, ENVIRONMENT, ENVIRONMENT, null, hash));
            note(handle, actor, "create", made.id(), Map.of("name", ENVIRONMENT));
          }
          return old;
        });
  }

  private static KeyHash hash(Secret key) {
    if (!KeyHash.plausible(key.reveal())) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "TOLLGATE_ADMIN_KEY must have "
              + KeyHash.SHORTEST
              + " to "
              + KeyHash.LONGEST
              + " characters");
    }
    return KeyHash.of(key.reveal());
  }

  private static @Nullable UUID administrator(KeyLookup.@Nullable Found found) {
    return switch (found == null ? null : found.caller()) {
      case null -> null;
      case Caller.Administrator administrator -> administrator.id();
      case Caller.Tenant _ ->
          throw Failure.of(
              ErrorCode.INVALID_REQUEST, "TOLLGATE_ADMIN_KEY is the key of an organization");
    };
  }

  private static List<UUID> environment(Handle handle) {
    return handle
        .createQuery(
            "SELECT id FROM administrators WHERE source = 'environment' AND revoked_at IS NULL")
        .mapTo(UUID.class)
        .list();
  }

  private static void note(
      Handle handle, Caller.Administrator actor, String verb, UUID id, Map<String, ?> details) {
    AuditLog.append(handle, actor, AuditNote.of(KIND + '.' + verb, KIND, id, null, details));
  }

  private static Administrator administrator(ResultSet row) throws SQLException {
    return new Administrator(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getString("prefix"),
        Rows.instant(row, "created_at"),
        Rows.instantOrNull(row, "revoked_at"));
  }
}
