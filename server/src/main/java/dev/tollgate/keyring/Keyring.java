package dev.tollgate.keyring;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Page;
import dev.tollgate.kernel.Secret;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Organizations' own keys for providers.
 *
 * <p>Thread-safe. {@link #cached} and {@link #keys} never block; everything else does. Every change
 * is audited in the transaction that makes it.
 */
public final class Keyring {

  private static final int FINGERPRINT = 12;

  private final ProviderKeyTable table;
  private final OwnKeysCache cache;
  private final Secrets secrets;
  private final Set<String> providers;

  private Keyring(
      Storage storage, Secrets secrets, @Nullable Redis redis, Set<String> providers, Clock clock) {
    this.table = new ProviderKeyTable(storage, secrets);
    this.cache = new OwnKeysCache(table::read, redis, clock);
    this.secrets = secrets;
    this.providers = new TreeSet<>(providers);
  }

  /**
   * Opens the room; it holds nothing that must be closed.
   *
   * @param redis by which nodes hear of changes at once; null: within five seconds
   * @param providers the names of the providers that there are
   */
  public static Keyring open(
      Storage storage, Secrets secrets, @Nullable Redis redis, Set<String> providers, Clock clock) {
    return new Keyring(storage, secrets, redis, providers, clock);
  }

  /** Twelve hexadecimal digits of the SHA-256 of a key: what it is called where it is not shown. */
  public static String fingerprint(Secret key) {
    return HexFormat.of().formatHex(digest(key)).substring(0, FINGERPRINT);
  }

  private static byte[] digest(Secret key) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(key.reveal().getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  /**
   * An organization's keys, from memory.
   *
   * @return null where memory does not know: {@link #keys} tells
   */
  public @Nullable OwnKeys cached(UUID organization) {
    return cache.cached(organization);
  }

  /**
   * An organization's keys; fails with a {@link Failure} UNAVAILABLE where they cannot be known,
   * and what cannot be known is not to be taken for none.
   */
  public CompletionStage<OwnKeys> keys(UUID organization) {
    return cache.get(organization);
  }

  /**
   * Keeps a key; from now on the organization goes to the provider with its own keys alone.
   *
   * @throws Failure INVALID_REQUEST for a provider that there is not, CONFLICT when the key is
   *     there already, there are too many, or there is no master key to keep it under
   */
  public ProviderKey add(OrgScope scope, Caller.Administrator actor, ProviderKeyDraft draft) {
    if (!providers.contains(draft.provider())) {
      throw Failure.invalid(
          "provider",
          "no provider is named "
              + draft.provider()
              + "; there are "
              + String.join(", ", providers));
    }
    secrets.require();
    try {
      return table.add(scope, actor, draft);
    } finally {
      cache.changed(scope.organizationId());
    }
  }

  /** In the order of their making, the revoked too. */
  public Page<ProviderKey> list(OrgScope scope, int limit, @Nullable String cursor) {
    return table.list(scope, limit, cursor);
  }

  /**
   * Revokes all keys of an organization within the transaction that deletes it; what was kept of
   * them is destroyed.
   *
   * @param handle a transaction of an administrator
   * @return to be run after the commit
   */
  public Runnable revokeAll(Handle handle, Caller.Administrator actor, UUID organization) {
    table.revokeAll(handle, actor, organization);
    return () -> cache.changed(organization);
  }

  /**
   * Revokes a key: used no more here, and on other nodes as soon as they hear of it; what was kept
   * of it is destroyed.
   *
   * @throws Failure NOT_FOUND when the organization has no such key
   */
  public void revoke(OrgScope scope, Caller.Administrator actor, UUID id) {
    try {
      table.revoke(scope, actor, id);
    } finally {
      cache.changed(scope.organizationId());
    }
  }
}
