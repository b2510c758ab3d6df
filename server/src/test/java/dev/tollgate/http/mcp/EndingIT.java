package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.upstreams.Endpoint;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The end of a gateway that clients and servers still have to do with. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndingIT {

  private final ScriptedServer own = ScriptedServer.legacy().on("GET", came -> came.stream());
  private final ScriptedServer shared = ScriptedServer.legacy().on("GET", came -> came.stream());

  @AfterAll
  void close() {
    own.close();
    shared.close();
  }

  @Test
  void streamsAreEndedAndServersAreTold() {
    TestGateway gateway =
        TestGateway.start(wishes ->
            wishes.servers(
                new ConfiguredConnectors.Server(
                    "own", new Endpoint.Http(own.url()), Map.of(), false),
                new ConfiguredConnectors.Server(
                    "shared", new Endpoint.Http(shared.url()), Map.of(), true)));
    String key = gateway.tenant(null).key();
    LegacyStream listening = new LegacyStream(gateway, "/mcp/own", key);
    listening.listen(Map.of());
    LegacyStream subscribed = new LegacyStream(gateway, "/mcp/shared", key);
    subscribed.open(subscription(subscribed.client()));
    assertThat(subscribed.next().path("method").stringValue())
        .isEqualTo("notifications/subscriptions/acknowledged");
    await().until(() -> !own.arrived("GET").isEmpty() && !shared.arrived("GET").isEmpty());
    gateway.close();
    assertThat(subscribed.next().path("result").path("resultType").stringValue())
        .isEqualTo("complete");
    assertThat(listening.line()).isNull();
    assertThat(own.arrived("DELETE")).hasSize(1);
    assertThat(shared.arrived("DELETE")).hasSameSizeAs(shared.arrived("initialize"));
  }

  /** Whoever was asked cannot come back: the server waits for nothing, nor does the end. */
  @Test
  void callsThatWaitForTheirClientsAreCancelled() {
    try (ScriptedServer asking = ScriptedServer.legacy().on("tools/call", EndingIT::ask)) {
      TestGateway gateway = before(asking);
      RawClient client = new RawClient(gateway, "/mcp/asking", gateway.tenant(null).key());
      String asked =
          RawClient.last(client.modern("tools/call", "\"name\":\"echo\",\"arguments\":{}"))
              .at("/result/resultType")
              .stringValue();

      gateway.close();

      assertThat(asked).isEqualTo("input_required");
      assertThat(asking.arrived("notifications/cancelled")).hasSize(1);
      assertThat(asking.arrived("DELETE")).hasSameSizeAs(asking.arrived("initialize"));
    }
  }

  /** It has not cancelled its call, and does not come back for what it misses. */
  @Test
  void callsWhoseClientsAreGoneAreCancelled() {
    try (ScriptedServer asking = ScriptedServer.legacy().on("tools/call", EndingIT::ask)) {
      TestGateway gateway = before(asking);
      LegacyStream stream = new LegacyStream(gateway, "/mcp/asking", gateway.tenant(null).key());
      try (Stream<String> _ =
          stream.call("tools/call", "{\"name\":\"echo\",\"arguments\":{}}").body()) {
        assertThat(stream.next().path("method").stringValue()).isEqualTo("elicitation/create");
      }

      gateway.close();

      assertThat(asking.arrived("notifications/cancelled")).hasSize(1);
      assertThat(asking.arrived("DELETE")).hasSameSizeAs(asking.arrived("initialize"));
    }
  }

  private static TestGateway before(ScriptedServer asking) {
    return TestGateway.start(wishes ->
        wishes.servers(
            new ConfiguredConnectors.Server(
                "asking", new Endpoint.Http(asking.url()), Map.of(), true)));
  }

  private static void ask(ScriptedServer.Arrived call) {
    call.stream()
        .event(
            new Message.Request(
                    Raw.string("ask"),
                    "elicitation/create",
                    Raw.of(
                        "{\"message\":\"who?\",\"requestedSchema\":"
                            + "{\"type\":\"object\",\"properties\":{}}}"))
                .raw());
  }

  private static HttpRequest subscription(RawClient client) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("mcp-protocol-version", "2026-07-28");
    headers.put("mcp-method", "subscriptions/listen");
    return client
        .request(headers)
        .POST(
            HttpRequest.BodyPublishers.ofString(
                "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"subscriptions/listen\",\"params\":{"
                    + "\"notifications\":{\"toolsListChanged\":true},"
                    + RawClient.modernMeta("")
                    + "}}"))
        .build();
  }
}
