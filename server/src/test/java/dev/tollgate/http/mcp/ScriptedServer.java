package dev.tollgate.http.mcp;

import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An MCP server over HTTP that does what a test tells it to, message by message. */
final class ScriptedServer implements AutoCloseable {

  /** What came. */
  record Arrived(
      String verb, @Nullable Message message, MultiMap headers, HttpServerResponse response) {

    /** The request that came; fails for anything else. */
    Message.Request request() {
      if (message instanceof Message.Request request) {
        return request;
      }
      throw new AssertionError("no request: " + message);
    }

    Members params() {
      return Members.orNone(request().params());
    }

    /** Answers with a result. */
    void result(String json) {
      json(200, new Message.Success(request().id(), Raw.of(json)).raw());
    }

    /** Answers with an error. */
    void error(int status, int code, String text) {
      json(
          status,
          new Message.Fault(
                  request().id(),
                  Members.NONE
                      .with("code", Raw.number(code))
                      .with("message", Raw.string(text))
                      .raw())
              .raw());
    }

    void json(int status, Raw message) {
      response
          .setStatusCode(status)
          .putHeader("content-type", "application/json")
          .end(message.json());
    }

    /** Begins a stream. */
    Arrived stream() {
      response.setChunked(true).putHeader("content-type", "text/event-stream").writeHead();
      return this;
    }

    Arrived event(Raw message) {
      response.write("event: message\ndata: " + message.json() + "\n\n");
      return this;
    }

    void lastResult(String json) {
      event(new Message.Success(request().id(), Raw.of(json)).raw());
      response.end();
    }
  }

  /** What a method leads to. */
  interface Script {
    void play(Arrived arrived);
  }

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<Arrived> arrived = new CopyOnWriteArrayList<>();

  private ScriptedServer() {
    server =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.bodyHandler(body -> arrived(request, body)))
            .listen(0, "127.0.0.1")
            .await();
  }

  /** One that answers everything with 400, as servers that know nothing of it do. */
  static ScriptedServer start() {
    return new ScriptedServer();
  }

  /** One of 2026-07-28 with the tool {@code echo}. */
  static ScriptedServer modern() {
    return start()
        .on(
            "server/discover",
            asked ->
                asked.result(
                    """
                    {"resultType":"complete","supportedVersions":["2026-07-28"],
                     "capabilities":{"tools":{"listChanged":true},"x":{"y":1}},
                     "instructions":"be kind","ttlMs":1000,"cacheScope":"public",
                     "_meta":{"io.modelcontextprotocol/serverInfo":{"name":"m","version":"3"}}}\
                    """))
        .on("tools/list", asked -> asked.result(TOOLS_MODERN))
        .on("tools/call", asked -> asked.result(called("\"resultType\":\"complete\",", asked)));
  }

  /** One of the session era with the same tool. */
  static ScriptedServer legacy() {
    return start()
        .on(
            "initialize",
            asked -> {
              asked.response().putHeader("mcp-session-id", "s-" + System.nanoTime());
              asked.result(
                  """
                  {"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true}},
                   "serverInfo":{"name":"l","version":"2"},"instructions":"be kind","extra":[1]}\
                  """);
            })
        .on("notifications/initialized", asked -> asked.response().setStatusCode(202).end())
        .on("notifications/cancelled", asked -> asked.response().setStatusCode(202).end())
        .on("tools/list", asked -> asked.result(TOOLS))
        .on("tools/call", asked -> asked.result(called("", asked)));
  }

  private static final String TOOL =
      """
      {"name":"echo","title":"Echo","inputSchema":{"type":"object","$ref":"https://example.com/x"},
       "annotations":{"readOnlyHint":true,"future":1},"icons":[{"src":"data:,"}],"unknown":{"a":[]}}\
      """;

  private static final String TOOLS = "{\"tools\":[" + TOOL + "],\"nextCursor\":\"c 1\"}";

  private static final String TOOLS_MODERN =
      "{\"resultType\":\"complete\",\"ttlMs\":5000,\"cacheScope\":\"public\",\"tools\":["
          + TOOL
          + "],\"nextCursor\":\"c 1\"}";

  private static String called(String before, Arrived asked) {
    Raw arguments = asked.params().get("arguments");
    return "{"
        + before
        + "\"content\":[{\"type\":\"text\",\"text\":\"hi\"},{\"type\":\"new\",\"z\":1.50}],"
        + "\"structuredContent\":"
        + (arguments == null ? "null" : arguments.json())
        + ",\"future\":{\"field\":true}}";
  }

  ScriptedServer on(String method, Script script) {
    scripts.put(method, script);
    return this;
  }

  /** Does what {@code method} leads to only so long after it came. */
  ScriptedServer delayed(String method, Duration delay) {
    Script atOnce = Objects.requireNonNull(scripts.get(method), method);
    return on(method, came -> vertx.setTimer(delay.toMillis(), ignored -> atOnce.play(came)));
  }

  private void arrived(HttpServerRequest request, Buffer body) {
    Message message = body.length() == 0 ? null : Message.read(body.getBytes());
    Arrived came =
        new Arrived(request.method().name(), message, request.headers(), request.response());
    arrived.add(came);
    Script script = scripts.get(name(came));
    if (script != null) {
      script.play(came);
    } else if (message instanceof Message.Request) {
      came.error(400, -32600, "Bad Request: no valid session");
    } else {
      request.response().setStatusCode(message == null ? 405 : 202).end();
    }
  }

  private static String name(Arrived came) {
    return switch (came.message()) {
      case Message.Request request -> request.method();
      case Message.Notification notification -> notification.method();
      case Message.Success success -> "response";
      case Message.Fault fault -> "response";
      case null -> came.verb();
    };
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.actualPort() + "/mcp");
  }

  List<Arrived> arrived() {
    return List.copyOf(arrived);
  }

  /** What came of one method, or of one verb without a message. */
  List<Arrived> arrived(String method) {
    return arrived.stream().filter(each -> name(each).equals(method)).toList();
  }

  Vertx vertx() {
    return vertx;
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
