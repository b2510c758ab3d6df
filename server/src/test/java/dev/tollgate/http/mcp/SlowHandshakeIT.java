package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.upstreams.Endpoint;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A server that needs longer to be there than a quiet answer stays without a sign of life. */
class SlowHandshakeIT {

  /** A program that is fetched first, say. */
  private static final Duration SLOW = Duration.ofSeconds(16);

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
