/**
 * The response cache of connectors: what a tool or a list answered, for the same caller with the
 * same arguments, until it is too old or something was written.
 *
 * <p>Fresh: a write of an organization through a connector ends every earlier answer of it, on all
 * nodes, before the write returns. Calm: identical calls under way are one call, in the process and
 * over all nodes. Never an error of its own: while Redis or PostgreSQL is away, calls go upstream.
 *
 * <p>Owns the columns {@code nodes.cache_cut_off} and {@code nodes.cache_era}, and keys of Redis
 * that begin with {@code cache:}. Knows nothing of MCP's wire but the fields of a result that say
 * whether it may be kept. Nothing blocks a caller: PostgreSQL is asked on virtual threads; what a
 * returned stage runs must not block either, it may be an event loop of Redis.
 */
@NullMarked
package dev.tollgate.toolcache;

import org.jspecify.annotations.NullMarked;
