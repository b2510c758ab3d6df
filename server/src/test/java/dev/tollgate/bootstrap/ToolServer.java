package dev.tollgate.bootstrap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An MCP server of 2026-07-28 that counts its calls; the tool {@code hang} never answers. */
final class ToolServer implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  ToolServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp");
  }

  int calls() {
    return calls.get();
  }

  /** A call of {@code tool} at {@code gateway}. */
  static HttpRequest call(String gateway, String connector, String key, String tool) {
    return HttpRequest.newBuilder(URI.create(gateway + "/mcp/" + connector))
        .header("authorization", "Bearer " + key)
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool)
        .POST(
            HttpRequest.BodyPublishers.ofString(
                """
                {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s","arguments":{},
                 "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
                  "io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},
                  "io.modelcontextprotocol/clientCapabilities":{}}}}\
                """
                    .formatted(tool)))
        .build();
  }

  private void handle(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
    String result =
        switch (request.path("method").stringValue("")) {
          case "server/discover" ->
              """
              {"resultType":"complete","supportedVersions":["2026-07-28"],
               "capabilities":{"tools":{}}}\
              """;
          case "tools/call" -> called(request.path("params").path("name").stringValue());
          default -> "{\"resultType\":\"complete\"}";
        };
    byte[] body =
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}"
            .formatted(request.path("id"), result)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String called(String tool) {
    calls.incrementAndGet();
    if (tool.equals("hang")) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return "{\"resultType\":\"complete\",\"content\":[]}";
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
