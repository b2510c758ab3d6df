/**
 * The client side of the Model Context Protocol: requests to servers in both eras, over Streamable
 * HTTP, HTTP+SSE and the standard streams of child processes; legacy sessions; what era a server
 * speaks; the translation where caller and server speak different ones.
 *
 * <p>Knows servers only as {@link dev.tollgate.upstreams.Target}s: no tenancy, no policy, no cache,
 * no tables. Identifiers and progress tokens that reach a server are this room's own, so that
 * nothing of one caller can be addressed by another.
 *
 * <p>A call lives on the event loop of its caller, which its {@link
 * dev.tollgate.upstreams.Listener} is told on. Sessions are shared by all loops.
 */
@NullMarked
package dev.tollgate.upstreams;

import org.jspecify.annotations.NullMarked;
