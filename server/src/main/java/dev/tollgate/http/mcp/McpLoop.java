package dev.tollgate.http.mcp;

import dev.tollgate.connectors.Ask;
import dev.tollgate.connectors.ConnectorLoop;
import dev.tollgate.connectors.Downstream;
import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Exchange;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The routes of MCP on one event loop: what comes in is told apart here and handed on. */
final class McpLoop {

  private static final McpErrors ERRORS = new McpErrors();
  private static final String PARAM_HEADER = "mcp-param-";
  private static final long SWEEP_MILLIS = 30_000;

  private final McpServer server;
  private final Context context;
  private final Deadlines deadlines;
  private final ConnectorLoop connectors;
  private final LegacyPosts legacy;
  private final Relay relay;

  McpLoop(McpServer server, Vertx vertx, Deadlines deadlines) {
    this.server = server;
    this.context = vertx.getOrCreateContext();
    this.deadlines = deadlines;
    this.connectors = server.connectors().on(vertx, deadlines);
    this.relay =
        new Relay(vertx, server.nodes(), server.config().certified(), deadlines, server.clock());
    this.legacy = new LegacyPosts(this);
    vertx.setPeriodic(
        SWEEP_MILLIS, ignored -> server.sessions().removeIdle().forEach(legacy::close));
  }

  List<Route> routes() {
    return List.of(
        route(HttpMethod.POST, "/mcp", this::post),
        route(HttpMethod.POST, "/mcp/{connector}", this::post),
        route(HttpMethod.GET, "/mcp", exchange -> bare(exchange, legacy::get)),
        route(HttpMethod.GET, "/mcp/{connector}", exchange -> bare(exchange, legacy::get)),
        route(HttpMethod.DELETE, "/mcp", exchange -> bare(exchange, legacy::delete)),
        route(HttpMethod.DELETE, "/mcp/{connector}", exchange -> bare(exchange, legacy::delete)),
        Route.wire(HttpMethod.GET, Relay.PROOF, Access.OPEN, ERRORS, this::prove));
  }

  /** What has no message, and so nothing but a header to name its revision. */
  private static void bare(Exchange exchange, Route.Handler.Wire serve) {
    try {
      Inbound.requireSupported(exchange.request().getHeader(Inbound.VERSION_HEADER));
      serve.handle(exchange);
    } catch (RpcError refused) {
      refuse(exchange, null, refused);
    }
  }

  /** Proves to another node that this is the one in the table. */
  private void prove(Exchange exchange) {
    String challenge = exchange.request().getParam("challenge");
    if (challenge == null || !NodeProof.isChallenge(challenge)) {
      exchange.fail(Failure.invalid("challenge", "challenge must be 43 characters of base64url"));
      return;
    }
    UUID own = server.nodes().own();
    server
        .nodes()
        .of(own)
        .onComplete(
            peer ->
                context.runOnContext(ignored ->
                    exchange
                        .response()
                        .putHeader("x-request-id", exchange.requestId())
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain")
                        .end(NodeProof.of(own, peer, challenge))),
            unknown -> context.runOnContext(ignored -> exchange.fail(McpErrors.failure(unknown))));
  }

  private Route route(HttpMethod method, String template, Route.Handler.Wire handler) {
    return Route.wire(
        method,
        template,
        Access.TENANT,
        ERRORS,
        exchange -> {
          server.origins().require(exchange.request());
          handler.handle(exchange);
        });
  }

  private void post(Exchange exchange) {
    requireTypes(exchange);
    @Nullable Raw id = null;
    try {
      Message message = Message.read(exchange.body());
      id = message instanceof Message.Request request ? request.id() : null;
      Inbound inbound = Inbound.of(message, exchange.request().headers());
      if (handedOn(exchange, inbound)) {
        serve(exchange, inbound);
        return;
      }
      @Nullable Raw asked = id;
      server.limits().enter(this, exchange, message, () -> serve(exchange, asked, inbound));
    } catch (RpcError refused) {
      refuse(exchange, id, refused);
    }
  }

  /** Whether another node serves it, and counts it there. */
  private boolean handedOn(Exchange exchange, Inbound inbound) {
    String named =
        switch (inbound) {
          case Inbound.Modern modern -> InputRequired.state(modern.request().params());
          case Inbound.Legacy ignored -> exchange.request().getHeader(LegacyPosts.SESSION_HEADER);
          case Inbound.Unheard ignored -> null;
        };
    return relay.owner(exchange, named) != null;
  }

  private void serve(Exchange exchange, @Nullable Raw id, Inbound inbound) {
    try {
      serve(exchange, inbound);
    } catch (RpcError refused) {
      refuse(exchange, id, refused);
    } catch (RuntimeException failed) {
      exchange.fail(McpErrors.failure(failed));
    }
  }

  private void serve(Exchange exchange, Inbound inbound) {
    switch (inbound) {
      case Inbound.Modern modern -> modern(exchange, modern);
      case Inbound.Legacy message -> legacy.post(exchange, message.message());
      case Inbound.Unheard ignored -> accepted(exchange);
    }
  }

  /** A call that was parked goes on where it is. */
  private void modern(Exchange exchange, Inbound.Modern modern) {
    Message.Request request = modern.request();
    UUID owner = relay.owner(exchange, InputRequired.state(request.params()));
    if (owner != null) {
      relay.send(
          exchange,
          owner,
          () ->
              refuse(
                  exchange,
                  request.id(),
                  RpcError.of(
                      RpcError.INVALID_PARAMS,
                      "requestState is over: the node that had the call cannot be reached")));
      return;
    }
    ModernServing.serve(
        this, answer(exchange), downstream(exchange, modern), modern, ask(exchange, modern));
  }

  private static Downstream downstream(Exchange exchange, Inbound.Modern modern) {
    return new Downstream(
        exchange.scope(), connector(exchange), modern.client(), exchange.scope().caller());
  }

  private static Ask ask(Exchange exchange, Inbound.Modern modern) {
    return new Ask(
        modern.request().method(),
        modern.request().params(),
        modern.logLevel(),
        paramHeaders(exchange.request().headers()),
        exchange.requestId());
  }

  private static Map<String, String> paramHeaders(MultiMap headers) {
    Map<String, String> found = new HashMap<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith(PARAM_HEADER)) {
        found.put(name, header.getValue());
      }
    }
    return found;
  }

  /** The connector that the address names; null: all of them. */
  static @Nullable String connector(Exchange exchange) {
    return exchange.path().get("connector");
  }

  PostAnswer answer(Exchange exchange) {
    return new PostAnswer(this, exchange, deadlines, server.clock(), server.config().beat());
  }

  private static void requireTypes(Exchange exchange) {
    String type = exchange.request().getHeader(HttpHeaders.CONTENT_TYPE);
    if (type != null && !type.toLowerCase(Locale.ROOT).contains("json")) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, "content-type must be application/json");
    }
    if (!accepts(exchange, "application/json") || !accepts(exchange, "text/event-stream")) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "accept must name application/json and text/event-stream: either may come");
    }
  }

  /** Whether the client takes {@code type}; one that does not say takes anything. */
  static boolean accepts(Exchange exchange, String type) {
    String accept = exchange.request().getHeader(HttpHeaders.ACCEPT);
    if (accept == null) {
      return true;
    }
    String offered = accept.toLowerCase(Locale.ROOT);
    String family = type.substring(0, type.indexOf('/')) + "/*";
    return offered.contains(type) || offered.contains("*/*") || offered.contains(family);
  }

  /** A notification or a response: nothing is said to it. */
  static void accepted(Exchange exchange) {
    exchange.response().setStatusCode(202).putHeader("x-request-id", exchange.requestId()).end();
  }

  private static void refuse(Exchange exchange, @Nullable Raw id, RpcError error) {
    int status = error.code() == RpcError.METHOD_NOT_FOUND ? 404 : 400;
    exchange
        .response()
        .setStatusCode(status)
        .putHeader("x-request-id", exchange.requestId())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(Buffer.buffer(new Message.Fault(id, error.error()).raw().copy()));
  }

  /** Runs {@code action} on this loop, at once where this is it. */
  void run(Runnable action) {
    if (context.equals(Vertx.currentContext())) {
      action.run();
    } else {
      context.runOnContext(ignored -> action.run());
    }
  }

  ConnectorLoop connectors() {
    return connectors;
  }

  McpServer server() {
    return server;
  }

  Relay relay() {
    return relay;
  }
}
