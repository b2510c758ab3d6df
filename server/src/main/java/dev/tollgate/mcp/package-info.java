/**
 * The vocabulary of the Model Context Protocol: JSON-RPC messages, revisions, error codes, and the
 * pure translations between the stateless era (2026-07-28) and the session era (2024-11-05 to
 * 2025-11-25).
 *
 * <p>Does no I/O, holds no state, has no tables, is safe from any thread. Parameters and results
 * are kept as the bytes they came in: what is not understood is passed on as it was.
 *
 * <p>Source: modelcontextprotocol.io/specification, each revision's pages and schema.ts.
 */
@NullMarked
package dev.tollgate.mcp;

import org.jspecify.annotations.NullMarked;
