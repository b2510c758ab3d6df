package dev.tollgate.bootstrap;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

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
          BudgetCents budget) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("externalId", externalId);
    body.put("monthlyBudgetCents", budget.cents());
    options.printout().one(options.client().post("/organizations", body));
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
      name = "delete",
      description = "Delete an organization: its keys are refused at once, its ledger stays.")
  void delete(@Parameters(paramLabel = "ORGANIZATION", description = NAMED) String organization) {
    AdministrationClient client = options.client();
    client.delete(client.organization(organization));
    options.printout().done("deleted " + organization);
  }
}
