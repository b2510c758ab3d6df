package dev.tollgate.bootstrap;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code tollgate budget …}: what an organization may spend. */
@Command(
    name = "budget",
    description = "Show, set and reset the budget of an organization.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT)
final class BudgetCommand {

  @Mixin private final AdministrationOptions options = new AdministrationOptions();

  @Option(
      names = "--organization",
      defaultValue = "default",
      scope = ScopeType.INHERIT,
      description = "Whose budget: an id, external id or name (default: ${DEFAULT-VALUE}).")
  private String organization = "default";

  @Command(name = "show", description = "Show the limit, what is spent, and the policy.")
  void show() {
    AdministrationClient client = options.client();
    options.printout().one(client.get(budget(client)));
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
      @Option(names = "--ladder", description = "default, percent or off.") @Nullable String ladder,
      @Option(names = "--estimation", description = "capped, strict or expected.")
          @Nullable String estimation) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("monthlyBudgetCents", limit.cents());
    body.put("ladder", ladder);
    body.put("estimation", estimation);
    AdministrationClient client = options.client();
    options.printout().one(client.put(budget(client), body));
  }

  @Command(name = "reset", description = "Begin a new window: nothing is spent in it yet.")
  void reset(
      @Option(names = "--reason", required = true, description = "Why; the audit keeps it.")
          String reason) {
    AdministrationClient client = options.client();
    options.printout().one(client.post(budget(client) + "/reset", Map.of("reason", reason)));
  }

  private String budget(AdministrationClient client) {
    return client.organization(organization) + "/budget";
  }
}
