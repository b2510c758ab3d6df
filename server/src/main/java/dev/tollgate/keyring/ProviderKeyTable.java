package dev.tollgate.keyring;

import com.google.crypto.tink.util.Bytes;
import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Page;
import dev.tollgate.kernel.Secret;
import dev.tollgate.secrets.SealedRow;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.AuditNote;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of keys for providers; each change is one transaction of its organization. */
final class ProviderKeyTable {

  /** As many as one organization may have in use for one provider. */
  static final int MOST = 32;

  private static final String NAME = "provider_keys";
  private static final String COLUMNS =
      "id, provider, fingerprint, account, created_at, revoked_at";

  private final Storage storage;
  private final Secrets secrets;

  ProviderKeyTable(Storage storage, Secrets secrets) {
    this.storage = storage;
    this.secrets = secrets;
  }

  ProviderKey add(OrgScope scope, Caller.Administrator actor, ProviderKeyDraft draft) {
    String fingerprint = Keyring.fingerprint(draft.key());
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          refuse(handle, scope, draft, fingerprint);
          ProviderKey made = insert(handle, scope, draft, fingerprint);
          note(handle, actor, scope.organizationId(), "provider-key.create", made);
          return made;
        });
  }

  private static void refuse(
      Handle handle, OrgScope scope, ProviderKeyDraft draft, String fingerprint) {
    // One at a time an organization, or two could both be the last that there is room for.
    lock(handle, scope.organizationId());
    if (!handle
        .createQuery("SELECT EXISTS (SELECT FROM organizations WHERE deleted_at IS NULL)")
        .mapTo(Boolean.class)
        .one()) {
      throw Failure.notFound("there is no organization " + scope.organizationId());
    }
    List<String> there =
        handle
            .createQuery(
                "SELECT fingerprint FROM provider_keys"
                    + " WHERE provider = :provider AND revoked_at IS NULL")
            .bind("provider", draft.provider())
            .mapTo(String.class)
            .list();
    if (there.contains(fingerprint)) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "the organization has this key for " + draft.provider() + " already: " + fingerprint);
    }
    if (there.size() >= MOST) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "the organization has " + MOST + " keys for " + draft.provider() + ": revoke one first");
    }
  }

  private static void lock(Handle handle, UUID organization) {
    handle
        .createQuery("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))::text")
        .bind("lock", "tollgate.provider_keys " + organization)
        .mapTo(String.class)
        .one();
  }

  private ProviderKey insert(
      Handle handle, OrgScope scope, ProviderKeyDraft draft, String fingerprint) {
    UUID id = Ids.next();
    return handle
        .createQuery(
            "INSERT INTO provider_keys (id, organization_id, provider, sealed, fingerprint,"
                + " account) VALUES (:id, :organization, :provider, :sealed, :fingerprint,"
                + " :account) RETURNING "
                + COLUMNS)
        .bind("id", id)
        .bind("organization", scope.organizationId())
        .bind("provider", draft.provider())
        .bind(
            "sealed",
            secrets.encrypt(
                handle,
                new SealedRow(NAME, scope.organizationId(), id),
                draft.key().reveal().getBytes(StandardCharsets.UTF_8)))
        .bind("fingerprint", fingerprint)
        .bind("account", draft.account())
        .map((row, context) -> key(row))
        .one();
  }

  /** The revoked too, since the ledger names them. */
  Page<ProviderKey> list(OrgScope scope, int limit, @Nullable String cursor) {
    UUID after = cursor == null ? null : Cursor.id(NAME, cursor);
    List<ProviderKey> rows =
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle ->
                handle
                    .createQuery(
                        "SELECT "
                            + COLUMNS
                            + " FROM provider_keys WHERE :after::uuid IS NULL OR id > :after::uuid"
                            + " ORDER BY id LIMIT :limit")
                    .bindByType("after", after, UUID.class)
                    .bind("limit", limit + 1)
                    .map((row, context) -> key(row))
                    .list());
    return Page.of(rows, limit, row -> Cursor.of(NAME, row.id().toString()));
  }

  /** Revokes a key and forgets it; one that is revoked stays so. */
  void revoke(OrgScope scope, Caller.Administrator actor, UUID id) {
    storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          ProviderKey found =
              handle
                  .createQuery(
                      "SELECT " + COLUMNS + " FROM provider_keys WHERE id = :id FOR UPDATE")
                  .bind("id", id)
                  .map((row, context) -> key(row))
                  .findOne()
                  .orElseThrow(() -> Failure.notFound("the organization has no such key: " + id));
          if (found.revokedAt() == null) {
            handle
                .createUpdate(
                    "UPDATE provider_keys SET revoked_at = now(), sealed = NULL WHERE id = :id")
                .bind("id", id)
                .execute();
            note(handle, actor, scope.organizationId(), "provider-key.revoke", found);
          }
          return found;
        });
  }

  /** Revokes and forgets all of an organization, within the transaction that deletes it. */
  void revokeAll(Handle handle, Caller.Administrator actor, UUID organization) {
    lock(handle, organization);
    handle
        .createQuery(
            "UPDATE provider_keys SET revoked_at = now(), sealed = NULL"
                + " WHERE organization_id = :organization AND revoked_at IS NULL RETURNING "
                + COLUMNS)
        .bind("organization", organization)
        .map((row, context) -> key(row))
        .list()
        .forEach(key -> note(handle, actor, organization, "provider-key.revoke", key));
  }

  /** All that are in use, opened. */
  OwnKeys read(UUID organization) {
    record Row(
        UUID id, String provider, Bytes sealed, String fingerprint, @Nullable String account) {}
    List<Row> rows =
        storage.transact(
            Access.tenant(organization),
            handle ->
                handle
                    .createQuery(
                        "SELECT id, provider, sealed, fingerprint, account FROM provider_keys"
                            + " WHERE revoked_at IS NULL ORDER BY id")
                    .map((row, context) ->
                        new Row(
                            row.getObject("id", UUID.class),
                            row.getString("provider"),
                            Bytes.copyFrom(row.getBytes("sealed")),
                            row.getString("fingerprint"),
                            row.getString("account")))
                    .list());
    if (rows.isEmpty()) {
      return OwnKeys.NONE;
    }
    Map<String, List<OwnKey>> keys = new HashMap<>();
    for (Row row : rows) {
      byte[] plain =
          secrets.decrypt(new SealedRow(NAME, organization, row.id()), row.sealed().toByteArray());
      keys.computeIfAbsent(row.provider(), provider -> new ArrayList<>())
          .add(
              new OwnKey(
                  row.id(),
                  new Secret(new String(plain, StandardCharsets.UTF_8)),
                  row.fingerprint(),
                  row.account()));
    }
    return new OwnKeys(keys);
  }

  private static void note(
      Handle handle,
      Caller.Administrator actor,
      UUID organization,
      String action,
      ProviderKey key) {
    Map<String, String> details = new HashMap<>();
    details.put("provider", key.provider());
    details.put("fingerprint", key.fingerprint());
    if (key.account() != null) {
      details.put("account", key.account());
    }
    Tenancy.audit(
        handle,
        actor,
        new AuditNote(action, "provider-key", key.id().toString(), organization, details));
  }

  private static ProviderKey key(ResultSet row) throws SQLException {
    OffsetDateTime revoked = row.getObject("revoked_at", OffsetDateTime.class);
    return new ProviderKey(
        row.getObject("id", UUID.class),
        row.getString("provider"),
        row.getString("fingerprint"),
        row.getString("account"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        revoked == null ? null : revoked.toInstant());
  }
}
