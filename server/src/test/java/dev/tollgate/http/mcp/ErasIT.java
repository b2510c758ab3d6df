package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.upstreams.Endpoint;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Clients and servers of both eras, each with each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErasIT {

  private final ScriptedServer modern = ScriptedServer.modern();
  private final ScriptedServer legacy = ScriptedServer.legacy();
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

  private RawClient client(String connector) {
    return new RawClient(gateway, "/mcp/" + connector, key);
  }

  @Test
  void aModernClientSeesAModernServerAsItIs() {
    JsonNode found = RawClient.last(client("modern").modern("server/discover", ""));
    assertThat(found.at("/result/capabilities/x/y").intValue()).isEqualTo(1);
    assertThat(found.at("/result/_meta/io.modelcontextprotocol~1serverInfo/name").stringValue())
        .isEqualTo("m");
    HttpResponse<String> listed = client("modern").modern("tools/list", "");
    assertThat(listed.statusCode()).isEqualTo(200);
    assertThat(RawClient.last(listed))
        .isEqualTo(
            RawClient.JSON.readTree(
                "{\"jsonrpc\":\"2.0\",\"id\":\"q1\",\"result\":" + direct("tools/list") + "}"));
    HttpResponse<String> called =
        client("modern").modern("tools/call", "\"name\":\"echo\",\"arguments\":{\"a\":[1.0,{}]}");
    assertThat(called.body())
        .contains("\"structuredContent\":{\"a\":[1.0,{}]}", "\"z\":1.50", "\"future\"");
  }

  private static String direct(String method) {
    return method.equals("tools/list")
        ? """
        {"resultType":"complete","ttlMs":5000,"cacheScope":"public","tools":[
        {"name":"echo","title":"Echo",
         "inputSchema":{"type":"object","$ref":"https://example.com/x"},
         "annotations":{"readOnlyHint":true,"future":1},"icons":[{"src":"data:,"}],
         "unknown":{"a":[]}}],"nextCursor":"c 1"}\
        """
        : "";
  }

  @Test
  void aLegacyClientSeesALegacyServerAsItIs() {
    RawClient client = client("legacy");
    JsonNode welcome = client.initialize("{\"roots\":{}}");
    assertThat(welcome.at("/result/serverInfo/name").stringValue()).isEqualTo("l");
    assertThat(welcome.at("/result/extra/0").intValue()).isEqualTo(1);
    JsonNode called =
        RawClient.last(
            client.legacy(7, "tools/call", "{\"name\":\"echo\",\"arguments\":{\"a\":1}}"));
    assertThat(called.path("id").intValue()).isEqualTo(7);
    assertThat(called.at("/result/structuredContent/a").intValue()).isEqualTo(1);
    assertThat(called.at("/result/future/field").booleanValue()).isTrue();
    assertThat(called.path("result").has("resultType")).isFalse();
  }

  @Test
  void aModernClientUsesALegacyServer() {
    JsonNode found = RawClient.last(client("legacy").modern("server/discover", ""));
    assertThat(found.at("/result/supportedVersions/0").stringValue()).isEqualTo("2026-07-28");
    assertThat(found.at("/result/instructions").stringValue()).isEqualTo("be kind");
    JsonNode listed = RawClient.last(client("legacy").modern("tools/list", ""));
    assertThat(listed.at("/result/resultType").stringValue()).isEqualTo("complete");
    assertThat(listed.at("/result/ttlMs").intValue()).isZero();
    assertThat(listed.at("/result/cacheScope").stringValue()).isEqualTo("private");
    assertThat(listed.at("/result/tools/0/unknown").has("a")).isTrue();
    JsonNode called =
        RawClient.last(
            client("legacy").modern("tools/call", "\"name\":\"echo\",\"arguments\":{\"b\":2}"));
    assertThat(called.at("/result/structuredContent/b").intValue()).isEqualTo(2);
  }

  @Test
  void aLegacyClientUsesAModernServer() {
    RawClient client = client("modern");
    JsonNode welcome = client.initialize("{}");
    assertThat(welcome.at("/result/protocolVersion").stringValue()).isEqualTo("2025-11-25");
    assertThat(welcome.at("/result/serverInfo/name").stringValue()).isEqualTo("m");
    JsonNode listed = RawClient.last(client.legacy(1, "tools/list", "{}"));
    assertThat(listed.at("/result/tools/0/name").stringValue()).isEqualTo("echo");
    assertThat(listed.path("result").has("ttlMs")).isFalse();
    JsonNode called =
        RawClient.last(
            client.legacy(2, "tools/call", "{\"name\":\"echo\",\"arguments\":{\"c\":3}}"));
    assertThat(called.at("/result/structuredContent/c").intValue()).isEqualTo(3);
  }
}
