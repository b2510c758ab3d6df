/**
 * One door to every model provider: which model serves a call, and the leg that carries it.
 *
 * <p>Owns providers, tiers, categories, aliases, the plan of a call and the reading of usage from
 * what passes. Bodies are forwarded by bytes; never parses more of an answer than its usage. Wire
 * room: everything happens on the event loop of the call and returns futures.
 */
@NullMarked
package dev.tollgate.models;

import org.jspecify.annotations.NullMarked;
