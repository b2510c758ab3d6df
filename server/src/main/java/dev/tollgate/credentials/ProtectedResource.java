package dev.tollgate.credentials;

import java.net.URI;

/**
 * An MCP server as an OAuth resource.
 *
 * @param resource what tokens are asked for (RFC 8707)
 * @param issuer the authorization server that we go to: the first that it names
 * @param scope what it asks for; empty: nothing said
 */
record ProtectedResource(URI resource, String issuer, String scope) {}
