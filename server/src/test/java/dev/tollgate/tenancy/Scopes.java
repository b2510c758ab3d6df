package dev.tollgate.tenancy;

import java.util.UUID;

/** Proofs of tenancy for tests that have no tenant. */
public final class Scopes {

  private Scopes() {}

  public static OrgScope of(UUID organization) {
    return new OrgScope(organization, null, null, null);
  }
}
