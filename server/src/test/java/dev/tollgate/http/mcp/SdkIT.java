package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.kernel.Secret;
import dev.tollgate.testing.Scratch;
import dev.tollgate.upstreams.Endpoint;
import dev.tollgate.upstreams.UpstreamsConfig;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** The official Java SDK as client of the gateway, and as the server behind it, in a process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SdkIT {

  private final ScriptedServer modern = ScriptedServer.modern();
  private final Path exits = Scratch.directory("sdk").resolve("exits");
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes
              .upstreams(UpstreamsConfig.DEFAULT.processes(true))
              .servers(
                  new ConfiguredConnectors.Server("sdk", process(), Map.of(), false),
                  new ConfiguredConnectors.Server(
                      "modern", new Endpoint.Http(modern.url()), Map.of(), false)));
  private final String key = gateway.tenant(null).key();

  private Endpoint process() {
    return new Endpoint.Stdio(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SdkServer.class.getName()),
        Map.of("GIVEN", new Secret(exits.toString())));
  }

  @AfterAll
  void close() {
    gateway.close();
    modern.close();
  }

  private McpClient.SyncSpec client(String connector) {
    return McpClient.sync(
            HttpClientStreamableHttpTransport.builder(gateway.url())
                .endpoint("/mcp/" + connector)
                .requestBuilder(HttpRequest.newBuilder().header("authorization", "Bearer " + key))
                .build())
        .requestTimeout(Duration.ofSeconds(150))
        .initializationTimeout(Duration.ofSeconds(150));
  }

  private static McpSchema.CallToolRequest call(String tool) {
    return McpSchema.CallToolRequest.builder(tool).arguments(Map.of("a", 1)).build();
  }

  private static String text(McpSchema.CallToolResult result) {
    return ((McpSchema.TextContent) result.content().getFirst()).text();
  }

  @Test
  void aLegacyClientUsesAProcess() {
    List<McpSchema.ProgressNotification> progress = new CopyOnWriteArrayList<>();
    try (McpSyncClient client =
        client("sdk")
            .capabilities(McpSchema.ClientCapabilities.builder().roots(true).build())
            .roots(new McpSchema.Root("file:///mine", "mine"))
            .progressConsumer(progress::add)
            .build()) {
      assertThat(client.initialize().serverInfo().name()).isEqualTo("sdk");
      assertThat(client.listTools().tools().stream().map(McpSchema.Tool::name))
          .contains("echo", "ask");
      assertThat(text(client.callTool(call("echo")))).isEqualTo("{a=1}");
      assertThat(text(client.callTool(call("ask")))).isEqualTo("file:///mine");
      assertThat(text(client.callTool(call("environment"))).split(","))
          .containsExactlyInAnyOrder("GIVEN", "HOME", "LANG", "PATH");
      client.callTool(McpSchema.CallToolRequest.builder("echo").progressToken("mine").build());
      await()
          .untilAsserted(() ->
              assertThat(progress)
                  .extracting(McpSchema.ProgressNotification::progressToken)
                  .containsExactly("mine"));
    }
  }

  @Test
  void aLegacyClientUsesAModernServer() {
    try (McpSyncClient client = client("modern").build()) {
      client.initialize();
      assertThat(client.listTools("c").tools().getFirst().title()).isEqualTo("Echo");
      client.ping();
    }
  }

  @Test
  void aModernClientUsesAProcess() {
    RawClient client = new RawClient(gateway, "/mcp/sdk", key);
    JsonNode listed = RawClient.last(client.modern("tools/list", ""));
    assertThat(listed.at("/result/tools").size()).as(listed.toString()).isEqualTo(4);
    JsonNode asked =
        RawClient.last(client.modern("tools/call", "\"name\":\"ask\",\"arguments\":{}"));
    String state = asked.at("/result/requestState").stringValue();
    JsonNode told =
        RawClient.last(
            client.modern(
                "tools/call",
                "\"name\":\"ask\",\"arguments\":{},\"inputResponses\":{\"q1\":"
                    + "{\"roots\":[{\"uri\":\"file:///yours\"}]}},\"requestState\":\""
                    + state
                    + "\""));
    assertThat(told.at("/result/content/0/text").stringValue()).isEqualTo("file:///yours");
  }

  @Test
  void aProcessThatDiesFailsItsCallOnceAndIsStartedAgain() throws IOException {
    try (McpSyncClient client = client("sdk").build()) {
      client.initialize();
      assertThatThrownBy(() -> client.callTool(call("exit"))).hasMessageContaining("sdk");
      assertThat(text(client.callTool(call("echo")))).isEqualTo("{a=1}");
    }
    assertThat(Files.readString(exits))
        .as("what may have been done is not done again")
        .hasLineCount(1);
  }
}
