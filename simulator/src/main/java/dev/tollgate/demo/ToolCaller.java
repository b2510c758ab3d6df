package dev.tollgate.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An agent with MCP tools: a client of the revision 2026-07-28, which has no sessions. */
final class ToolCaller implements AutoCloseable {

  /** The revision that it speaks, and no other. */
  static final String REVISION = "2026-07-28";

  private static final String META = "io.modelcontextprotocol/";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger ids = new AtomicInteger();
  private final String tenant;
  private final URI url;
  private final String key;

  ToolCaller(String tenant, String url, String key) {
    this.tenant = tenant;
    this.url = URI.create(url);
    this.key = key;
  }

  /**
   * What a tool answered.
   *
   * @param text the first piece of its content
   * @param cache what the gateway says of its cache: {@code hit}, {@code miss}; "" for a write
   */
  record Answer(String text, String cache) {}

  String tenant() {
    return tenant;
  }

  /** The names of the tools. */
  List<String> tools() {
    JsonNode listed = wait(send("tools/list", "", JSON.createObjectNode()));
    return listed.path("tools").values().stream().map(tool -> text(tool, "name")).toList();
  }

  Answer call(String tool, ObjectNode arguments) {
    return wait(begin(tool, arguments));
  }

  /** The same, without waiting. */
  CompletableFuture<Answer> begin(String tool, ObjectNode arguments) {
    ObjectNode params = JSON.createObjectNode().put("name", tool);
    params.set("arguments", arguments);
    return send("tools/call", tool, params).thenApply(ToolCaller::read);
  }

  /** What became of a call that was begun. */
  static <T> T wait(CompletableFuture<T> call) {
    try {
      return call.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Unexpected told
          ? told
          : new Unexpected("a tool did not answer: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private static Answer read(JsonNode result) {
    Unexpected.unless(!result.path("isError").asBoolean(false), "the tool failed: " + result);
    return new Answer(
        text(result.at("/content/0"), "text"),
        result.at("/_meta/dev.tollgate~1cache/status").asString(""));
  }

  private CompletableFuture<JsonNode> send(String method, String name, ObjectNode params) {
    params
        .putObject("_meta")
        .put(META + "protocolVersion", REVISION)
        .set(META + "clientInfo", JSON.createObjectNode().put("name", "demo").put("version", "1"))
        .set(META + "clientCapabilities", JSON.createObjectNode());
    ObjectNode message =
        JSON.createObjectNode()
            .put("jsonrpc", "2.0")
            .put("id", ids.incrementAndGet())
            .put("method", method);
    message.set("params", params);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("authorization", "Bearer " + key)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", REVISION)
            .header("mcp-method", method)
            .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(message)));
    if (!name.isEmpty()) {
      request.header("mcp-name", name);
    }
    return client
        .sendAsync(request.build(), BodyHandlers.ofString())
        .thenApply(response -> result(method, response));
  }

  private static JsonNode result(String method, HttpResponse<String> response) {
    String body = response.body();
    // One message, whole or as the only one of a stream.
    int data = body.startsWith("{") ? 0 : body.lastIndexOf("data: ") + "data: ".length();
    JsonNode result = JSON.readTree(body.substring(data)).path("result");
    Unexpected.unless(
        response.statusCode() == 200 && result.isObject(),
        "%s answered %d: %s".formatted(method, response.statusCode(), body));
    return result;
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    Unexpected.unless(value.isString(), "there is no text '%s' in %s".formatted(name, node));
    return value.stringValue();
  }
}
