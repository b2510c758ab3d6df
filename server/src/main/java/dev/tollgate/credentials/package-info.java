/**
 * What we prove ourselves with to MCP servers: tokens by hand, and OAuth grants that are kept
 * alive.
 *
 * <p>A credential is an organization's, or a user's in it, for one connector; a user's goes before
 * the organization's. It has an identity and a version, which caches and session pools put into
 * their keys: the version is another after a new grant, a new token by hand or a changed scope, and
 * stays through refreshes.
 *
 * <p>Sources: OAuth 2.1 (draft 13), RFC 6749, 7591, 7636 (PKCE), 8414, 8707 (resource indicators),
 * 9207 (issuer), 9728, OpenID Connect Discovery 1.0, client id metadata documents (draft 00), and
 * MCP's pages on authorization of 2025-11-25 and 2026-07-28. Every request goes through {@code
 * egress}; documents have at most 256 KiB and ten seconds.
 *
 * <p>Owns the tables {@code credentials}, {@code oauth_clients} and {@code oauth_flows}. No secret
 * of it is ever answered, logged or in the clear in the database. Only {@link
 * dev.tollgate.credentials.Credentials#cached} does not block.
 */
@NullMarked
package dev.tollgate.credentials;

import org.jspecify.annotations.NullMarked;
