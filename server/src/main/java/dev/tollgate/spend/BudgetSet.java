package dev.tollgate.spend;

import dev.tollgate.tenancy.OrgScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which budgets an organization has, and thereby which of them concern a call.
 *
 * @param version changes whenever a budget is made or removed
 * @param at the monotonic reading before PostgreSQL was asked
 * @param resolved the answers for those who called, for as long as the set is in use
 */
record BudgetSet(
    UUID organization,
    long version,
    UUID whole,
    Map<UUID, UUID> keys,
    Map<String, UUID> projects,
    Map<UUID, UUID> users,
    long at,
    ConcurrentHashMap<UUID, List<Account>> resolved) {

  private static final int MOST_RESOLVED = 100_000;

  BudgetSet {
    keys = Map.copyOf(keys);
    projects = Map.copyOf(projects);
    users = Map.copyOf(users);
  }

  /** Where accounts come from. */
  interface Opener {
    /** The account of a budget; null: this node has as many as it may. */
    @Nullable Account of(UUID budget);
  }

  /** The accounts that a call must be granted by, in the order of {@link BudgetScope}. */
  @Nullable List<Account> resolve(OrgScope scope, Opener opener) {
    UUID caller = caller(scope);
    List<Account> known = resolved.get(caller);
    if (known != null && known.stream().noneMatch(Account::retired)) {
      return known;
    }
    List<Account> accounts = new ArrayList<>();
    for (UUID id : ids(scope)) {
      Account account = opener.of(id);
      if (account == null) {
        return null;
      }
      accounts.add(account);
    }
    if (resolved.size() >= MOST_RESOLVED) {
      resolved.clear();
    }
    resolved.put(caller, accounts);
    return accounts;
  }

  /** What all calls have in common that the same budgets concern: a token's bearer has no key. */
  private UUID caller(OrgScope scope) {
    if (scope.keyId() != null) {
      return scope.keyId();
    }
    return scope.userId() == null ? organization : scope.userId();
  }

  private List<UUID> ids(OrgScope scope) {
    UUID key = scope.keyId();
    UUID user = scope.userId();
    String project = scope.project();
    return Stream.of(
            key == null ? null : keys.get(key),
            project == null ? null : projects.get(project),
            user == null ? null : users.get(user),
            whole)
        .filter(Objects::nonNull)
        .toList();
  }
}
