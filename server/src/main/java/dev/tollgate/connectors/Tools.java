package dev.tollgate.connectors;

import dev.tollgate.catalogue.ToolPolicy;

/** What is said of a server's tools to one caller. */
public interface Tools {

  /** Whether the caller may see and call it. */
  boolean allows(String tool);

  /** Whether answers of any of them are the same for every credential. */
  boolean shares();

  /** What is said of it beside. */
  ToolPolicy policy(String tool);
}
