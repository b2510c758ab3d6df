package dev.tollgate.tenancy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Finds a key by its hash in the database. */
final class KeyLookup {

  /** Keys that nobody has must not take all connections from those who have one. */
  private static final int AT_ONCE = 4;

  private static final long PATIENCE_MILLIS = 2_000;

  private final Storage storage;
  private final Semaphore permits = new Semaphore(AT_ONCE);

  KeyLookup(Storage storage) {
    this.storage = storage;
  }

  /** Whom a key belongs to, and until when; null where nobody. */
  record Found(Caller caller, @Nullable Instant expiresAt) {}

  /**
   * Asks the database.
   *
   * @throws Failure UNAVAILABLE when it is away, OVERLOADED when too many ask
   */
  @Nullable Found find(KeyHash hash) {
    acquire();
    try {
      return storage.transact(Access.auth(), handle -> find(handle, hash));
    } finally {
      permits.release();
    }
  }

  /** Within a transaction of {@link Access#auth}. */
  static @Nullable Found find(Handle handle, KeyHash hash) {
    return handle
        .createQuery("SELECT * FROM find_key(:hash)")
        .bind("hash", hash.bytes())
        .map((row, context) -> found(row))
        .findFirst()
        .orElse(null);
  }

  private static Found found(ResultSet row) throws SQLException {
    UUID id = row.getObject("id", UUID.class);
    if (row.getString("kind").equals("administrator")) {
      return new Found(new Caller.Administrator(id, row.getString("name")), null);
    }
    OrgScope scope =
        new OrgScope(
            row.getObject("organization_id", UUID.class),
            id,
            row.getObject("user_id", UUID.class),
            row.getString("project"),
            entitlements(row));
    return new Found(new Caller.Tenant(scope), Rows.instantOrNull(row, "expires_at"));
  }

  private static Entitlements entitlements(ResultSet row) throws SQLException {
    Entitlements found =
        new Entitlements(
            LimitColumns.terms(row, "key_"),
            LimitColumns.limits(row, "user_"),
            LimitColumns.limits(row, "organization_"));
    return found.equals(Entitlements.OPEN) ? Entitlements.OPEN : found;
  }

  private void acquire() {
    try {
      if (permits.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw Failure.of(ErrorCode.OVERLOADED, "too many unknown keys are being looked up; try again");
  }
}
