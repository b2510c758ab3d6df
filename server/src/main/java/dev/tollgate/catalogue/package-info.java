/**
 * Which MCP servers there are for whom: the servers that Tollgate knows, the connectors of each
 * organization, and which tools its keys may see.
 *
 * <p>Owns the tables {@code connectors} and {@code tool_rules}. Never speaks to a server, and holds
 * no credential. Administration blocks; {@link dev.tollgate.catalogue.Catalogue#cached} answers
 * from memory and may be asked on event loops.
 */
@NullMarked
package dev.tollgate.catalogue;

import org.jspecify.annotations.NullMarked;
