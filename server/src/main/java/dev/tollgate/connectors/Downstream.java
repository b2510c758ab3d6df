package dev.tollgate.connectors;

import dev.tollgate.mcp.Client;
import dev.tollgate.tenancy.OrgScope;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, and whom.
 *
 * @param connector by its name; null: all that the scope may use, as one server
 * @param affinity whose state servers may keep: the session's, else the key's
 */
public record Downstream(
    OrgScope scope, @Nullable String connector, Client client, String affinity) {}
