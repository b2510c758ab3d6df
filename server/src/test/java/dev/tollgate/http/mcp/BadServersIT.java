package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.upstreams.Endpoint;
import dev.tollgate.upstreams.UpstreamsConfig;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What clients get of servers that send nonsense, too much, or without end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadServersIT {

  /** The most of one message that this gateway takes. */
  private static final int BOUND = 64 * 1024;

  private static final byte[] FILLER = "x".repeat(16 * 1024).getBytes(StandardCharsets.UTF_8);

  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger cut = new AtomicInteger();
  private final ScriptedServer server = ScriptedServer.modern().on("tools/call", this::play);
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes
              .upstreams(new UpstreamsConfig(BOUND, 100, UpstreamsConfig.DEFAULT.pool(), true))
              .servers(
                  http("http"),
                  process("garbage", "head -c 300000 /dev/urandom; cat"),
                  process("endless", "cat /dev/zero"),
                  process("lines", "while read line; do echo hello; done"),
                  process("mute", "exit 0")));
  private final TestGateway.Tenant tenant = gateway.tenant(null);

  private ConfiguredConnectors.Server http(String name) {
    return new ConfiguredConnectors.Server(name, new Endpoint.Http(server.url()), Map.of(), false);
  }

  private static ConfiguredConnectors.Server process(String name, String script) {
    return new ConfiguredConnectors.Server(
        name, new Endpoint.Stdio(List.of("/bin/sh", "-c", script), Map.of()), Map.of(), false);
  }

  @AfterAll
  void close() {
    gateway.close();
    server.close();
  }

  private void play(ScriptedServer.Arrived asked) {
    HttpServerResponse response = asked.response();
    String id = asked.request().id().json();
    switch (String.valueOf(asked.params().string("name"))) {
      case "binary" -> json(response).end(Buffer.buffer(new byte[] {0, -1, -2, 7, 0, 0}));
      case "truncated" -> json(response).end("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{");
      case "text" -> response.putHeader("content-type", "text/html").end("<html>");
      case "notAMessage" -> json(response).end("{\"hello\":1}");
      case "batch" -> json(response).end("[{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}]");
      case "otherId" -> json(response).end("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}");
      case "empty" -> json(response).end();
      case "broken" -> {
        json(response).putHeader("content-length", "100").write("{\"jsonrpc\"");
        asked.response().reset();
      }
      case "oversized" ->
          json(response)
              .end(
                  "{\"jsonrpc\":\"2.0\",\"id\":"
                      + id
                      + ",\"result\":{\"content\":[],\"x\":\""
                      + "x".repeat(2 * BOUND)
                      + "\"}}");
      case "endlessBody" -> flood(json(response).setChunked(true));
      case "endlessEvent" -> flood(asked.stream().response());
      case "noAnswer" -> asked.stream().response().end(": nothing\n\n");
      default -> asked.result("{\"resultType\":\"complete\",\"content\":[]}");
    }
  }

  private static HttpServerResponse json(HttpServerResponse response) {
    return response.putHeader("content-type", "application/json");
  }

  /** As much as is taken. */
  private void flood(HttpServerResponse response) {
    response.closeHandler(ignored -> cut.incrementAndGet());
    more(response);
  }

  private void more(HttpServerResponse response) {
    if (response.closed()) {
      return;
    }
    response
        .write(Buffer.buffer(FILLER))
        .onSuccess(ignored -> {
          written.addAndGet(FILLER.length);
          more(response);
        });
  }

  private JsonNode call(String connector, String tool) {
    HttpResponse<String> answer =
        new RawClient(gateway, "/mcp/" + connector, tenant.key())
            .modern("tools/call", "\"name\":\"" + tool + "\",\"arguments\":{}");
    return RawClient.last(answer);
  }

  private void worksStill() {
    // Its breaker may keep calls from it for a while.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> call("http", "good").path("result").isObject());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "binary",
        "truncated",
        "text",
        "notAMessage",
        "batch",
        "otherId",
        "empty",
        "broken",
        "oversized",
        "noAnswer"
      })
  void saysThatTheServerSentNonsense(String tool) {
    worksStill();
    JsonNode error = call("http", tool).path("error");
    assertThat(error.at("/data/code").stringValue(""))
        .as("%s", error)
        .isEqualTo("upstream_invalid");
    assertThat(error.path("code").intValue()).isEqualTo(-31000);
    assertThat(error.path("message").stringValue()).contains("http");
    worksStill();
  }

  @ParameterizedTest
  @ValueSource(strings = {"endlessBody", "endlessEvent"})
  void cutsOffWhatDoesNotEnd(String tool) {
    worksStill();
    int before = cut.get();
    written.set(0);
    JsonNode error = call("http", tool).path("error");
    assertThat(error.at("/data/code").stringValue(""))
        .as("%s", error)
        .isEqualTo("upstream_invalid");
    await().until(() -> cut.get() > before);
    assertThat(written.get()).as("what lies in sockets' buffers at most").isLessThan(16 << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "endless", "lines", "mute"})
  void saysThatAProcessIsNoServer(String connector) {
    JsonNode error = call(connector, "echo").path("error");
    assertThat(error.at("/data/code").stringValue(""))
        .as("%s", error)
        .isIn("upstream_invalid", "upstream_timeout");
    assertThat(error.path("message").stringValue()).contains(connector);
    worksStill();
  }

  @Test
  void manyAtOnceLeaveTheOthersWorking() {
    List<CompletableFuture<JsonNode>> all =
        Stream.of("binary", "oversized", "endlessEvent", "broken", "good")
            .flatMap(tool -> Stream.generate(() -> tool).limit(20))
            .map(tool -> CompletableFuture.supplyAsync(() -> call("http", tool)))
            .toList();
    all.forEach(each -> assertThat(each.join().isObject()).isTrue());
    worksStill();
  }
}
