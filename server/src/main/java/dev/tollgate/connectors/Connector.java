package dev.tollgate.connectors;

import dev.tollgate.upstreams.Target;
import java.util.regex.Pattern;

/**
 * An MCP server that an organization may use.
 *
 * @param name unique within the organization; part of names and addresses: lower-case letters,
 *     digits and hyphens, a letter first
 * @param provider what metrics call it: a name of the catalogue, or {@code custom}
 * @param target where it is, and with whose authority this caller reaches it
 * @param tools what is said of its tools to this caller
 */
public record Connector(String name, String provider, Target target, Tools tools) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  public Connector {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "name must be lower-case letters, digits and hyphens, a letter first, is " + name);
    }
  }

  /** The same with other tools. */
  Connector with(Tools others) {
    return new Connector(name, provider, target, others);
  }

  /** Whether {@code name} can be a connector's. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }
}
