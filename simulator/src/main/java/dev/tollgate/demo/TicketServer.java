package dev.tollgate.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A small MCP server over Streamable HTTP, of the revision 2025-11-25: sessions, and the tools of
 * {@link Tickets}. Safe for any thread.
 */
final class TicketServer implements AutoCloseable {

  /** The revision that it speaks, and no other. */
  static final String REVISION = "2025-11-25";

  private static final String SESSION = "Mcp-Session-Id";
  private static final int LONGEST_MESSAGE = 64 * 1024;
  private static final JsonMapper JSON = new JsonMapper();

  private final Tickets tickets = new Tickets();
  private final Set<String> sessions = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private TicketServer(HttpServer server) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/mcp", this::handle);
    server.start();
  }

  static TicketServer start() {
    try {
      return new TicketServer(
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the server of tickets", e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/mcp";
  }

  Tickets tickets() {
    return tickets;
  }

  @Override
  public void close() {
    tickets.release();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      switch (exchange.getRequestMethod()) {
        case "POST" -> message(exchange);
        case "DELETE" -> answer(exchange, sessions.remove(session(exchange)) ? 204 : 404, null);
        default -> answer(exchange, 405, null);
      }
    }
  }

  private void message(HttpExchange exchange) throws IOException {
    JsonNode message;
    try {
      message = JSON.readTree(exchange.getRequestBody().readNBytes(LONGEST_MESSAGE));
    } catch (JacksonException e) {
      answer(exchange, 400, fault(null, -32700, "this is no JSON"));
      return;
    }
    JsonNode id = message.get("id");
    String method = message.path("method").asString("");
    if (method.equals("initialize")) {
      exchange.getResponseHeaders().set(SESSION, opened());
      answer(exchange, 200, result(id, introduction()));
    } else if (session(exchange).isEmpty()) {
      answer(exchange, 400, fault(id, -32600, "a session begins with initialize"));
    } else if (!sessions.contains(session(exchange))) {
      answer(exchange, 404, fault(id, -32001, "this session is over"));
    } else if (id == null) {
      answer(exchange, 202, null);
    } else {
      answer(exchange, 200, called(id, method, message.path("params")));
    }
  }

  private JsonNode called(JsonNode id, String method, JsonNode params) {
    return switch (method) {
      case "ping" -> result(id, JSON.createObjectNode());
      case "tools/list" -> result(id, Tickets.listed());
      case "tools/call" -> {
        JsonNode told = tickets.call(params.path("name").asString(""), params.path("arguments"));
        yield told == null ? fault(id, -32602, "there is no such tool") : result(id, told);
      }
      default -> fault(id, -32601, "there is no method " + method);
    };
  }

  private String opened() {
    String session = UUID.randomUUID().toString();
    sessions.add(session);
    return session;
  }

  private static String session(HttpExchange exchange) {
    String named = exchange.getRequestHeaders().getFirst(SESSION);
    return named == null ? "" : named;
  }

  private static JsonNode introduction() {
    return JSON.readTree(
        """
        {"protocolVersion": "%s", "capabilities": {"tools": {}},
         "serverInfo": {"name": "tickets", "version": "1.0.0"}}
        """
            .formatted(REVISION));
  }

  private static JsonNode result(JsonNode id, JsonNode result) {
    return JSON.createObjectNode().put("jsonrpc", "2.0").set("id", id).set("result", result);
  }

  private static JsonNode fault(@Nullable JsonNode id, int code, String message) {
    ObjectNode fault = JSON.createObjectNode().put("jsonrpc", "2.0");
    fault.set("id", id == null ? JSON.nullNode() : id);
    fault.putObject("error").put("code", code).put("message", message);
    return fault;
  }

  private static void answer(HttpExchange exchange, int status, @Nullable JsonNode body)
      throws IOException {
    if (body == null) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
