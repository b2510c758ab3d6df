package dev.tollgate.bootstrap;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code tollgate user …}: the people of an organization. */
@Command(
    name = "user",
    description = "Make, list and change the users of an organization.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT)
final class UserCommand {

  @Mixin private final AdministrationOptions options = new AdministrationOptions();

  @Option(
      names = "--organization",
      defaultValue = "default",
      scope = ScopeType.INHERIT,
      description = "Whose users: an id, external id or name (default: ${DEFAULT-VALUE}).")
  private String organization = "default";

  @Command(name = "create", description = "Make a user.")
  void create(
      @Option(names = "--email", description = "The user's address.") @Nullable String email,
      @Option(names = "--name", description = "The user's name.") @Nullable String name,
      @Option(names = "--external-id", description = "What your own systems call the user.")
          @Nullable String externalId,
      @Mixin LimitOptions limits) {
    AdministrationClient client = options.client();
    Map<String, @Nullable Object> body = body(email, name, externalId);
    limits.into(body);
    options.printout().one(client.post(users(client), body));
  }

  @Command(name = "update", description = "Give a user these fields, and no others.")
  void update(
      @Parameters(paramLabel = "USER", description = "The user's id.") String user,
      @Option(names = "--email", description = "The user's address.") @Nullable String email,
      @Option(names = "--name", description = "The user's name.") @Nullable String name,
      @Option(names = "--external-id", description = "What your own systems call the user.")
          @Nullable String externalId) {
    AdministrationClient client = options.client();
    options.printout().one(client.put(one(client, user), body(email, name, externalId)));
  }

  @Command(
      name = "limit",
      description = "Change how much a user may ask for; what is not said stays as it is.")
  void limit(
      @Parameters(paramLabel = "USER", description = "The user's id.") String user,
      @Mixin LimitOptions limits) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    limits.into(body);
    AdministrationClient client = options.client();
    options.printout().one(client.patch(one(client, user), body));
  }

  @Command(name = "list", description = "List the users.")
  void list() {
    AdministrationClient client = options.client();
    options
        .printout()
        .many(client.all(users(client)), "id", "name", "email", "externalId", "createdAt");
  }

  @Command(name = "show", description = "Show a user.")
  void show(@Parameters(paramLabel = "USER", description = "The user's id.") String user) {
    AdministrationClient client = options.client();
    options.printout().one(client.get(one(client, user)));
  }

  @Command(name = "delete", description = "Delete a user and revoke the user's keys.")
  void delete(@Parameters(paramLabel = "USER", description = "The user's id.") String user) {
    AdministrationClient client = options.client();
    client.delete(one(client, user));
    options.printout().done("deleted " + user);
  }

  private String users(AdministrationClient client) {
    return client.organization(organization) + "/users";
  }

  private String one(AdministrationClient client, String user) {
    return users(client) + "/" + AdministrationClient.encoded(user);
  }

  private static Map<String, @Nullable Object> body(
      @Nullable String email, @Nullable String name, @Nullable String externalId) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("email", email);
    body.put("name", name);
    body.put("externalId", externalId);
    return body;
  }
}
