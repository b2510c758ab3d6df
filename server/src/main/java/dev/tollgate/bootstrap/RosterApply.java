package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Failure;
import dev.tollgate.litellm.Finding;
import dev.tollgate.litellm.Roster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Makes organizations, users, keys and budgets in a running gateway, as an administrator.
 *
 * <p>Organizations and users are found again by their external id, keys by their name: what is
 * there is not made twice, so that a run that was broken off is simply run again. Budgets, limits,
 * and the models and routes of keys are set anew each time, where the export has them.
 */
final class RosterApply {

  private final AdministrationClient client;
  private final boolean newKeys;
  private final SecretsFile secrets;
  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private final List<Finding> refused = new ArrayList<>();

  RosterApply(AdministrationClient client, boolean newKeys, Path secrets) {
    this.client = client;
    this.newKeys = newKeys;
    this.secrets = new SecretsFile(secrets);
  }

  /** How many of what were made, or were there. */
  Map<String, Integer> counts() {
    return counts;
  }

  /** Makes all of it; what the gateway refuses is told, and the rest is made all the same. */
  List<Finding> apply(Roster roster) {
    roster.organizations().forEach(each -> attempt(each.name(), () -> organization(each)));
    return refused;
  }

  private <T> @Nullable T attempt(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (Failure e) {
      if (e.code() == dev.tollgate.kernel.ErrorCode.UNAVAILABLE) {
        throw e;
      }
      refused.add(
          new Finding(
              Finding.Kind.LOST,
              what,
              "the gateway refused it: " + e.getMessage(),
              "set it right"));
      return null;
    }
  }

  private boolean organization(Roster.Organization organization) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("name", organization.name());
    body.put("monthlyBudgetCents", organization.budget().cents());
    String external = AdministrationClient.encoded(organization.externalId());
    String path =
        "/organizations/"
            + client
                .put("/organizations/by-external-id/" + external, body)
                .path("id")
                .stringValue();
    count("organizations");
    Map<String, @Nullable Object> budget = new HashMap<>();
    budget.put("monthlyBudgetCents", organization.budget().cents());
    budget.put("window", organization.budget().window());
    client.put(path + "/budget", budget);
    limit(path, organization.limits());
    Map<String, String> users = users(path, organization);
    keys(path, organization, users);
    return true;
  }

  /** The ids of users by their external ids. */
  private Map<String, String> users(String path, Roster.Organization organization) {
    Map<String, String> ids = known(path + "/users", "externalId");
    for (Roster.User user : organization.users()) {
      attempt(
          organization.name() + ": user " + user.externalId(),
          () -> {
            String id = ids.get(user.externalId());
            if (id == null) {
              id = client.post(path + "/users", draft(user)).path("id").stringValue();
              ids.put(user.externalId(), id);
              count("new users");
            }
            String one = path + "/users/" + id;
            limit(one, user.limits());
            budget(one, user.budget());
            return one;
          });
    }
    return ids;
  }

  private static Map<String, @Nullable Object> draft(Roster.User user) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("externalId", user.externalId());
    body.put("name", user.name());
    body.put("email", user.email());
    return body;
  }

  private void keys(String path, Roster.Organization organization, Map<String, String> users) {
    Map<String, String> ids = known(path + "/keys", "name");
    for (Roster.Key key : organization.keys()) {
      attempt(
          organization.name() + ": key " + key.name(),
          () -> {
            String id = ids.get(key.name());
            String one = path + "/keys/";
            if (id == null) {
              id = create(path, organization, key, users);
            } else {
              change(one + id, key);
            }
            budget(one + id, key.budget());
            return id;
          });
    }
  }

  private String create(
      String path, Roster.Organization organization, Roster.Key key, Map<String, String> users) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("name", key.name());
    body.put("userId", key.userExternalId() == null ? null : users.get(key.userExternalId()));
    body.put("expiresAt", key.expiresAt() == null ? null : key.expiresAt().toString());
    body.putAll(terms(key));
    boolean same = key.sha256() != null && !newKeys;
    if (same) {
      body.put("sha256", key.sha256());
      body.put("prefix", key.hint().isEmpty() ? "sk-…" : key.hint());
    }
    body.values().removeIf(java.util.Objects::isNull);
    JsonNode made = client.post(path + "/keys", body);
    String id = made.path("id").stringValue();
    if (same) {
      count("keys that go on as they are");
    } else {
      secrets.add(organization.name(), key.name(), id, made.path("key").stringValue());
      count("new keys, in " + secrets.file());
    }
    return id;
  }

  private void change(String path, Roster.Key key) {
    Map<String, Object> terms = terms(key);
    if (!terms.isEmpty()) {
      client.patch(path, terms);
    }
  }

  /** What a key may do, as far as the export tells. */
  private static Map<String, Object> terms(Roster.Key key) {
    Map<String, Object> terms = new HashMap<>();
    if (!key.limits().none()) {
      terms.put("limits", limits(key.limits()));
    }
    if (key.models() != null) {
      terms.put("allowedModels", key.models());
    }
    if (key.routes() != null) {
      terms.put("allowedRoutes", key.routes());
    }
    return terms;
  }

  private Map<String, String> known(String path, String field) {
    Map<String, String> ids = new HashMap<>();
    for (JsonNode item : client.all(path)) {
      boolean revoked = !item.path("revokedAt").isNull() && !item.path("revokedAt").isMissingNode();
      if (!revoked && item.path(field).isString()) {
        ids.put(item.path(field).stringValue(), item.path("id").stringValue());
      }
    }
    return ids;
  }

  private void limit(String path, Roster.Limits limits) {
    if (!limits.none()) {
      client.patch(path, Map.of("limits", limits(limits)));
    }
  }

  private static Map<String, Object> limits(Roster.Limits limits) {
    Map<String, Object> fields = new HashMap<>();
    put(fields, "requestsPerMinute", limits.requestsPerMinute());
    put(fields, "tokensPerMinute", limits.tokensPerMinute());
    put(fields, "concurrentStreams", limits.concurrentStreams());
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, @Nullable Long value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private void budget(String path, Roster.@Nullable Budget budget) {
    if (budget != null) {
      Map<String, @Nullable Object> body = new HashMap<>();
      body.put("budgetCents", budget.cents());
      body.put("window", budget.window());
      client.put(path + "/budget", body);
      count("budgets of users and keys");
    }
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }
}
