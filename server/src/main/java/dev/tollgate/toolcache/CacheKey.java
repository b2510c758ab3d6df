package dev.tollgate.toolcache;

import org.jspecify.annotations.Nullable;

/**
 * What must be the same for two calls to have the same answer. The generation is added by the
 * cache, the environment by its configuration.
 *
 * @param organization the tenant
 * @param connector which of its connectors; for public results the same for all organizations
 * @param connectorRevision changes with the connector's settings
 * @param credentialIdentity whose credential the call is made with; null for none
 * @param credentialVersion changes when that is rotated
 * @param forwardedIdentity the user that the upstream is told of; null for none
 * @param method the method of MCP, such as {@code tools/call}
 * @param name the tool or the resource; null for a list
 * @param shared whether the answer is the same for every organization and credential
 * @param arguments the parameters that decide on the answer, as JSON
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, and a copy would cost.
public record CacheKey(
    String organization,
    String connector,
    String connectorRevision,
    @Nullable String credentialIdentity,
    @Nullable String credentialVersion,
    @Nullable String forwardedIdentity,
    String method,
    @Nullable String name,
    boolean shared,
    byte[] arguments) {

  Scope scope(String environment) {
    return shared
        ? Scope.shared(environment, connector)
        : Scope.of(environment, organization, connector);
  }

  Digest digest(String environment, String generation) {
    return shared
        ? Digest.of(
            Canonical.of(arguments),
            "public",
            environment,
            connector,
            connectorRevision,
            method,
            name,
            generation)
        : Digest.of(
            Canonical.of(arguments),
            "own",
            environment,
            organization,
            connector,
            connectorRevision,
            credentialIdentity,
            credentialVersion,
            forwardedIdentity,
            method,
            name,
            generation);
  }
}
