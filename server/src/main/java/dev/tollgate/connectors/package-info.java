/**
 * Which MCP servers an organization may use, and each call to one: found, then sent.
 *
 * <p>The wire of it: {@link dev.tollgate.connectors.ConnectorLoop} joins the routes above with the
 * room of upstreams below. It lives on event loops and never blocks; where connectors come from is
 * asked of a {@link dev.tollgate.connectors.ConnectorSource}. What a call of a tool costs is held
 * and settled in the money room by {@code MeteredSend}; those that cost nothing are counted there.
 */
@NullMarked
package dev.tollgate.connectors;

import org.jspecify.annotations.NullMarked;
