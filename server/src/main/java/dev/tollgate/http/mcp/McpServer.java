package dev.tollgate.http.mcp;

import dev.tollgate.connectors.Connectors;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.limits.Limits;
import dev.tollgate.storage.Storage;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The MCP server that clients see, as one node serves it. */
public final class McpServer {

  private final McpConfig config;
  private final Connectors connectors;
  private final CallLimits limits;
  private final NodeAddresses nodes;
  private final Clock clock;
  private final Origins origins;
  private final ClientSessions sessions;
  private final Set<Runnable> streams = ConcurrentHashMap.newKeySet();

  private McpServer(
      McpConfig config, Connectors connectors, Limits limits, NodeAddresses nodes, Clock clock) {
    this.config = config;
    this.limits = new CallLimits(limits);
    this.nodes = nodes;
    this.connectors = connectors;
    this.clock = clock;
    this.origins = new Origins(config);
    this.sessions = new ClientSessions(config, nodes.own(), clock);
  }

  /**
   * Opens the room.
   *
   * @param storage tells where the other nodes are
   * @param node what this one is called in the table of nodes
   */
  public static McpServer open(
      McpConfig config,
      Connectors connectors,
      Limits limits,
      Storage storage,
      UUID node,
      Clock clock) {
    return new McpServer(config, connectors, limits, new NodeAddresses(storage, node), clock);
  }

  /** The routes of one event loop; called on it. */
  public List<Route> on(Vertx vertx, Deadlines deadlines) {
    return new McpLoop(this, vertx, deadlines).routes();
  }

  /** Ends the streams that would go on as long as their clients like; they come back elsewhere. */
  public void drain() {
    Set.copyOf(streams).forEach(Runnable::run);
  }

  /** Ends the sessions of clients, with calls that nobody listens to any more. */
  public void end() {
    sessions.removeAll().forEach(Session::close);
  }

  /** What goes on until it is ended by {@code end}, which may be run from any thread. */
  void keep(Runnable end) {
    streams.add(end);
  }

  void forget(Runnable end) {
    streams.remove(end);
  }

  McpConfig config() {
    return config;
  }

  Connectors connectors() {
    return connectors;
  }

  Clock clock() {
    return clock;
  }

  Origins origins() {
    return origins;
  }

  CallLimits limits() {
    return limits;
  }

  NodeAddresses nodes() {
    return nodes;
  }

  ClientSessions sessions() {
    return sessions;
  }
}
