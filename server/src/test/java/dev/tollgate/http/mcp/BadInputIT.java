package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.upstreams.Endpoint;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What clients get for messages that are none, or not what their headers say. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {

  private static final String ECHO = "{\"name\":\"echo\",\"arguments\":{}}";

  private final CompletableFuture<ScriptedServer.Arrived> held = new CompletableFuture<>();
  private final ScriptedServer server = ScriptedServer.legacy().on("prompts/get", held::complete);
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes.servers(
              new ConfiguredConnectors.Server(
                  "one", new Endpoint.Http(server.url()), Map.of(), false)));
  private final String key = gateway.tenant(null).key();
  private final RawClient client = new RawClient(gateway, "/mcp/one", key);

  @AfterAll
  void close() {
    gateway.close();
    server.close();
  }

  private static int code(HttpResponse<String> answer) {
    return RawClient.JSON.readTree(answer.body()).at("/error/code").intValue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{                                                               | -32700",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"               | -32700",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} x            | -32700",
        "nonsense                                                        | -32700",
        "~~                                                              | -32700",
        "5                                                               | -32600",
        "null                                                            | -32600",
        "[]                                                              | -32600",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]            | -32600",
        "{}                                                              | -32600",
        "{\"id\":1,\"method\":\"ping\"}                                  | -32600",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}              | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}           | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}            | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}             | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}                     | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}| -32602",
        "{\"jsonrpc\":\"2.0\",\"id\":1}                                  | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}       | -32600"
      })
  void refusesWhatIsNoMessage(String body, int code) {
    HttpResponse<String> answer = client.post(body, Map.of());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(code(answer)).as(answer.body()).isEqualTo(code);
  }

  @Test
  void refusesJsonThatNestsWithoutEnd() {
    String deep = "[".repeat(200_000) + "]".repeat(200_000);
    HttpResponse<String> answer =
        client.post(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":" + deep + "}}",
            Map.of());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(client.modern("tools/list", "").statusCode()).isEqualTo(200);
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    HttpResponse<String> answer =
        client.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"x\":\"" + "x".repeat(40 << 20), Map.of());
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(code(answer)).isEqualTo(-32600);
  }

  private HttpResponse<String> modern(Map<String, String> headers, String version) {
    Map<String, String> all = new HashMap<>(headers);
    all.values().removeIf(String::isEmpty);
    String call =
        """
        {"jsonrpc":"2.0","id":"a","method":"tools/call",
         "params":{"name":"echo","arguments":{},%s}}\
        """
            .formatted(RawClient.modernMeta(""));
    return client.post(call.replace("2026-07-28", version), all);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-07-28, tools/call, other",
    "2026-07-28, tools/call, ''",
    "2026-07-28, tools/list, echo",
    "2026-07-28, '', echo",
    "2025-11-25, tools/call, echo",
    "'', tools/call, echo"
  })
  void refusesHeadersThatSayOtherwiseThanTheBody(String version, String method, String name) {
    HttpResponse<String> answer =
        modern(
            Map.of("mcp-protocol-version", version, "mcp-method", method, "mcp-name", name),
            "2026-07-28");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(code(answer)).isEqualTo(-32020);
    assertThat(RawClient.JSON.readTree(answer.body()).path("id").stringValue()).isEqualTo("a");
  }

  @Test
  void tellsWhichRevisionsItServes() {
    HttpResponse<String> answer =
        modern(
            Map.of(
                "mcp-protocol-version",
                "2031-01-01",
                "mcp-method",
                "tools/call",
                "mcp-name",
                "echo"),
            "2031-01-01");
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode error = RawClient.JSON.readTree(answer.body()).path("error");
    assertThat(error.path("code").intValue()).isEqualTo(-32022);
    assertThat(error.at("/data/supported").toString()).contains("2026-07-28", "2025-11-25");
    assertThat(error.at("/data/requested").stringValue()).isEqualTo("2031-01-01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"initialize", "ping", "logging/setLevel", "resources/subscribe"})
  void knowsNoMethodsOfEarlierRevisionsInTheLatest(String method) {
    HttpResponse<String> answer = client.modern(method, "");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(code(answer)).isEqualTo(-32601);
  }

  @ParameterizedTest
  @CsvSource({
    "content-type, text/plain, 400",
    "accept, application/json, 400",
    "accept, text/event-stream, 400",
    "origin, https://evil.example, 403",
    "origin, null, 403"
  })
  void refusesWrongHeaders(String name, String value, int status) {
    HttpRequest.Builder request = client.request(Map.of());
    request.setHeader(name, value);
    HttpResponse<String> answer =
        gateway.send(
            request
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"))
                .build());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE"})
  void streamsNothingOutsideOfASession(String verb) {
    HttpResponse<String> answer =
        gateway.send(
            client.request(Map.of()).method(verb, HttpRequest.BodyPublishers.noBody()).build());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).hasValue("POST");
  }

  @Test
  void knowsNoSessionsThatItDidNotGive() {
    for (String session : new String[] {"x", "../..", "a".repeat(4_000)}) {
      HttpResponse<String> answer =
          client.post(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
              Map.of("mcp-session-id", session));
      assertThat(answer.statusCode()).isEqualTo(404);
    }
    assertThat(client.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", Map.of()))
        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(400));
  }

  @Test
  void saysThatThereIsNoSuchConnector() {
    RawClient nowhere = new RawClient(gateway, "/mcp/nowhere", key);
    assertThat(RawClient.last(nowhere.modern("tools/list", "")).at("/error/message").stringValue())
        .contains("nowhere");
    assertThat(nowhere.initialize("{}").at("/error/message").stringValue()).contains("nowhere");
  }

  @Test
  void aSecondRequestWithTheSameIdIsRefusedAndTheFirstGoesOn() throws Exception {
    LegacyStream stream = new LegacyStream(gateway, "/mcp/one", key);
    CompletableFuture<JsonNode> first =
        CompletableFuture.supplyAsync(() -> {
          stream.call("prompts/get", "{\"name\":\"x\"}");
          return stream.next();
        });
    ScriptedServer.Arrived waiting = held.get(60, TimeUnit.SECONDS);
    HttpResponse<String> second = stream.client().legacy(99, "tools/call", ECHO);
    assertThat(second.statusCode()).isEqualTo(400);
    assertThat(code(second)).isEqualTo(-32600);
    server.vertx().runOnContext(ignored -> waiting.result("{\"messages\":[]}"));
    assertThat(first.get(60, TimeUnit.SECONDS).path("result").has("messages")).isTrue();
    assertThat(
            RawClient.last(stream.client().legacy(99, "tools/call", ECHO))
                .path("result")
                .isObject())
        .as("the session goes on, and the identifier is free again")
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/roots/list_changed\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"no\"}}",
        "GET",
        "DELETE"
      })
  void refusesARevisionThatThereIsNot(String sent) {
    RawClient inSession = new RawClient(gateway, "/mcp/one", key);
    inSession.initialize("{}");
    Map<String, String> headers = new HashMap<>(inSession.sessionHeaders());
    headers.put("mcp-protocol-version", "2031-01-01");
    HttpRequest.Builder request = inSession.request(headers);
    HttpResponse<String> answer =
        gateway.send(
            (sent.startsWith("{")
                    ? request.POST(HttpRequest.BodyPublishers.ofString(sent))
                    : request.method(sent, HttpRequest.BodyPublishers.noBody()))
                .build());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(code(answer)).as(answer.body()).isEqualTo(-32022);
  }
}
