package dev.tollgate.secrets;

import com.google.crypto.tink.util.Bytes;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.security.GeneralSecurityException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The one row of {@code secret_keyset}.
 *
 * <p>The lock: shared by transactions that write ciphertexts, held alone by those that change the
 * keys, both until the commit. So a key is dropped only when no write under it is on its way.
 */
final class KeysetTable {

  private static final String LOCK = "hashtextextended('tollgate.secret_keyset', 0)";

  private KeysetTable() {}

  private record Row(long version, Bytes keyset) {}

  static void lockShared(Handle handle) {
    lock(handle, "pg_advisory_xact_lock_shared");
  }

  static void lockAlone(Handle handle) {
    lock(handle, "pg_advisory_xact_lock");
  }

  private static void lock(Handle handle, String function) {
    handle.createQuery("SELECT " + function + "(" + LOCK + ")::text").mapTo(String.class).one();
  }

  /** The version that is there; 0 for none. */
  static long version(Handle handle) {
    return handle
        .createQuery("SELECT coalesce(max(version), 0) FROM secret_keyset")
        .mapTo(Long.class)
        .one();
  }

  private static @Nullable Row row(Handle handle) {
    return handle
        .createQuery("SELECT version, keyset FROM secret_keyset")
        .map((row, context) ->
            new Row(row.getLong("version"), Bytes.copyFrom(row.getBytes("keyset"))))
        .findOne()
        .orElse(null);
  }

  /** The keys that are there; null for none. */
  static @Nullable Keyset read(Handle handle, MasterKey master) {
    Row row = row(handle);
    if (row == null) {
      return null;
    }
    try {
      return Keyset.open(row.version(), row.keyset().toByteArray(), master);
    } catch (GeneralSecurityException other) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "secrets.master-key is not the one that the stored secrets are under; configure that one,"
              + " or give it once as secrets.previous-master-key",
          other);
    }
  }

  /**
   * Puts what {@code previous} sealed under {@code master}; the keys stay the same.
   *
   * @return whether there was something to do
   */
  static boolean rewrap(Handle handle, MasterKey master, MasterKey previous) {
    Row row = row(handle);
    if (row == null || opens(row, master)) {
      return false;
    }
    write(handle, openPrevious(row, previous), master);
    return true;
  }

  private static boolean opens(Row row, MasterKey master) {
    try {
      Keyset.open(row.version(), row.keyset().toByteArray(), master);
      return true;
    } catch (GeneralSecurityException another) {
      return false;
    }
  }

  private static Keyset openPrevious(Row row, MasterKey previous) {
    try {
      return Keyset.open(row.version(), row.keyset().toByteArray(), previous);
    } catch (GeneralSecurityException neither) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "the stored secrets are neither under secrets.master-key nor under"
              + " secrets.previous-master-key",
          neither);
    }
  }

  static Keyset create(Handle handle, MasterKey master) {
    Keyset keyset = Keyset.generate();
    handle
        .createUpdate("INSERT INTO secret_keyset (version, keyset) VALUES (:version, :keyset)")
        .bind("version", keyset.version())
        .bind("keyset", keyset.seal(master))
        .execute();
    return keyset;
  }

  static void write(Handle handle, Keyset keyset, MasterKey master) {
    handle
        .createUpdate(
            "UPDATE secret_keyset SET version = :version, keyset = :keyset, changed_at = now()")
        .bind("version", keyset.version())
        .bind("keyset", keyset.seal(master))
        .execute();
  }
}
