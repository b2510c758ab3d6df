package dev.tollgate.tenancy;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Proofs of tenancy for tests that have no tenant. */
public final class Scopes {

  private Scopes() {}

  public static OrgScope of(UUID organization) {
    return new OrgScope(organization, null, null, null);
  }

  /** Of a key, perhaps of a user, with all that limits it. */
  public static OrgScope of(
      UUID organization, UUID key, @Nullable UUID user, Entitlements entitlements) {
    return new OrgScope(organization, key, user, null, entitlements);
  }
}
