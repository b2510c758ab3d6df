package dev.tollgate.bootstrap;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code tollgate key …}: what an organization's programs call with. */
@Command(
    name = "key",
    description = "Make, list, limit and revoke the keys of an organization.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT)
final class KeyCommand {

  private static final String MODELS =
      "A model, alias or category that it may use, or a name's beginning and *; several times.";
  private static final String ROUTES =
      "A route that it may use, such as messages or chat/completions; several times.";

  @Mixin private final AdministrationOptions options = new AdministrationOptions();

  @Option(
      names = "--organization",
      defaultValue = "default",
      scope = ScopeType.INHERIT,
      description = "Whose keys: an id, external id or name (default: ${DEFAULT-VALUE}).")
  private String organization = "default";

  @Command(name = "create", description = "Make a key; it is shown now, and never again.")
  void create(
      @Option(names = "--name", required = true, description = "To recognize it by.") String name,
      @Option(names = "--user", paramLabel = "ID", description = "The user that it belongs to.")
          @Nullable String user,
      @Option(names = "--project", description = "A label that its calls carry in the ledger.")
          @Nullable String project,
      @Option(
              names = "--expires-at",
              paramLabel = "INSTANT",
              description = "From when on it is refused, such as 2027-01-01T00:00:00Z.")
          @Nullable String expiresAt,
      @Option(names = "--allow-model", paramLabel = "MODEL", description = MODELS)
          @Nullable List<String> models,
      @Option(names = "--allow-route", paramLabel = "ROUTE", description = ROUTES)
          @Nullable List<String> routes,
      @Mixin LimitOptions limits) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("userId", user);
    body.put("project", project);
    body.put("expiresAt", expiresAt);
    body.put("allowedModels", models);
    body.put("allowedRoutes", routes);
    limits.into(body);
    AdministrationClient client = options.client();
    options.printout().one(client.post(keys(client), body));
  }

  @Command(
      name = "limit",
      description = "Change what a key may be used for; what is not said stays as it is.")
  void limit(
      @Parameters(paramLabel = "KEY-ID", description = "Its id, not the key.") String key,
      @Option(names = "--allow-model", paramLabel = "MODEL|all", description = MODELS)
          @Nullable List<String> models,
      @Option(names = "--allow-route", paramLabel = "ROUTE|all", description = ROUTES)
          @Nullable List<String> routes,
      @Mixin LimitOptions limits) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    list(body, "allowedModels", models);
    list(body, "allowedRoutes", routes);
    limits.into(body);
    AdministrationClient client = options.client();
    options
        .printout()
        .one(client.patch(keys(client) + "/" + AdministrationClient.encoded(key), body));
  }

  private static void list(
      Map<String, @Nullable Object> body, String field, @Nullable List<String> names) {
    if (names != null) {
      body.put(field, names.equals(List.of("all")) ? null : names);
    }
  }

  @Command(name = "list", description = "List the keys, the revoked and the expired too.")
  void list() {
    AdministrationClient client = options.client();
    options
        .printout()
        .many(
            client.all(keys(client)),
            "id",
            "name",
            "prefix",
            "project",
            "userId",
            "expiresAt",
            "revokedAt");
  }

  @Command(name = "delete", aliases = "revoke", description = "Revoke a key, at once.")
  void delete(@Parameters(paramLabel = "KEY-ID", description = "Its id, not the key.") String key) {
    AdministrationClient client = options.client();
    client.delete(keys(client) + "/" + AdministrationClient.encoded(key));
    options.printout().done("revoked " + key);
  }

  private String keys(AdministrationClient client) {
    return client.organization(organization) + "/keys";
  }
}
