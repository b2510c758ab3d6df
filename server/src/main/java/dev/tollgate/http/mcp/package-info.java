/**
 * The server side of the Model Context Protocol, in both eras: {@code /mcp} and {@code
 * /mcp/{connector}}.
 *
 * <p>Owns what the transport asks of a server: which era a request is in, headers that agree with
 * bodies, event streams, sessions of legacy clients. What a method does is the rooms' below. Wire:
 * everything lives on event loops and nothing blocks; sessions are shared by all loops.
 *
 * <p>Source: MCP 2026-07-28, Streamable HTTP; MCP 2025-11-25, Transports and Lifecycle.
 */
@NullMarked
package dev.tollgate.http.mcp;

import org.jspecify.annotations.NullMarked;
