package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.upstreams.Endpoint;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** All connectors of a caller as one server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CombinedIT {

  private final ScriptedServer modern =
      ScriptedServer.modern()
          .on(
              "resources/read",
              asked ->
                  asked.result(
                      "{\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\","
                          + "\"contents\":[{\"uri\":"
                          + asked.params().get("uri")
                          + ",\"text\":\"t\"}]}"));
  private final ScriptedServer legacy =
      ScriptedServer.legacy()
          .on(
              "tools/list",
              asked ->
                  asked.result(
                      asked.params().has("cursor")
                          ? "{\"tools\":[{\"name\":\"second\"}]}"
                          : "{\"tools\":[{\"name\":\"first\"}],\"nextCursor\":\"n\"}"));
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes.servers(
              new ConfiguredConnectors.Server(
                  "zeta", new Endpoint.Http(modern.url()), Map.of(), false),
              new ConfiguredConnectors.Server(
                  "alpha", new Endpoint.Http(legacy.url()), Map.of(), false),
              new ConfiguredConnectors.Server(
                  "dead",
                  new Endpoint.Http(URI.create("http://127.0.0.1:1/mcp")),
                  Map.of(),
                  false)));
  private final String key = gateway.tenant(null).key();

  @AfterAll
  void close() {
    gateway.close();
    modern.close();
    legacy.close();
  }

  private JsonNode ask(String method, String params) {
    return RawClient.last(new RawClient(gateway, "/mcp", key).modern(method, params));
  }

  @Test
  void listsAllInOrderAndNamesWhoIsMissing() {
    JsonNode first = ask("tools/list", "");
    assertThat(first.at("/result/tools").valueStream().map(each -> each.path("name").stringValue()))
        .containsExactly("alpha__first", "zeta__echo");
    assertThat(first.at("/result/tools/1/unknown").has("a")).isTrue();
    assertThat(first.at("/result/_meta/dev.tollgate~1unavailable/0").stringValue())
        .isEqualTo("dead");
    assertThat(first.at("/result/cacheScope").stringValue()).isEqualTo("private");
    JsonNode second = ask("tools/list", "\"cursor\":" + first.at("/result/nextCursor"));
    assertThat(
            second.at("/result/tools").valueStream().map(each -> each.path("name").stringValue()))
        .containsExactly("alpha__second", "zeta__echo");
    assertThat(ask("tools/list", "\"cursor\":\"made up\"").at("/error/code").intValue())
        .isEqualTo(-32602);
  }

  @Test
  void callsTheOneThatTheNameSays() {
    JsonNode called = ask("tools/call", "\"name\":\"alpha__echo\",\"arguments\":{\"x\":1}");
    assertThat(called.at("/result/structuredContent/x").intValue()).isEqualTo(1);
    JsonNode read = ask("resources/read", "\"uri\":\"zeta+file:///a b\"");
    assertThat(read.at("/result/contents/0/uri").stringValue()).isEqualTo("zeta+file:///a b");
    assertThat(modern.arrived("resources/read").getLast().params().string("uri"))
        .isEqualTo("file:///a b");
    assertThat(ask("tools/call", "\"name\":\"echo\"").at("/error/code").intValue())
        .isEqualTo(-32602);
    assertThat(ask("tools/call", "\"name\":\"nobody__echo\"").has("error")).isTrue();
    assertThat(ask("tools/call", "\"name\":\"dead__echo\"").at("/error/data/code").stringValue())
        .isEqualTo("upstream_unreachable");
  }

  @Test
  void presentsItselfAsOne() {
    JsonNode found = ask("server/discover", "");
    assertThat(found.at("/result/capabilities/tools/listChanged").booleanValue()).isTrue();
    assertThat(found.at("/result/instructions").stringValue()).contains("# alpha", "# zeta");
    RawClient session = new RawClient(gateway, "/mcp", key);
    assertThat(session.initialize("{}").at("/result/serverInfo/name").stringValue())
        .isEqualTo("tollgate");
    assertThat(RawClient.last(session.legacy(4, "tools/list", "{}")).at("/result/tools").size())
        .isEqualTo(2);
  }
}
