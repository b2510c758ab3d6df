package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.upstreams.Endpoint;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A server that needs longer to be there than a quiet answer stays without a sign of life. */
class SlowHandshakeIT {

  /** A program that is fetched first, say. */
  private static final Duration SLOW = Duration.ofSeconds(16);

  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",
      "capabilities":{},"clientInfo":{"name":"leaving","version":"1"}}}\
      """;

  @Test
  void aSessionIsOpenedInTheEnd() {
    try (ScriptedServer server = ScriptedServer.legacy().delayed("initialize", SLOW);
        TestGateway gateway =
            TestGateway.start(wishes ->
                wishes.servers(
                    new ConfiguredConnectors.Server(
                        "slow", new Endpoint.Http(server.url()), Map.of(), false)))) {
      try (McpSyncClient client = client(gateway, gateway.tenant(null).key())) {
        assertThat(client.initialize().serverInfo().name()).isEqualTo("l");
        assertThat(client.listTools("c").tools()).isNotEmpty();
      }
      assertThat(server.arrived("initialize")).hasSize(1);
    }
  }

  @Test
  void aSessionWhoseClientLeftMeanwhileIsEnded() {
    try (ScriptedServer server =
            ScriptedServer.legacy().delayed("initialize", Duration.ofSeconds(2));
        TestGateway gateway =
            TestGateway.start(wishes ->
                wishes.servers(
                    new ConfiguredConnectors.Server(
                        "slow", new Endpoint.Http(server.url()), Map.of(), false)))) {
      String key = gateway.tenant(null).key();
      try (HttpClient leaving = HttpClient.newHttpClient()) {
        CompletableFuture<?> answer =
            leaving.sendAsync(
                HttpRequest.newBuilder(URI.create(gateway.url() + "/mcp/slow"))
                    .version(HttpClient.Version.HTTP_1_1)
                    .header("authorization", "Bearer " + key)
                    .header("content-type", "application/json")
                    .header("accept", "application/json, text/event-stream")
                    .POST(HttpRequest.BodyPublishers.ofString(INITIALIZE))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
        await().until(() -> !server.arrived("initialize").isEmpty());
        assertThat(server.arrived("DELETE")).isEmpty();
        answer.cancel(true);
      }
      await().until(() -> !server.arrived("DELETE").isEmpty());
    }
  }

  private static McpSyncClient client(TestGateway gateway, String key) {
    return McpClient.sync(
            HttpClientStreamableHttpTransport.builder(gateway.url())
                .endpoint("/mcp/slow")
                .requestBuilder(HttpRequest.newBuilder().header("authorization", "Bearer " + key))
                .build())
        .requestTimeout(Duration.ofMinutes(2))
        .initializationTimeout(Duration.ofMinutes(2))
        .build();
  }
}
