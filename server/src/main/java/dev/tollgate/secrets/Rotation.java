package dev.tollgate.secrets;

import com.google.crypto.tink.util.Bytes;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** From one key to the next, while nodes go on reading and writing. */
final class Rotation {

  private static final int BATCH = 200;

  /** Every table with such a column; partitions by their parent. */
  private static final String TABLES =
      """
      SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'tollgate'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition AND a.attname = 'sealed' AND NOT a.attisdropped
      ORDER BY 1
      """;

  private final Storage storage;
  private final MasterKey master;
  private final Consumer<Keyset> changed;

  private record Sealed(UUID organization, UUID id, Bytes bytes) {}

  Rotation(Storage storage, MasterKey master, Consumer<Keyset> changed) {
    this.storage = storage;
    this.master = master;
    this.changed = changed;
  }

  Rotated run(BiConsumer<Handle, String> along) {
    Keyset keyset = alone(along, "secrets.rotate", Keyset::withNewPrimary);
    long rows = 0;
    for (String table : storage.transact(Access.admin(), Rotation::tables)) {
      rows += all(table, keyset);
    }
    int dropped = drop(along, keyset);
    return new Rotated(rows, dropped);
  }

  private static List<String> tables(Handle handle) {
    return handle.createQuery(TABLES).mapTo(String.class).list();
  }

  /** How many secrets are stored. */
  static long sealedRows(Handle handle) {
    return tables(handle).stream()
        .mapToLong(table ->
            handle
                .createQuery("SELECT count(*) FROM " + table + " WHERE sealed IS NOT NULL")
                .mapTo(Long.class)
                .one())
        .sum();
  }

  private interface Change {
    Keyset of(Keyset old);
  }

  private Keyset alone(BiConsumer<Handle, String> along, String action, Change change) {
    Keyset next =
        storage.transact(
            Access.admin(),
            handle -> {
              KeysetTable.lockAlone(handle);
              Keyset fresh =
                  change.of(
                      Objects.requireNonNull(KeysetTable.read(handle, master), "made at open"));
              KeysetTable.write(handle, fresh, master);
              along.accept(handle, action);
              return fresh;
            });
    changed.accept(next);
    return next;
  }

  private long all(String table, Keyset keyset) {
    long rows = 0;
    for (int batch = BATCH; batch == BATCH; rows += batch) {
      batch = storage.transact(Access.admin(), handle -> batch(handle, table, keyset));
    }
    return rows;
  }

  /** Rows that another transaction holds are waited for: none may be left under an old key. */
  private static int batch(Handle handle, String table, Keyset keyset) {
    List<Sealed> rows =
        handle
            .createQuery(
                "SELECT organization_id, id, sealed FROM "
                    + table
                    + " WHERE "
                    + underAnother()
                    + " ORDER BY id LIMIT :limit FOR UPDATE")
            .bind("prefix", prefix(keyset))
            .bind("limit", BATCH)
            .map((row, context) ->
                new Sealed(
                    row.getObject("organization_id", UUID.class),
                    row.getObject("id", UUID.class),
                    Bytes.copyFrom(row.getBytes("sealed"))))
            .list();
    for (Sealed row : rows) {
      SealedRow place = new SealedRow(table, row.organization(), row.id());
      handle
          .createUpdate("UPDATE " + table + " SET sealed = :sealed WHERE id = :id")
          .bind("id", row.id())
          .bind(
              "sealed",
              Secrets.encrypt(
                  keyset, place, Secrets.decrypt(keyset, place, row.bytes().toByteArray())))
          .execute();
    }
    return rows.size();
  }

  private static String underAnother() {
    return "substring(sealed FROM 2 FOR 4) <> :prefix";
  }

  private static byte[] prefix(Keyset keyset) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(keyset.primaryId()).array();
  }

  /** Another rotation may have begun meanwhile; the keys are then its to drop. */
  private int drop(BiConsumer<Handle, String> along, Keyset rotated) {
    Keyset kept =
        storage.transact(
            Access.admin(),
            handle -> {
              KeysetTable.lockAlone(handle);
              Keyset now = Objects.requireNonNull(KeysetTable.read(handle, master), "made at open");
              if (now.version() != rotated.version() || anyUnderAnother(handle, now)) {
                return now;
              }
              Keyset only = now.primaryOnly();
              KeysetTable.write(handle, only, master);
              along.accept(handle, "secrets.drop-old-keys");
              return only;
            });
    changed.accept(kept);
    return rotated.size() - Math.min(rotated.size(), kept.size());
  }

  private static boolean anyUnderAnother(Handle handle, Keyset keyset) {
    return tables(handle).stream()
        .anyMatch(table ->
            handle
                .createQuery(
                    "SELECT EXISTS (SELECT FROM " + table + " WHERE " + underAnother() + ")")
                .bind("prefix", prefix(keyset))
                .mapTo(Boolean.class)
                .one());
  }
}
