/**
 * OAuth, as browsers and clients see it: the callback of authorizations that the gateway began, its
 * client metadata document, and the gateway as a protected resource.
 *
 * <p>As a resource it takes, beside its own keys, tokens (RFC 9068) of one issuer that the operator
 * trusts, on the routes of MCP alone. A token is checked here and ends here: it is never sent on.
 *
 * <p>Sources: RFC 6750, RFC 9728, RFC 9068, MCP 2026-07-28 and 2025-11-25 on authorization.
 */
@NullMarked
package dev.tollgate.http.oauth;

import org.jspecify.annotations.NullMarked;
