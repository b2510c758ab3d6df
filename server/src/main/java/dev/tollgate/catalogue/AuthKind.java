package dev.tollgate.catalogue;

import dev.tollgate.kernel.Failure;
import java.util.Locale;

/** By what a server knows who calls. */
public enum AuthKind {
  NONE,
  /** A token that does not change by itself. */
  BEARER,
  /** Tokens by OAuth 2.1, as MCP's authorization page has it. */
  OAUTH;

  /** The name on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the name on the wire.
   *
   * @throws Failure INVALID_REQUEST that names {@code auth.type}
   */
  public static AuthKind of(String wire) {
    for (AuthKind each : values()) {
      if (each.wire().equals(wire)) {
        return each;
      }
    }
    throw Failure.invalid("auth.type", "auth.type must be none, bearer or oauth, is " + wire);
  }
}
