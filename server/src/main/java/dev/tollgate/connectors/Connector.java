package dev.tollgate.connectors;

import dev.tollgate.upstreams.Target;
import java.util.regex.Pattern;

/**
 * An MCP server that an organization may use.
 *
 * @param name unique within the organization; part of names and addresses: lower-case letters,
 *     digits and hyphens, a letter first
 * @param target where it is, and with whose authority this caller reaches it
 */
public record Connector(String name, Target target) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  public Connector {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "name must be lower-case letters, digits and hyphens, a letter first, is " + name);
    }
  }

  /** Whether {@code name} can be a connector's. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }
}
