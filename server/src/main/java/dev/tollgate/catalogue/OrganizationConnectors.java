package dev.tollgate.catalogue;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that an organization may use, as it was read at once.
 *
 * @param connectors in the order of their names
 * @param rules of the organization
 * @param keys rules of single keys, by key
 */
public record OrganizationConnectors(
    List<Connector> connectors, ToolRules rules, Map<UUID, ToolRules> keys) {

  public OrganizationConnectors {
    connectors = List.copyOf(connectors);
    keys = Map.copyOf(keys);
  }

  /** The one that is called so; null: none is. */
  public @Nullable Connector named(String name) {
    return connectors.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
  }

  /**
   * Whether a key may see and call a tool. What is said of the key decides, then what is said of
   * the connector's tool, then what is said of the organization; where nothing is said, it may.
   *
   * @param key null: whoever calls has none, and is held to the organization's rules
   */
  public boolean allows(@Nullable UUID key, Connector connector, String tool) {
    return allows(key, connector.name(), tool, connector.policy(tool).allowed());
  }

  /** The same, of a connector that the organization did not make. */
  public boolean allows(@Nullable UUID key, String connector, String tool) {
    return allows(key, connector, tool, null);
  }

  private boolean allows(
      @Nullable UUID key, String connector, String tool, @Nullable Boolean policy) {
    Boolean own =
        key == null ? null : keys.getOrDefault(key, ToolRules.NONE).verdict(connector, tool);
    if (own != null) {
      return own;
    }
    if (policy != null) {
      return policy;
    }
    Boolean whole = rules.verdict(connector, tool);
    return whole == null || whole;
  }
}
