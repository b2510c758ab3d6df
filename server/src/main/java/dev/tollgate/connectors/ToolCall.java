package dev.tollgate.connectors;

import dev.tollgate.spend.CallFacts;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Outcome;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One caller's call of a tool, of which nothing, one request or, where the cache refreshes what it
 * gives, one request beside the answer goes to the server.
 *
 * @param requestId the correlation id of the request
 * @param price null: it costs nothing
 * @param sinceNanos when it came
 */
record ToolCall(
    Metering metering,
    OrgScope scope,
    Connector connector,
    @Nullable String requestId,
    String tool,
    @Nullable Money price,
    long sinceNanos) {

  /**
   * Sends it: what it costs is held first.
   *
   * @param send hands it to whoever brings it to its server
   */
  Ongoing send(Listener listener, Function<Listener, Ongoing> send) {
    return new MeteredSend(this, listener, send).start();
  }

  /** The cache answered it: nothing was sent, and nothing is charged. */
  void cached() {
    count(Outcome.Status.CACHED, metering.sinceMicros(sinceNanos), 0);
  }

  /** What the ledger keeps of it. */
  CallFacts.Tool facts() {
    return new CallFacts.Tool(requestId, connector.name(), tool);
  }

  void count(Outcome.Status status, long totalMicros, long upstreamMicros) {
    metering.spend().count(scope, facts(), status, totalMicros, upstreamMicros);
  }
}
