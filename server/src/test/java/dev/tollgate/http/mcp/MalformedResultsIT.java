package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.spend.Money;
import dev.tollgate.upstreams.Endpoint;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Results that are JSON, and yet cannot be read: nobody waits for ever for another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class MalformedResultsIT {

  private static final Money PRICE = Money.ofDollars("0.25");

  private final ScriptedServer modern = scripted(ScriptedServer.modern());
  private final ScriptedServer legacy = scripted(ScriptedServer.legacy());
  private final ScriptedServer mute =
      ScriptedServer.start()
          .on("initialize", asked -> asked.result("{\"a\":1,\"a\":2}"))
          .on("server/discover", asked -> asked.result("{\"a\":1,\"a\":2}"));
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes.servers(
              server("modern", modern, false, null),
              server("modern-kept", modern, true, null),
              server("modern-paid", modern, true, PRICE),
              server("legacy", legacy, false, null),
              server("legacy-kept", legacy, true, null),
              server("legacy-paid", legacy, true, PRICE),
              server("mute", mute, false, null)));

  @AfterAll
  void close() {
    gateway.close();
    modern.close();
    legacy.close();
    mute.close();
  }

  private static ConfiguredConnectors.Server server(
      String name, ScriptedServer server, boolean stateless, @Nullable Money price) {
    return new ConfiguredConnectors.Server(
        name, new Endpoint.Http(server.url()), Map.of(), stateless, price, Map.of());
  }

  /** What a tool is called says what is there twice. */
  private static ScriptedServer scripted(ScriptedServer server) {
    return server
        .on(
            "tools/call",
            asked ->
                asked.result(
                    String.valueOf(asked.params().string("name")).endsWith("meta")
                        ? "{\"content\":[],\"_meta\":{\"a\":1,\"a\":2}}"
                        : "{\"content\":[],\"content\":[]}"))
        .on("tools/list", asked -> asked.result("{\"tools\":[{\"name\":\"a\",\"name\":\"b\"}]}"));
  }

  @ParameterizedTest
  @CsvSource({
    "modern, write_it",
    "modern-kept, write_it",
    "modern-kept, get_it",
    "modern-kept, get_meta",
    "modern-paid, write_it",
    "modern-paid, get_it",
    "legacy, write_it",
    "legacy-kept, write_it",
    "legacy-kept, get_it",
    "legacy-kept, get_meta",
    "legacy-paid, write_it",
    "legacy-paid, get_it",
  })
  void endTheirCallInEitherEra(String connector, String tool) {
    TestGateway.Tenant tenant = gateway.tenant(1_000_000L);
    RawClient client = new RawClient(gateway, "/mcp/" + connector, tenant.key());
    JsonNode answer =
        RawClient.last(client.modern("tools/call", "\"name\":\"" + tool + "\",\"arguments\":{}"));
    assertThat(answer.has("result") || answer.has("error")).isTrue();
    client.initialize("{}");
    answer =
        RawClient.last(
            client.legacy(1, "tools/call", "{\"name\":\"" + tool + "\",\"arguments\":{}}"));
    assertThat(answer.has("result") || answer.has("error")).isTrue();
    JsonNode budget =
        gateway.admin("GET", "/admin/v1/organizations/" + tenant.id() + "/budget", "", 200);
    assertThat(budget.path("currentMonthSpendCents").longValue())
        .as(budget.toString())
        .isEqualTo(connector.endsWith("paid") ? 50 : 0);
  }

  @Test
  void endListsTooAndAreLeftOutOfThoseOfAll() {
    TestGateway.Tenant tenant = gateway.tenant(null);
    for (String connector : new String[] {"modern-kept", "legacy-kept", "legacy"}) {
      JsonNode list =
          RawClient.last(
              new RawClient(gateway, "/mcp/" + connector, tenant.key()).modern("tools/list", ""));
      assertThat(list.path("error").isObject()).as(list.toString()).isTrue();
    }
    JsonNode all =
        RawClient.last(new RawClient(gateway, "/mcp", tenant.key()).modern("tools/list", ""));
    assertThat(all.path("result").path("tools").isEmpty()).as(all.toString()).isTrue();
  }

  @Test
  void endHandshakes() {
    TestGateway.Tenant tenant = gateway.tenant(null);
    JsonNode answer =
        RawClient.last(
            new RawClient(gateway, "/mcp/mute", tenant.key())
                .modern("tools/call", "\"name\":\"a\",\"arguments\":{}"));
    assertThat(answer.path("error").isObject()).as(answer.toString()).isTrue();
  }
}
