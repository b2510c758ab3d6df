package dev.tollgate.connectors;

import dev.tollgate.mcp.Client;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.upstreams.Invocation;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, and whom.
 *
 * @param connector by its name; null: all that the scope may use, as one server
 * @param affinity whose state servers may keep: the session's, else the key's
 */
public record Downstream(
    OrgScope scope, @Nullable String connector, Client client, String affinity) {

  /** A request of this caller as servers are sent it. */
  Invocation invocation(Ask ask) {
    return new Invocation(
        client, ask.method(), ask.params(), ask.logLevel(), affinity, ask.headers());
  }
}
