package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.JsonNode;

/** {@code tollgate organization …}: whoever has a budget and keys. */
@Command(
    name = "organization",
    description = "Make, list and change organizations.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT)
final class OrganizationCommand {

  private static final String NAMED = "Its id, external id or name.";

  @Mixin private final AdministrationOptions options = new AdministrationOptions();

  @Command(name = "create", description = "Make an organization, with its budget.")
  void create(
      @Parameters(paramLabel = "NAME", description = "What people call it.") String name,
      @Option(names = "--external-id", description = "What your own systems call it.")
          @Nullable String externalId,
      @Option(
              names = "--budget-cents",
              required = true,
              paramLabel = "CENTS|unlimited",
              converter = BudgetCents.Reader.class,
              description = "The limit of its budget.")
          BudgetCents budget,
      @Option(
              names = "--window",
              defaultValue = "manual",
              description = {
                "When it begins anew: each day, week or month, or by hand (manual, the default).",
                "Calendars are UTC's until `tollgate budget set --time-zone` says otherwise."
              })
          String window,
      @Mixin LimitOptions limits) {
    AdministrationClient client = options.client();
    requireNew(client, name, externalId);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("externalId", externalId);
    body.put("monthlyBudgetCents", budget.cents());
    limits.into(body);
    JsonNode made = client.post("/organizations", body);
    if (!window.equals("manual")) {
      Map<String, @Nullable Object> terms = new LinkedHashMap<>();
      terms.put("monthlyBudgetCents", budget.cents());
      terms.put("window", window);
      client.put("/organizations/" + made.path("id").asString() + "/budget", terms);
    }
    options.printout().one(made);
  }

  /** A name is not unique, but who makes it twice by hand has hardly meant to. */
  private static void requireNew(
      AdministrationClient client, String name, @Nullable String externalId) {
    if (externalId == null
        && client.all("/organizations").stream()
            .anyMatch(each -> name.equals(each.path("name").asString("")))) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "there is an organization "
              + name
              + " already; `organization put EXTERNAL-ID` makes one or changes it, and one with an"
              + " --external-id of its own may have the same name");
    }
  }

  @Command(
      name = "put",
      description = "Make the organization with an external id, or give it this name and budget.")
  void put(
      @Parameters(paramLabel = "EXTERNAL-ID", description = "What your own systems call it.")
          String externalId,
      @Option(names = "--name", required = true, description = "What people call it.") String name,
      @Option(
              names = "--budget-cents",
              required = true,
              paramLabel = "CENTS|unlimited",
              converter = BudgetCents.Reader.class,
              description = "The limit of its budget.")
          BudgetCents budget) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("monthlyBudgetCents", budget.cents());
    options
        .printout()
        .one(
            options
                .client()
                .put(
                    "/organizations/by-external-id/" + AdministrationClient.encoded(externalId),
                    body));
  }

  @Command(name = "list", description = "List all organizations.")
  void list() {
    options
        .printout()
        .many(options.client().all("/organizations"), "id", "name", "externalId", "createdAt");
  }

  @Command(name = "show", description = "Show an organization.")
  void show(@Parameters(paramLabel = "ORGANIZATION", description = NAMED) String organization) {
    AdministrationClient client = options.client();
    options.printout().one(client.get(client.organization(organization)));
  }

  @Command(name = "rename", description = "Give an organization another name.")
  void rename(
      @Parameters(paramLabel = "ORGANIZATION", description = NAMED) String organization,
      @Option(names = "--name", required = true, description = "The new name.") String name) {
    AdministrationClient client = options.client();
    options.printout().one(client.patch(client.organization(organization), Map.of("name", name)));
  }

  @Command(
      name = "limit",
      description = "Change how much an organization may ask for; what is not said stays as it is.")
  void limit(
      @Parameters(paramLabel = "ORGANIZATION", description = NAMED) String organization,
      @Mixin LimitOptions limits) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("limits", Map.of());
    limits.into(body);
    AdministrationClient client = options.client();
    options.printout().one(client.patch(client.organization(organization), body));
  }

  @Command(
      name = "delete",
      description = "Delete an organization: its keys are refused at once, its ledger stays.")
  void delete(@Parameters(paramLabel = "ORGANIZATION", description = NAMED) String organization) {
    AdministrationClient client = options.client();
    client.delete(client.organization(organization));
    options.printout().done("deleted " + organization);
  }
}
