package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.spend.Money;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.Cable;
import dev.tollgate.upstreams.Endpoint;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What calls of tools cost when the database is away, and when the node is killed. */
class ToolChargesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Money PRICE = Money.ofDollars("0.25");
  private static final JsonMapper JSON = new JsonMapper();

  private final ToolServer server = new ToolServer();

  @TempDir Path home;

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void nothingIsSentThatCannotBeChargedWhilePostgresIsAway() throws IOException {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home);
        Cable cable = new Cable(postgres.port());
        TestGateway gateway =
            TestGateway.start(
                new StorageConfig(
                    "jdbc:postgresql://127.0.0.1:"
                        + cable.port()
                        + "/"
                        + postgres.owner().database(),
                    postgres.owner().user(),
                    postgres.owner().password(),
                    8,
                    PATIENCE),
                wishes ->
                    wishes.servers(
                        new ConfiguredConnectors.Server(
                            "paid",
                            new Endpoint.Http(server.url()),
                            Map.of(),
                            false,
                            PRICE,
                            Map.of())))) {
      Tenant tenant = gateway.tenant(100_000L);
      assertThat(call(gateway, tenant).has("result")).isTrue();
      // It is started again at once; the cable keeps it away until that has been seen.
      cable.cut();
      postgres.kill();
      await()
          .atMost(PATIENCE)
          .until(() -> {
            int before = server.calls();
            JsonNode error = call(gateway, tenant).path("error");
            boolean refused =
                error.path("data").path("code").stringValue("").equals("budget_unavailable");
            return refused
                && error.path("data").path("retryable").booleanValue()
                && server.calls() == before;
          });
      cable.mend();
      await().atMost(PATIENCE).until(() -> call(gateway, tenant).has("result"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(gateway.ledger(tenant))
                  .filteredOn((JsonNode entry) -> isCharge(entry))
                  .hasSize(server.calls()));
      assertThat(gateway.books().differences()).isEmpty();
    }
  }

  private static JsonNode call(TestGateway gateway, Tenant tenant) {
    return JSON.readTree(
        gateway.send(ToolServer.call(gateway.url(), "paid", tenant.key(), "ask")).body());
  }

  @Test
  void aCallWhoseNodeIsKilledStaysPresumedSpent() throws Exception {
    Path data = home.resolve("data");
    Path config = home.resolve("tollgate.yaml");
    Files.writeString(
        config,
        """
        connectors:
          allow-private-addresses: [127.0.0.0/8]
          servers:
            - name: paid
              url: %s
              price: "0.25"
              prices: { gift: "0" }
        """
            .formatted(server.url()));
    try (HttpClient http = HttpClient.newHttpClient()) {
      try (NodeProcess node = NodeProcess.start(data, config, "an-administrator-of-tests")) {
        assertThat(say(http, node, data, "ask").join().statusCode()).isEqualTo(200);
        assertThat(say(http, node, data, "gift").join().statusCode()).isEqualTo(200);
        CompletableFuture<HttpResponse<String>> hanging = say(http, node, data, "hang");
        await().atMost(PATIENCE).until(() -> server.calls() == 3);
        node.kill();
        await().atMost(PATIENCE).until(hanging::isCompletedExceptionally);
      }
      try (NodeProcess node = NodeProcess.start(data, config, "an-administrator-of-tests")) {
        assertThat(say(http, node, data, "ask").join().statusCode()).isEqualTo(200);
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> {
              JsonNode ledger = ledger(node);
              assertThat(sum(ledger, true)).as("charged").isEqualTo(2 * PRICE.nanos());
              assertThat(sum(ledger, false)).as("presumed").isGreaterThanOrEqualTo(PRICE.nanos());
            });
      }
    }
    NodeProcess.Said books =
        NodeProcess.run(home.resolve("books.log"), "books", "verify", "--data", data.toString());
    assertThat(books.text()).contains("the books balance");
  }

  private static CompletableFuture<HttpResponse<String>> say(
      HttpClient http, NodeProcess node, Path data, String tool) {
    String key = String.valueOf(DataDirectory.read(DataDirectory.organizationKey(data)));
    return http.sendAsync(
        ToolServer.call(node.url(), "paid", key, tool), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode ledger(NodeProcess node) throws Exception {
    String organization =
        node.admin("GET", "/organizations", "").path("items").path(0).path("id").stringValue();
    return node.admin("GET", "/organizations/" + organization + "/ledger?limit=1000", "")
        .path("items");
  }

  /** And not what was presumed of a lease that ended, or reversed. */
  private static boolean isCharge(JsonNode entry) {
    return entry.path("kind").stringValue().equals("charge");
  }

  private static long sum(JsonNode ledger, boolean charged) {
    long sum = 0;
    for (JsonNode entry : ledger) {
      if (isCharge(entry) == charged) {
        sum += entry.path("costNanos").longValue();
      }
    }
    return sum;
  }
}
