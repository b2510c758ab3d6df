package dev.tollgate.storage;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * As whom a transaction runs: a role, and the organization that row-level security admits.
 *
 * @param organization the tenant, or null where the role's policies do not ask for one
 */
public record Access(Role role, @Nullable UUID organization) {

  public static Access tenant(UUID organization) {
    return new Access(Role.APPLICATION, organization);
  }

  public static Access spend() {
    return new Access(Role.SPEND, null);
  }

  public static Access auth() {
    return new Access(Role.AUTH, null);
  }

  public static Access admin() {
    return new Access(Role.ADMIN, null);
  }
}
