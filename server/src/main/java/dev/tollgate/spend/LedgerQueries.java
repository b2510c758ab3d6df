package dev.tollgate.spend;

import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.OrgScope;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Reads of the ledger, each for one organization. Blocks. */
final class LedgerQueries {

  private static final String LIST = "ledger";
  private static final int MOST = 1_000;

  private final Storage storage;

  LedgerQueries(Storage storage) {
    this.storage = storage;
  }

  /** Entries held in [from, to), newest first. */
  Page<LedgerEntry> list(
      OrgScope scope,
      @Nullable Instant from,
      @Nullable Instant to,
      int limit,
      @Nullable String cursor) {
    if (limit < 1 || limit > MOST) {
      throw Failure.invalid("limit", "limit must be from 1 to " + MOST + ", is " + limit);
    }
    Position after = cursor == null ? null : Position.read(cursor);
    List<LedgerEntry> rows =
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle ->
                page(handle, scope, from, to, after)
                    .bind("limit", limit + 1)
                    .map((row, context) -> LedgerRows.entry(row))
                    .list());
    return Page.of(rows, limit, entry -> Position.of(entry).cursor());
  }

  private static Query page(
      Handle handle,
      OrgScope scope,
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable Position after) {
    Query query =
        handle.createQuery(
            "SELECT * FROM ledger WHERE "
                + span(from, to)
                + (after == null
                    ? ""
                    : " AND (held_at, call_id, attempt, kind)"
                        + " < (:heldAt, :call, :attempt, :kind)")
                + " ORDER BY held_at DESC, call_id DESC, attempt DESC, kind DESC LIMIT :limit");
    bind(query, scope, from, to);
    return after == null ? query : after.bind(query);
  }

  private static String span(@Nullable Instant from, @Nullable Instant to) {
    return "organization_id = :organization"
        + (from == null ? "" : " AND held_at >= :from")
        + (to == null ? "" : " AND held_at < :to");
  }

  private static Query bind(
      Query query, OrgScope scope, @Nullable Instant from, @Nullable Instant to) {
    query.bind("organization", scope.organizationId());
    if (from != null) {
      query.bind("from", from.atOffset(ZoneOffset.UTC));
    }
    if (to != null) {
      query.bind("to", to.atOffset(ZoneOffset.UTC));
    }
    return query;
  }

  /** An entry's place in the list: the instant is that of the call's id. */
  private record Position(UUID call, int attempt, LedgerEntry.Kind kind) {

    static Position of(LedgerEntry entry) {
      return new Position(entry.callId(), entry.attempt(), entry.kind());
    }

    static Position read(String cursor) {
      String[] parts = Cursor.position(LIST, cursor).split("/", -1);
      try {
        return new Position(
            UUID.fromString(parts[0]),
            Integer.parseInt(parts[1]),
            LedgerEntry.Kind.valueOf(parts[2].toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw Failure.invalid("cursor", "the cursor is not one of this list");
      }
    }

    String cursor() {
      return Cursor.of(LIST, call + "/" + attempt + "/" + kind.wire());
    }

    Query bind(Query query) {
      OffsetDateTime heldAt = Ids.instant(call).atOffset(ZoneOffset.UTC);
      return query
          .bind("heldAt", heldAt)
          .bind("call", call)
          .bind("attempt", attempt)
          .bind("kind", kind.wire());
    }
  }
}
