package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.upstreams.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Scanner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * Clients of one key share the session with a server that is not stateless, and with it the one
 * stream on which a server sends what belongs to no request.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedListeningIT {

  private static final String BOTH = "file:///both";
  private static final String ONE = "file:///one";

  private final ScriptedServer server =
      ScriptedServer.legacy()
          .on(
              "initialize",
              asked -> {
                asked.response().putHeader("mcp-session-id", "s-" + System.nanoTime());
                asked.result(
                    """
                    {"protocolVersion":"2025-11-25",
                     "capabilities":{"resources":{"subscribe":true,"listChanged":true}},
                     "serverInfo":{"name":"l","version":"2"}}\
                    """);
              })
          .on("GET", ScriptedServer.Arrived::stream)
          .on("resources/subscribe", asked -> asked.result("{}"))
          .on("resources/unsubscribe", asked -> asked.result("{}"));
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes.servers(
              new ConfiguredConnectors.Server(
                  "own", new Endpoint.Http(server.url()), Map.of(), false)));
  private final String key = gateway.tenant(null).key();

  @AfterAll
  void close() {
    gateway.close();
    server.close();
  }

  /** One who listens, on a connection of his own. */
  private final class Listener implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final InputStream stream;
    private final Scanner lines;

    Listener(String... uris) {
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("mcp-protocol-version", "2026-07-28");
      headers.put("mcp-method", "subscriptions/listen");
      HttpRequest request =
          new RawClient(gateway, "/mcp/own", key)
              .request(headers)
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"jsonrpc\":\"2.0\",\"id\":\"sub\",\"method\":\"subscriptions/listen\","
                          + "\"params\":{\"notifications\":{\"resourceSubscriptions\":[\""
                          + String.join("\",\"", uris)
                          + "\"]},"
                          + RawClient.modernMeta("")
                          + "}}"))
              .build();
      stream = http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()).join().body();
      lines = new Scanner(stream, StandardCharsets.UTF_8);
      assertThat(next().path("method").stringValue()).endsWith("acknowledged");
    }

    JsonNode next() {
      while (lines.hasNextLine()) {
        String line = lines.nextLine();
        if (line.startsWith("data: {")) {
          return RawClient.JSON.readTree(line.substring(6));
        }
      }
      throw new AssertionError("the stream ended");
    }

    void leave() throws IOException {
      stream.close();
      http.shutdownNow();
    }

    @Override
    public void close() throws IOException {
      leave();
    }
  }

  private void changed(String uri) {
    ScriptedServer.Arrived stream = server.arrived("GET").getLast();
    server
        .vertx()
        .runOnContext(_ ->
            stream.event(
                new Message.Notification(
                        "notifications/resources/updated", Raw.of("{\"uri\":\"" + uri + "\"}"))
                    .raw()));
  }

  private long said(String method, String uri) {
    return server.arrived(method).stream()
        .filter(each -> uri.equals(each.params().string("uri")))
        .count();
  }

  @Test
  void aKeyListensOnceForAllItsClients() throws IOException {
    try (Listener first = new Listener(ONE, BOTH);
        Listener second = new Listener(BOTH)) {
      await()
          .until(() -> said("resources/subscribe", BOTH) == 1 && !server.arrived("GET").isEmpty());
      assertThat(server.arrived("initialize")).hasSize(1);
      assertThat(server.arrived("GET")).hasSize(1);
      changed(BOTH);
      assertThat(first.next().at("/params/uri").stringValue()).isEqualTo(BOTH);
      assertThat(second.next().at("/params/uri").stringValue()).isEqualTo(BOTH);
      first.leave();
      await().atMost(Duration.ofSeconds(30)).until(() -> said("resources/unsubscribe", ONE) == 1);
      assertThat(said("resources/unsubscribe", BOTH)).isZero();
      changed(BOTH);
      assertThat(second.next().at("/params/uri").stringValue()).isEqualTo(BOTH);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> said("resources/unsubscribe", BOTH) == 1);
    assertThat(server.arrived("GET")).hasSize(1);
  }
}
