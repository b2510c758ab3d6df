package dev.tollgate.tenancy;

import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who did what to which object: appended by a function of the database, each entry bound to the one
 * before by its hash, so that a change of the past shows.
 */
final class AuditLog {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final HexFormat HEX = HexFormat.of();
  private static final String LIST = "audit";

  private final Storage storage;

  AuditLog(Storage storage) {
    this.storage = storage;
  }

  /** Appends within a transaction, as its last statement: appends queue until it is committed. */
  static void append(Handle handle, Caller.Administrator actor, AuditNote note) {
    handle
        .createQuery(
            """
            SELECT audit_append(:actorId, :actor, :action, :objectKind, :objectId,
              :organization::uuid, :details::jsonb)
            """)
        .bind("actorId", actor.id())
        .bind("actor", actor.name())
        .bind("action", note.action())
        .bind("objectKind", note.objectKind())
        .bind("objectId", note.objectId())
        .bindByType("organization", note.organization(), UUID.class)
        .bind("details", JSON.writeValueAsString(note.details()))
        .mapTo(Long.class)
        .one();
  }

  /** Newest first. */
  Page<AuditEntry> list(@Nullable UUID organization, int limit, @Nullable String cursor) {
    long before = cursor == null ? Long.MAX_VALUE : Cursor.number(LIST, cursor);
    List<AuditEntry> rows =
        storage.transact(
            Access.admin(),
            handle ->
                handle
                    .createQuery(
                        """
                        SELECT * FROM audit_log
                        WHERE seq < :before
                          AND (:organization::uuid IS NULL OR organization_id = :organization::uuid)
                        ORDER BY seq DESC LIMIT :limit
                        """)
                    .bind("before", before)
                    .bindByType("organization", organization, UUID.class)
                    .bind("limit", limit + 1)
                    .map((row, context) -> entry(row))
                    .list());
    return Page.of(rows, limit, entry -> Cursor.of(LIST, Long.toString(entry.seq())));
  }

  private static AuditEntry entry(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getLong("seq"),
        Rows.instant(row, "at"),
        row.getObject("actor_id", UUID.class),
        row.getString("actor"),
        row.getString("action"),
        row.getString("object_kind"),
        row.getString("object_id"),
        row.getObject("organization_id", UUID.class),
        row.getString("details"),
        HEX.formatHex(row.getBytes("hash")));
  }
}
