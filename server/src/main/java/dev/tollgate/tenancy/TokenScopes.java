package dev.tollgate.tenancy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** From what a token of a trusted issuer says to an organization and a user of it. */
record TokenScopes(Storage storage) {

  OrgScope find(String organization, @Nullable String user) {
    return storage.transact(
        Access.admin(),
        handle -> {
          UUID id = organization(handle, organization);
          UUID bearer = user == null ? null : user(handle, id, user);
          return new OrgScope(id, null, bearer, null, entitlements(handle, id, bearer));
        });
  }

  private static UUID organization(Handle handle, String name) {
    return one(
        handle
            .createQuery(
                "SELECT id FROM organizations WHERE deleted_at IS NULL"
                    + " AND (external_id = :name OR id::text = :name) LIMIT 2")
            .bind("name", name)
            .mapTo(UUID.class)
            .list(),
        "the token's organization is not known here");
  }

  /** A token is no key: what limits it are its user's limits and its organization's. */
  private static Entitlements entitlements(Handle handle, UUID organization, @Nullable UUID user) {
    return new Entitlements(
        KeyTerms.OPEN,
        user == null ? RateLimits.NONE : limits(handle, "users", user),
        limits(handle, "organizations", organization));
  }

  private static RateLimits limits(Handle handle, String table, UUID id) {
    return handle
        .createQuery("SELECT " + LimitColumns.LIMITS + " FROM " + table + " WHERE id = :id")
        .bind("id", id)
        .map((row, context) -> LimitColumns.limits(row))
        .one();
  }

  private static UUID user(Handle handle, UUID organization, String name) {
    return one(
        handle
            .createQuery(
                "SELECT id FROM users WHERE organization_id = :organization"
                    + " AND deleted_at IS NULL AND (external_id = :name OR id::text = :name)"
                    + " LIMIT 2")
            .bind("organization", organization)
            .bind("name", name)
            .mapTo(UUID.class)
            .list(),
        "the token's user is none of its organization; have one made with this externalId");
  }

  /** One that two names mean is nobody. */
  private static UUID one(List<UUID> found, String otherwise) {
    if (found.size() != 1) {
      throw Failure.of(ErrorCode.FORBIDDEN, otherwise);
    }
    return found.getFirst();
  }
}
