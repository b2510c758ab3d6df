package dev.tollgate.credentials;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Ids;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of credentials; each change is one transaction of its organization. */
final class CredentialTable {

  /** How long one node alone may refresh: longer than all that it may wait for. */
  private static final String LEASE = "interval '45 seconds'";

  private static final String AT_PLACE =
      "connector_id = :connector AND user_id IS NOT DISTINCT FROM :user::uuid";

  private final Storage storage;
  private final Secrets secrets;
  private final Clock clock;

  CredentialTable(Storage storage, Secrets secrets, Clock clock) {
    this.storage = storage;
    this.secrets = secrets;
    this.clock = clock;
  }

  /** What is to be stored at a place. */
  record Draft(
      Place place,
      Snapshot.Kind kind,
      Grant grant,
      @Nullable String issuer,
      @Nullable URI resource,
      String scope,
      @Nullable Instant expiresAt) {}

  /** The user's credential, else the organization's; null for neither. */
  @Nullable Snapshot find(UUID organization, Place place) {
    return storage.transact(
        Access.tenant(organization),
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM credentials WHERE connector_id = :connector"
                        + " AND (user_id = :user::uuid OR user_id IS NULL)"
                        + " ORDER BY user_id NULLS LAST LIMIT 1")
                .bind("connector", place.connector())
                .bindByType("user", place.user(), UUID.class)
                .map((row, context) -> snapshot(row))
                .findOne()
                .orElse(null));
  }

  @Nullable Snapshot get(UUID organization, UUID id) {
    return storage.transact(Access.tenant(organization), handle -> get(handle, id));
  }

  private @Nullable Snapshot get(Handle handle, UUID id) {
    return handle
        .createQuery("SELECT * FROM credentials WHERE id = :id")
        .bind("id", id)
        .map((row, context) -> snapshot(row))
        .findOne()
        .orElse(null);
  }

  /** Those of a connector, without their secrets. */
  List<CredentialStatus> list(UUID organization, UUID connector) {
    return storage.transact(
        Access.tenant(organization),
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM credentials WHERE connector_id = :connector"
                        + " ORDER BY user_id NULLS FIRST LIMIT 10000")
                .bind("connector", connector)
                .map((row, context) -> status(row))
                .list());
  }

  /** Stores what goes before whatever was there: the identity stays, the version is another. */
  void put(Handle handle, UUID organization, Draft draft) {
    UUID id = identity(handle, draft.place());
    handle
        .createUpdate(
            """
            INSERT INTO credentials (id, organization_id, connector_id, user_id, kind, state, version,
              revision, sealed, issuer, resource, scope, expires_at, changed_at)
            VALUES (:id, :organization, :connector, :user::uuid, :kind, 'ready', 1, 1, :sealed, :issuer,
              :resource, :scope, :expires::timestamptz, :now)
            ON CONFLICT (organization_id, connector_id, user_id) DO UPDATE SET
              kind = excluded.kind, state = 'ready', version = credentials.version + 1,
              revision = credentials.revision + 1, sealed = excluded.sealed,
              issuer = excluded.issuer, resource = excluded.resource, scope = excluded.scope,
              wanted_scope = '', expires_at = excluded.expires_at, refreshing_until = NULL,
              problem = NULL, changed_at = excluded.changed_at
            """)
        .bind("id", id)
        .bind("organization", organization)
        .bind("connector", draft.place().connector())
        .bindByType("user", draft.place().user(), UUID.class)
        .bind("kind", draft.kind().name().toLowerCase(Locale.ROOT))
        .bind(
            "sealed", secrets.encrypt(handle, Grant.row(organization, id), draft.grant().encode()))
        .bind("issuer", draft.issuer())
        .bind("resource", draft.resource() == null ? null : draft.resource().toString())
        .bind("scope", draft.scope())
        .bindByType("expires", column(draft.expiresAt()), OffsetDateTime.class)
        .bindByType("now", column(clock.now()), OffsetDateTime.class)
        .execute();
  }

  /** The row that is there is locked: what is sealed for it is sealed for its id. */
  private static UUID identity(Handle handle, Place place) {
    handle
        .createQuery("SELECT pg_advisory_xact_lock(hashtextextended(:place, 2))::text")
        .bind("place", place.toString())
        .mapTo(String.class)
        .one();
    return handle
        .createQuery("SELECT id FROM credentials WHERE " + AT_PLACE + " FOR UPDATE")
        .bind("connector", place.connector())
        .bindByType("user", place.user(), UUID.class)
        .mapTo(UUID.class)
        .findOne()
        .orElseGet(Ids::next);
  }

  /** Whose those of a connector are; they are locked. */
  static List<Place> places(Handle handle, UUID connector) {
    return handle
        .createQuery(
            "SELECT user_id FROM credentials WHERE connector_id = :connector"
                + " ORDER BY id FOR UPDATE")
        .bind("connector", connector)
        .map((row, context) -> new Place(connector, row.getObject("user_id", UUID.class)))
        .list();
  }

  static boolean delete(Handle handle, Place place) {
    return handle
            .createUpdate("DELETE FROM credentials WHERE " + AT_PLACE)
            .bind("connector", place.connector())
            .bindByType("user", place.user(), UUID.class)
            .execute()
        > 0;
  }

  // Refreshing: the row's lock decides who, the revision whether it still matters

  /** Takes the right to refresh this revision; false: another has it, or it is gone. */
  boolean claim(Snapshot seen) {
    return change(
        seen,
        "refreshing_until = now() + " + LEASE,
        "state = 'ready' AND (refreshing_until IS NULL OR refreshing_until < now())");
  }

  /** Gives the right back without a result. */
  void release(Snapshot seen) {
    change(seen, "refreshing_until = NULL", "true");
  }

  /**
   * Stores a refreshed grant in place of {@code seen}.
   *
   * @return false when it was changed meanwhile: what is there now is to be used
   */
  boolean refreshed(
      Snapshot seen, Grant grant, String scope, @Nullable Instant expiresAt, boolean newVersion) {
    return storage.transact(
        Access.tenant(seen.organization()),
        handle ->
            handle
                    .createUpdate(
                        "UPDATE credentials SET revision = revision + 1, version = version + :step,"
                            + " sealed = :sealed, scope = :scope, expires_at ="
                            + " :expires::timestamptz, refreshing_until = NULL, problem = NULL,"
                            + " changed_at = :now WHERE id = :id AND revision = :revision")
                    .bindByType("now", column(clock.now()), OffsetDateTime.class)
                    .bind("step", newVersion ? 1 : 0)
                    .bind("scope", scope)
                    .bindByType("expires", column(expiresAt), OffsetDateTime.class)
                    .bind("id", seen.id())
                    .bind("revision", seen.revision())
                    .bind(
                        "sealed",
                        secrets.encrypt(
                            handle, Grant.row(seen.organization(), seen.id()), grant.encode()))
                    .execute()
                > 0);
  }

  /** Marks that a person has to connect again; false when it was changed meanwhile. */
  boolean needsReauthorization(Snapshot seen, String problem) {
    return storage.transact(
        Access.tenant(seen.organization()),
        handle ->
            handle
                    .createUpdate(
                        "UPDATE credentials SET state = 'needs_reauthorization',"
                            + " revision = revision + 1, refreshing_until = NULL,"
                            + " problem = :problem, changed_at = :now"
                            + " WHERE id = :id AND revision = :revision AND state = 'ready'")
                    .bindByType("now", column(clock.now()), OffsetDateTime.class)
                    .bind("problem", problem)
                    .bind("id", seen.id())
                    .bind("revision", seen.revision())
                    .execute()
                > 0);
  }

  /** Notes what calls needed beyond the scope that was granted. */
  void want(Snapshot seen, String scope) {
    storage.transact(
        Access.tenant(seen.organization()),
        handle ->
            handle
                .createUpdate("UPDATE credentials SET wanted_scope = :scope WHERE id = :id")
                .bind("scope", scope)
                .bind("id", seen.id())
                .execute());
  }

  private boolean change(Snapshot seen, String set, String where) {
    return storage.transact(
        Access.tenant(seen.organization()),
        handle ->
            handle
                    .createUpdate(
                        "UPDATE credentials SET "
                            + set
                            + " WHERE id = :id AND revision = :revision AND "
                            + where)
                    .bind("id", seen.id())
                    .bind("revision", seen.revision())
                    .execute()
                > 0);
  }

  // Rows

  private Snapshot snapshot(ResultSet row) throws SQLException {
    UUID organization = row.getObject("organization_id", UUID.class);
    UUID id = row.getObject("id", UUID.class);
    String resource = row.getString("resource");
    byte[] sealed = row.getBytes("sealed");
    return new Snapshot(
        organization,
        id,
        new Place(row.getObject("connector_id", UUID.class), row.getObject("user_id", UUID.class)),
        Snapshot.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        row.getString("state").equals("ready"),
        row.getLong("version"),
        row.getLong("revision"),
        Grant.decode(secrets.decrypt(Grant.row(organization, id), sealed)),
        row.getString("issuer"),
        resource == null ? null : URI.create(resource),
        row.getString("scope"),
        row.getString("wanted_scope"),
        row.getObject("changed_at", OffsetDateTime.class).toInstant(),
        instant(row, "expires_at"),
        row.getString("problem"));
  }

  private static CredentialStatus status(ResultSet row) throws SQLException {
    return new CredentialStatus(
        row.getObject("id", UUID.class),
        row.getObject("connector_id", UUID.class),
        row.getObject("user_id", UUID.class),
        row.getString("kind"),
        row.getString("state"),
        row.getLong("version"),
        row.getString("issuer"),
        row.getString("scope"),
        row.getString("wanted_scope"),
        instant(row, "expires_at"),
        row.getString("problem"),
        row.getObject("changed_at", OffsetDateTime.class).toInstant());
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  private static @Nullable OffsetDateTime column(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
