package dev.tollgate.catalogue;

import dev.tollgate.spend.Money;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server that an organization may use.
 *
 * @param name unique within the organization; a part of addresses and of tools' names
 * @param catalogue the known server that it is; null: none of them
 * @param stateless whether sessions with it hold nothing that a caller would notice the lack of
 * @param policies what the organization says of tools, by name
 * @param price of a call of any tool that has none of its own; null: such calls cost nothing
 * @param revision changes with each change of anything here
 */
public record Connector(
    UUID id,
    UUID organizationId,
    String name,
    @Nullable String catalogue,
    Place place,
    AuthKind auth,
    boolean stateless,
    Map<String, ToolPolicy> policies,
    @Nullable Money price,
    long revision,
    Instant createdAt,
    Instant updatedAt) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  public Connector {
    policies = Map.copyOf(policies);
  }

  /** Whether {@code name} can be a connector's: lower-case letters, digits, hyphens. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** What is said of a tool: by the organization, and else by the list of known servers. */
  public ToolPolicy policy(String tool) {
    ToolPolicy own = policies.getOrDefault(tool, ToolPolicy.NONE);
    KnownServer known = catalogue == null ? null : KnownServers.named(catalogue);
    ToolPolicy all = known == null ? own : own.or(known.policy(tool));
    return all.or(ToolPolicy.priced(price));
  }

  /** Its name in metrics: one of the catalogue's, or {@code custom}. */
  public String provider() {
    return catalogue == null ? "custom" : catalogue;
  }
}
