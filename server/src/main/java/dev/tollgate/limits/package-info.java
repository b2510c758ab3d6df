/**
 * How much keys, users and organizations may ask for: requests and tokens in any minute, and
 * streams at the same time.
 *
 * <p>A call passes all the limits of its key, user and organization, or is charged to none. Several
 * nodes share one limit through Redis, without a round trip a call: a node leases a part of a limit
 * ahead of need, in the background, and what it does not use goes back. While Redis is away each
 * node has an equal share. Never blocks; answers come from the caller's thread or Redis'. Owns keys
 * {@code limits:*} in Redis, no tables.
 */
@NullMarked
package dev.tollgate.limits;

import org.jspecify.annotations.NullMarked;
