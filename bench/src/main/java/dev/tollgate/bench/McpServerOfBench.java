package dev.tollgate.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An MCP server of 2026-07-28 with one tool, {@code look}, that answers at once: what is measured
 * in front of it is not its own work.
 */
final class McpServerOfBench implements AutoCloseable {

  private static final String TEXT = "word ".repeat(200);

  private final HttpServer server;
  private final AtomicLong calls = new AtomicLong();

  private McpServerOfBench(Vertx vertx) {
    server = vertx.createHttpServer().requestHandler(this::serve);
  }

  static McpServerOfBench start(Vertx vertx) {
    McpServerOfBench started = new McpServerOfBench(vertx);
    started.server.listen(0, "127.0.0.1").await();
    return started;
  }

  int port() {
    return server.actualPort();
  }

  /** Calls of its tool so far. */
  long calls() {
    return calls.get();
  }

  private void serve(HttpServerRequest request) {
    var _ = request.body().onSuccess(body -> answer(request, new JsonObject(body)));
  }

  private void answer(HttpServerRequest request, JsonObject message) {
    if (!message.containsKey("id")) {
      request.response().setStatusCode(202).end();
      return;
    }
    Object id = message.getValue("id");
    String method = message.getString("method");
    String result =
        switch (method) {
          case "server/discover" ->
              "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],"
                  + "\"capabilities\":{\"tools\":{}},"
                  + "\"serverInfo\":{\"name\":\"bench\",\"version\":\"1\"},"
                  + "\"ttlMs\":3600000,\"cacheScope\":\"public\"}";
          case "tools/list" ->
              "{\"resultType\":\"complete\",\"tools\":[{\"name\":\"look\","
                  + "\"inputSchema\":{\"type\":\"object\"},\"annotations\":{\"readOnlyHint\":true}}],"
                  + "\"ttlMs\":3600000,\"cacheScope\":\"public\"}";
          case "tools/call" -> {
            calls.incrementAndGet();
            yield "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":\""
                + TEXT
                + "\"}]}";
          }
          default -> null;
        };
    String outcome =
        result == null
            ? "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}"
            : "\"result\":" + result;
    request
        .response()
        .setStatusCode(result == null ? 404 : 200)
        .putHeader("content-type", "application/json")
        .end(
            Buffer.buffer(
                "{\"jsonrpc\":\"2.0\",\"id\":"
                    + (id instanceof Number ? id : "\"" + id + "\"")
                    + ","
                    + outcome
                    + "}"));
  }

  @Override
  public void close() {
    server.close().await();
  }
}
