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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Streams of what belongs to no request, and streams that break and go on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListeningIT {

  private static final Raw TOOLS_CHANGED =
      new Message.Notification("notifications/tools/list_changed", null).raw();
  private static final Raw PROMPTS_CHANGED =
      new Message.Notification("notifications/prompts/list_changed", null).raw();

  private final ScriptedServer modern =
      ScriptedServer.modern().on("subscriptions/listen", ListeningIT::changes);
  private final ScriptedServer legacy =
      ScriptedServer.legacy()
          .on("GET", ListeningIT::goesOn)
          .on("tools/call", ListeningIT::breaksOff);
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes.servers(
              new ConfiguredConnectors.Server(
                  "modern", new Endpoint.Http(modern.url()), Map.of(), false),
              new ConfiguredConnectors.Server(
                  "legacy", new Endpoint.Http(legacy.url()), Map.of(), false)));
  private final String key = gateway.tenant(null).key();

  @AfterAll
  void close() {
    gateway.close();
    modern.close();
    legacy.close();
  }

  private static void changes(ScriptedServer.Arrived asked) {
    String meta =
        "\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":" + asked.request().id() + "}";
    asked.stream()
        .event(
            Raw.of(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\","
                    + "\"params\":{"
                    + meta
                    + ",\"notifications\":{\"toolsListChanged\":true}}}"))
        .event(
            Raw.of(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\","
                    + "\"params\":{"
                    + meta
                    + "}}"));
  }

  /** Without a place it is the session's stream; with one, the call that broke off. */
  private static void goesOn(ScriptedServer.Arrived came) {
    String last = came.headers().get("last-event-id");
    came.stream();
    if (last == null) {
      came.event(PROMPTS_CHANGED).event(TOOLS_CHANGED);
      return;
    }
    String call = last.substring(last.indexOf(':') + 1);
    came.event(new Message.Success(Raw.of(call), Raw.of("{\"content\":[],\"late\":1}")).raw());
    came.response().end();
  }

  private static void breaksOff(ScriptedServer.Arrived asked) {
    asked.stream().response().write("id: e:" + asked.request().id() + "\nretry: 60000\ndata: \n\n");
    asked.response().end();
  }

  @Test
  void aLegacyClientHearsOfChanges() {
    for (String connector : new String[] {"legacy", "modern"}) {
      LegacyStream stream = new LegacyStream(gateway, "/mcp/" + connector, key);
      assertThat(stream.listen(Map.of()).statusCode()).isEqualTo(200);
      JsonNode heard = stream.next();
      while (heard.path("method").stringValue().contains("prompts")) {
        heard = stream.next();
      }
      assertThat(heard.path("method").stringValue()).isEqualTo("notifications/tools/list_changed");
      assertThat(heard.path("params").has("_meta")).isFalse();
    }
  }

  @Test
  void aModernClientHearsOfWhatItAskedFor() {
    for (String connector : new String[] {"/legacy", "/modern", ""}) {
      LegacyStream stream = new LegacyStream(gateway, "/mcp/legacy", key);
      RawClient client = new RawClient(gateway, "/mcp" + connector, key);
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("mcp-protocol-version", "2026-07-28");
      headers.put("mcp-method", "subscriptions/listen");
      stream.open(
          client
              .request(headers)
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"jsonrpc\":\"2.0\",\"id\":\"sub\",\"method\":\"subscriptions/listen\","
                          + "\"params\":{\"notifications\":{\"toolsListChanged\":true},"
                          + RawClient.modernMeta("")
                          + "}}"))
              .build());
      for (String method : new String[] {"subscriptions/acknowledged", "tools/list_changed"}) {
        JsonNode heard = stream.next();
        assertThat(heard.path("method").stringValue()).as(connector).endsWith(method);
        assertThat(heard.at("/params/_meta/io.modelcontextprotocol~1subscriptionId").stringValue())
            .isEqualTo("sub");
      }
    }
  }

  @Test
  void aStreamThatBreaksOffIsMirroredAndGoesOnWhenTheClientComesBack() {
    LegacyStream stream = new LegacyStream(gateway, "/mcp/legacy", key);
    stream.call("tools/call", "{\"name\":\"echo\",\"arguments\":{}}");
    String id = String.valueOf(stream.line());
    assertThat(id).startsWith("id: ");
    assertThat(stream.line()).isEqualTo("retry: 60000");
    String rest = stream.line();
    while (rest != null) {
      rest = stream.line();
    }
    stream.listen(Map.of("last-event-id", id.substring(4)));
    JsonNode answer = stream.next();
    assertThat(answer.path("id").intValue()).isEqualTo(99);
    assertThat(answer.at("/result/late").intValue()).isEqualTo(1);
  }

  @Test
  void aClientThatIsGoneEndsWhatItListenedTo() {
    LegacyStream stream = new LegacyStream(gateway, "/mcp/legacy", key);
    stream.listen(Map.of());
    stream.next();
    int sessions = legacy.arrived("DELETE").size();
    stream.client().post("", stream.client().sessionHeaders());
    gateway.send(stream.client().request(stream.client().sessionHeaders()).DELETE().build());
    await().until(() -> legacy.arrived("DELETE").size() > sessions);
    assertThat(
            gateway
                .send(
                    stream
                        .client()
                        .request(stream.client().sessionHeaders())
                        .POST(
                            HttpRequest.BodyPublishers.ofString(
                                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"))
                        .build())
                .statusCode())
        .isEqualTo(404);
  }
}
