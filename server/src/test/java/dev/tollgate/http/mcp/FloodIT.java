package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.upstreams.Endpoint;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Servers that say more than their clients take, in a legacy client's session. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FloodIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration STEADY = Duration.ofSeconds(1);
  private static final int EVENTS = 640;
  private static final String LINE =
      "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":"
          + "{\"level\":\"error\",\"data\":\""
          + "x".repeat(100 * 1024)
          + "\"}}\n\n";
  private static final String FLOOD = "{\"name\":\"flood\",\"arguments\":{}}";

  private final AtomicInteger written = new AtomicInteger();
  private final List<Message.Fault> refused = new CopyOnWriteArrayList<>();
  private final ScriptedServer server =
      ScriptedServer.legacy()
          .on("tools/call", this::play)
          .on("GET", ScriptedServer.Arrived::stream)
          .on("response", this::replied);
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

  private void play(ScriptedServer.Arrived asked) {
    switch (String.valueOf(asked.params().string("name"))) {
      case "flood" -> {
        written.set(0);
        flood(asked.stream());
      }
      case "ask" -> {
        asked.stream();
        for (int i = 0; i < 40; i++) {
          asked.event(question(i));
        }
      }
      case "hold" -> {
        // Its client cancels it.
      }
      default -> asked.result("{\"content\":[]}");
    }
  }

  private void replied(ScriptedServer.Arrived came) {
    if (came.message() instanceof Message.Fault fault) {
      refused.add(fault);
    }
    came.response().setStatusCode(202).end();
  }

  /** Lines of a log, each when the one before was taken. */
  private void flood(ScriptedServer.Arrived asked) {
    asked
        .response()
        .write(LINE)
        .onSuccess(taken -> {
          if (written.incrementAndGet() < EVENTS) {
            flood(asked);
          } else {
            asked.lastResult("{\"content\":[]}");
          }
        });
  }

  private static Raw question(int number) {
    return new Message.Request(
            Raw.string("q" + number),
            "elicitation/create",
            Raw.of("{\"message\":\"?\",\"requestedSchema\":{}}"))
        .raw();
  }

  @Test
  void aClientIsAskedSoMuchAtOnce() {
    LegacyStream stream = new LegacyStream(gateway, "/mcp/own", key);
    refused.clear();
    stream.call("tools/call", "{\"name\":\"ask\",\"arguments\":{}}");
    for (int i = 0; i < 16; i++) {
      assertThat(stream.next().path("method").stringValue()).isEqualTo("elicitation/create");
    }
    await().atMost(LONG).until(() -> refused.size() == 24);
    end(stream);
  }

  @Test
  void aClientThatDoesNotReadHoldsItsServerBackUntilItIsGone() {
    LegacyStream stream = new LegacyStream(gateway, "/mcp/own", key);
    HttpResponse<Stream<String>> unread = stream.call("tools/call", FLOOD);
    int[] before = {-1};
    await()
        .atMost(LONG)
        .during(STEADY)
        .until(() -> {
          int now = written.get();
          boolean steady = now > 0 && now == before[0];
          before[0] = now;
          return steady;
        });
    assertThat(written.get()).as("what lies in buffers").isLessThan(EVENTS / 2);
    RawClient other = new RawClient(gateway, "/mcp/own", key);
    other.initialize("{}");
    assertThat(other.legacy(1, "tools/call", "{\"name\":\"other\",\"arguments\":{}}").body())
        .contains("content");

    unread.body().close();

    await().atMost(LONG).until(() -> written.get() == EVENTS);
    end(stream);
  }

  /** What was cancelled unsaid, or refused, is no place to come back to: the client listens. */
  @Test
  void nothingIsKeptOfCallsThatSaidNothing() {
    LegacyStream stream = new LegacyStream(gateway, "/mcp/own", key);
    int calls = server.arrived("tools/call").size();
    var held = stream.begin("tools/call", "{\"name\":\"hold\",\"arguments\":{}}");
    await().atMost(LONG).until(() -> server.arrived("tools/call").size() > calls);
    assertThat(stream.client().legacy(99, "tools/call", FLOOD).statusCode()).isEqualTo(400);
    stream
        .client()
        .inSession(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
                + "\"params\":{\"requestId\":99}}");
    held.join().body().close();
    for (String place : List.of("1-0", "2-0")) {
      int listened = server.arrived("GET").size();
      stream.listen(Map.of("last-event-id", place));
      await().atMost(LONG).until(() -> server.arrived("GET").size() > listened);
    }
    end(stream);
  }

  private void end(LegacyStream stream) {
    RawClient client = stream.client();
    assertThat(gateway.send(client.request(client.sessionHeaders()).DELETE().build()).statusCode())
        .isEqualTo(204);
  }
}
