package dev.tollgate.credentials;

import com.google.crypto.tink.util.Bytes;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Authorizations under way, found by the hash of their state, each once and for ten minutes. */
final class FlowTable {

  private static final int MOST = 1_000;

  private final Storage storage;
  private final Secrets secrets;

  private record Row(UUID id, UUID organization, Place place, Bytes sealed) {}

  FlowTable(Storage storage, Secrets secrets) {
    this.storage = storage;
    this.secrets = secrets;
  }

  void put(UUID organization, Place place, String state, Flow flow) {
    UUID id = Ids.next();
    storage.transact(
        Access.tenant(organization),
        handle -> {
          makeRoom(handle);
          return handle
              .createUpdate(
                  "INSERT INTO oauth_flows (id, organization_id, connector_id, user_id, state_hash,"
                      + " sealed, expires_at) VALUES (:id, :organization, :connector, :user::uuid,"
                      + " :hash, :sealed, now() + interval '10 minutes')")
              .bind("id", id)
              .bind("organization", organization)
              .bind("connector", place.connector())
              .bindByType("user", place.user(), UUID.class)
              .bind("hash", hash(state))
              .bind("sealed", secrets.encrypt(handle, Flow.row(organization, id), flow.encode()))
              .execute();
        });
  }

  private static void makeRoom(Handle handle) {
    handle.execute("DELETE FROM oauth_flows WHERE expires_at < now()");
    long many = handle.createQuery("SELECT count(*) FROM oauth_flows").mapTo(Long.class).one();
    if (many >= MOST) {
      throw Failure.of(
          ErrorCode.OVERLOADED,
          "too many authorizations are under way; finish one, or wait ten minutes");
    }
  }

  /** Takes out the flow of {@code state}; null where there is none, or not any more. */
  Flow.@Nullable Pending take(String state) {
    Row row =
        storage.transact(
            Access.admin(),
            handle -> {
              UUID organization =
                  handle
                      .createQuery(
                          "SELECT organization_id FROM oauth_flows WHERE state_hash = :hash")
                      .bind("hash", hash(state))
                      .mapTo(UUID.class)
                      .findOne()
                      .orElse(null);
              if (organization == null) {
                return null;
              }
              Storage.enter(handle, Access.tenant(organization));
              return remove(handle, organization, state);
            });
    return row == null
        ? null
        : new Flow.Pending(
            row.organization(),
            row.place(),
            Flow.decode(
                secrets.decrypt(
                    Flow.row(row.organization(), row.id()), row.sealed().toByteArray())));
  }

  private static @Nullable Row remove(Handle handle, UUID organization, String state) {
    return handle
        .createQuery(
            "DELETE FROM oauth_flows WHERE state_hash = :hash AND expires_at > now()"
                + " RETURNING id, connector_id, user_id, sealed")
        .bind("hash", hash(state))
        .map((row, context) ->
            new Row(
                row.getObject("id", UUID.class),
                organization,
                new Place(
                    row.getObject("connector_id", UUID.class),
                    row.getObject("user_id", UUID.class)),
                Bytes.copyFrom(row.getBytes("sealed"))))
        .findOne()
        .orElse(null);
  }

  private static byte[] hash(String state) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(state.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
