package dev.tollgate.catalogue;

import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.Money;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a connector is to be.
 *
 * @param catalogue the known server that it is; null: none of them
 * @param stateless null: as the known server is, and else not
 * @param price of a call of any tool that has none of its own; null: such calls cost nothing
 */
public record ConnectorDraft(
    String name,
    @Nullable String catalogue,
    Place place,
    AuthKind auth,
    @Nullable Boolean stateless,
    Map<String, ToolPolicy> policies,
    @Nullable Money price) {

  private static final int MOST_POLICIES = 1_000;
  private static final int LONGEST_TOOL = 200;

  /** Refuses what cannot be, by its field. */
  public ConnectorDraft {
    policies = Map.copyOf(policies);
    if (!Connector.isName(name)) {
      throw Failure.invalid(
          "name",
          "name must be lower-case letters, digits and hyphens, a letter first, at most 63");
    }
    if (policies.size() > MOST_POLICIES) {
      throw Failure.invalid("policies", "policies may have at most " + MOST_POLICIES + " tools");
    }
    policies.forEach((tool, policy) -> check(tool, policy));
  }

  private static void check(String tool, ToolPolicy policy) {
    String field = "policies." + tool;
    if (tool.isBlank() || tool.length() > LONGEST_TOOL || controls(tool)) {
      throw Failure.invalid(
          "policies",
          "a tool's name must have 1 to " + LONGEST_TOOL + " characters, none of them a control");
    }
    boolean kept = policy.freshness() != null && policy.freshness() != Freshness.NEVER;
    if (kept && Boolean.TRUE.equals(policy.writes())) {
      throw Failure.invalid(
          field, field + " cannot both write and be kept; its class must be never");
    }
  }

  private static boolean controls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  boolean sessionless() {
    KnownServer known = catalogue == null ? null : KnownServers.named(catalogue);
    return stateless == null ? known != null && known.stateless() : stateless;
  }
}
