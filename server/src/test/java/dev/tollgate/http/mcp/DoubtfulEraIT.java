package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.upstreams.Endpoint;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Servers that fail at the first question about their era. */
class DoubtfulEraIT {

  private static final String MODERN =
      """
      {"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},
       "ttlMs":1000,"cacheScope":"public",
       "_meta":{"io.modelcontextprotocol/serverInfo":{"name":"m","version":"3"}}}\
      """;

  private static JsonNode call(TestGateway gateway, String key) {
    return RawClient.last(
        new RawClient(gateway, "/mcp/it", key)
            .modern("tools/call", "\"name\":\"echo\",\"arguments\":{}"));
  }

  private static TestGateway before(ScriptedServer server) {
    return TestGateway.start(wishes ->
        wishes.servers(
            new ConfiguredConnectors.Server(
                "it", new Endpoint.Http(server.url()), Map.of(), false)));
  }

  @ParameterizedTest
  @CsvSource({
    "500, -32603",
    "500, -32000",
    "501, -32601",
    "200, -32603",
    "200, -32050",
    "404, -32601"
  })
  void aModernOneIsUsedAtTheNextCall(int status, int code) {
    AtomicInteger asked = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.modern()
                .on(
                    "server/discover",
                    came -> {
                      if (asked.getAndIncrement() == 0) {
                        came.error(status, code, "not now");
                      } else {
                        came.result(MODERN);
                      }
                    });
        TestGateway gateway = before(server)) {
      String key = gateway.tenant(null).key();
      assertThat(call(gateway, key).path("error").isObject()).isTrue();
      JsonNode second = call(gateway, key);
      assertThat(second.path("result").isObject()).as(second.toString()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"500, -32603", "200, -32603", "404, -32601"})
  void oneOfTheSessionEraIsUsedAtOnceAndAskedOnce(int status, int code) {
    try (ScriptedServer server =
            ScriptedServer.legacy()
                .on("server/discover", came -> came.error(status, code, "what is that?"));
        TestGateway gateway = before(server)) {
      String key = gateway.tenant(null).key();
      for (int times = 0; times < 3; times++) {
        JsonNode answer = call(gateway, key);
        assertThat(answer.path("result").isObject()).as(answer.toString()).isTrue();
      }
      assertThat(server.arrived("server/discover")).hasSize(1);
    }
  }
}
