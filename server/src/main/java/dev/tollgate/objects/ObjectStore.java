package dev.tollgate.objects;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Whose ids are, in PostgreSQL, for all nodes. Blocks. */
final class ObjectStore {

  /** An id that is given out again and again stays: its age is renewed once a day. */
  private static final String ADD =
      """
      INSERT INTO provider_objects AS o (organization_id, id_hash, provider, credential, kind)
      VALUES (:organization, :hash, :provider, :credential, :kind)
      ON CONFLICT (organization_id, id_hash, provider, credential)
        DO UPDATE SET given_at = excluded.given_at WHERE o.given_at < now() - interval '1 day'
      """;

  private static final String FIND =
      """
      SELECT encode(id_hash, 'hex') AS hash, provider, credential FROM provider_objects
      WHERE organization_id = :organization AND id_hash IN (<hashes>)
        AND given_at > now() - make_interval(secs => :seconds)
      """;

  private static final String SWEEP =
      """
      DELETE FROM provider_objects WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM provider_objects
        WHERE given_at <= now() - make_interval(secs => :seconds)
        ORDER BY given_at LIMIT :most FOR UPDATE SKIP LOCKED))
      """;

  private final Storage storage;
  private final Duration retention;

  ObjectStore(Storage storage, Duration retention) {
    this.storage = storage;
    this.retention = retention;
  }

  /** One row; their order keeps nodes from waiting for each other in a circle. */
  record Row(UUID organization, String hash, Maker maker) implements Comparable<Row> {
    @Override
    public int compareTo(Row other) {
      int first = organization.compareTo(other.organization);
      int second = first != 0 ? first : hash.compareTo(other.hash);
      int third = second != 0 ? second : maker.provider().compareTo(other.maker.provider());
      return third != 0 ? third : maker.credential().compareTo(other.maker.credential());
    }
  }

  /** In hexadecimal digits: ids are looked for and never read. */
  static String hash(String id) {
    try {
      byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  /** Adds all of them in one commit. */
  void add(SortedMap<Row, ObjectKind> rows) {
    storage.transact(
        Access.spend(),
        handle -> {
          PreparedBatch batch = handle.prepareBatch(ADD);
          rows.forEach((row, kind) ->
              batch
                  .bind("organization", row.organization())
                  .bind("hash", HexFormat.of().parseHex(row.hash()))
                  .bind("provider", row.maker().provider())
                  .bind("credential", row.maker().credential())
                  .bind("kind", kind.wire())
                  .add());
          return batch.execute();
        });
  }

  /** Who made each of {@code hashes}; what is not the organization's is not there. */
  Map<String, Set<Maker>> find(UUID organization, Collection<String> hashes) {
    return storage.transact(
        Access.tenant(organization),
        handle -> {
          Map<String, Set<Maker>> found = new HashMap<>();
          handle
              .createQuery(FIND)
              .bind("organization", organization)
              .bindList("hashes", hashes.stream().map(HexFormat.of()::parseHex).toList())
              .bind("seconds", retention.toSeconds())
              .map((row, context) -> {
                String hash = row.getString("hash");
                found
                    .computeIfAbsent(hash, ignored -> new HashSet<>())
                    .add(new Maker(row.getString("provider"), row.getString("credential")));
                return hash;
              })
              .list();
          return found;
        });
  }

  void remove(UUID organization, String hash) {
    storage.transact(
        Access.tenant(organization),
        handle ->
            handle
                .createUpdate(
                    "DELETE FROM provider_objects"
                        + " WHERE organization_id = :organization AND id_hash = :hash")
                .bind("organization", organization)
                .bind("hash", HexFormat.of().parseHex(hash))
                .execute());
  }

  /** Removes what is too old, at most so many; returns how many. */
  int sweep(int most) {
    return storage.transact(Access.spend(), handle -> sweep(handle, most));
  }

  private int sweep(Handle handle, int most) {
    return handle
        .createUpdate(SWEEP)
        .bind("seconds", retention.toSeconds())
        .bind("most", most)
        .execute();
  }
}
