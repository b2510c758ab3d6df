package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code tollgate budget …}: what an organization, or a part of it, may spend. */
@Command(
    name = "budget",
    description = "Show, set and reset the budget of an organization, a user, a key or a project.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT)
final class BudgetCommand {

  @Mixin private final AdministrationOptions options = new AdministrationOptions();

  @Option(
      names = "--user",
      paramLabel = "ID",
      scope = ScopeType.INHERIT,
      description = "The budget of this user.")
  private @Nullable String user;

  @Option(
      names = "--key",
      paramLabel = "ID",
      scope = ScopeType.INHERIT,
      description = "The budget of this key.")
  private @Nullable String key;

  @Option(
      names = "--project",
      paramLabel = "LABEL",
      scope = ScopeType.INHERIT,
      description = "The budget of all keys with this label.")
  private @Nullable String project;

  @Option(
      names = "--organization",
      defaultValue = "default",
      scope = ScopeType.INHERIT,
      description = "Whose budget: an id, external id or name (default: ${DEFAULT-VALUE}).")
  private String organization = "default";

  @Command(name = "show", description = "Show the limit, what is spent, and the window.")
  void show() {
    AdministrationClient client = options.client();
    options.printout().one(client.get(budget(client)));
  }

  @Command(name = "list", description = "List the budgets of users, keys and projects.")
  void list() {
    AdministrationClient client = options.client();
    options
        .printout()
        .many(
            client.all(client.organization(organization) + "/budgets"),
            "scope",
            "subject",
            "name",
            "budgetCents",
            "spentCents",
            "window",
            "windowEndsAt");
  }

  @Command(name = "set", description = "Set the limit; policy that is not named stays as it is.")
  void set(
      @Option(
              names = "--budget-cents",
              required = true,
              paramLabel = "CENTS|unlimited",
              converter = BudgetCents.Reader.class,
              description = "The limit.")
          BudgetCents limit,
      @Option(names = "--window", description = "manual, day, week or month.")
          @Nullable String window,
      @Option(
              names = "--time-zone",
              description = "Whose calendar an organization's windows follow, as Europe/Berlin.")
          @Nullable String timeZone,
      @Option(names = "--ladder", description = "default, percent or off; of an organization.")
          @Nullable String ladder,
      @Option(
              names = "--estimation",
              description = "capped, strict or expected; of an organization.")
          @Nullable String estimation) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("window", window);
    body.put("timeZone", timeZone);
    body.put("ladder", ladder);
    body.put("estimation", estimation);
    body.values().removeIf(Objects::isNull);
    body.put(part().isEmpty() ? "monthlyBudgetCents" : "budgetCents", limit.cents());
    AdministrationClient client = options.client();
    options.printout().one(client.put(budget(client), body));
  }

  @Command(name = "remove", description = "Take the budget of a user, a key or a project away.")
  void remove() {
    AdministrationClient client = options.client();
    if (part().isEmpty()) {
      throw Failure.invalid("--user", "say whose budget: --user, --key or --project");
    }
    client.delete(budget(client));
    options.printout().done("removed");
  }

  @Command(name = "reset", description = "Begin a new window: nothing is spent in it yet.")
  void reset(
      @Option(names = "--reason", required = true, description = "Why; the audit keeps it.")
          String reason) {
    AdministrationClient client = options.client();
    options.printout().one(client.post(budget(client) + "/reset", Map.of("reason", reason)));
  }

  private String budget(AdministrationClient client) {
    return client.organization(organization) + part() + "/budget";
  }

  /** Whose budget within the organization, as a path; empty: its own. */
  private String part() {
    List<String> parts =
        Stream.of(path("/users/", user), path("/keys/", key), path("/projects/", project))
            .filter(path -> !path.isEmpty())
            .toList();
    if (parts.size() > 1) {
      throw Failure.invalid("--user", "say one of --user, --key and --project");
    }
    return String.join("", parts);
  }

  private static String path(String kind, @Nullable String subject) {
    return subject == null ? "" : kind + AdministrationClient.encoded(subject);
  }
}
