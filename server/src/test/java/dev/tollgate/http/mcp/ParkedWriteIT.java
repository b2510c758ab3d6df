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
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * A write that asks its caller something first goes on at a server of the session era: no older
 * answer is given after it, however it ends.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ParkedWriteIT {

  private static final String QUESTION =
      "{\"message\":\"sure?\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{}}}";

  private final BlockingQueue<ScriptedServer.Arrived> writes = new LinkedBlockingQueue<>();
  private volatile String value = "old";

  private final ScriptedServer server =
      ScriptedServer.legacy()
          .on("tools/call", this::called)
          .on("response", came -> came.response().setStatusCode(202).end());
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes.servers(
              new ConfiguredConnectors.Server(
                  "kept", new Endpoint.Http(server.url()), Map.of(), true)));
  private final TestGateway.Tenant tenant = gateway.tenant(null);
  private final RawClient client = new RawClient(gateway, "/mcp/kept", tenant.key());

  @AfterAll
  void close() {
    gateway.close();
    server.close();
  }

  private void called(ScriptedServer.Arrived asked) {
    if ("get_value".equals(asked.params().string("name"))) {
      asked.result("{\"content\":[{\"type\":\"text\",\"text\":\"" + value + "\"}]}");
      return;
    }
    asked.stream()
        .event(
            new Message.Request(
                    Raw.string("ask-" + System.nanoTime()), "elicitation/create", Raw.of(QUESTION))
                .raw());
    writes.add(asked);
  }

  /** What the server does with the write, whether its caller came back or not. */
  private void apply(String written) throws InterruptedException {
    ScriptedServer.Arrived write = writes.poll(30, TimeUnit.SECONDS);
    assertThat(write).isNotNull();
    value = written;
    server.vertx().runOnContext(_ -> write.lastResult("{\"content\":[]}"));
  }

  private JsonNode write() {
    return RawClient.last(client.modern("tools/call", "\"name\":\"write_value\",\"arguments\":{}"));
  }

  private HttpResponse<String> read() {
    return client.modern("tools/call", "\"name\":\"get_value\",\"arguments\":{}");
  }

  private String readText() {
    return RawClient.last(read()).at("/result/content/0/text").stringValue();
  }

  private static String cached(HttpResponse<String> answer) {
    return answer.headers().firstValue("x-tollgate-cache").orElse("none");
  }

  @Test
  void leavesNoOlderAnswerBehind() throws InterruptedException {
    value = "old";
    assertThat(write().at("/result/resultType").stringValue()).isEqualTo("input_required");
    assertThat(readText()).isEqualTo("old");
    assertThat(cached(read())).isEqualTo("bypass");
    apply("new");
    await().atMost(Duration.ofSeconds(30)).until(() -> cached(read()).equals("hit"));
    assertThat(readText()).isEqualTo("new");
  }

  @Test
  void leavesNoneAfterASecondQuestionEither() throws InterruptedException {
    value = "old";
    JsonNode asked = write();
    ScriptedServer.Arrived running = writes.poll(30, TimeUnit.SECONDS);
    assertThat(running).isNotNull();
    server
        .vertx()
        .runOnContext(_ ->
            running.event(
                new Message.Request(Raw.string("again"), "elicitation/create", Raw.of(QUESTION))
                    .raw()));
    writes.add(running);
    JsonNode again =
        RawClient.last(
            client.modern(
                "tools/call",
                "\"name\":\"write_value\",\"arguments\":{},\"inputResponses\":{\"q1\":"
                    + "{\"action\":\"accept\",\"content\":{}}},\"requestState\":\""
                    + asked.at("/result/requestState").stringValue()
                    + "\""));
    assertThat(again.at("/result/resultType").stringValue()).isEqualTo("input_required");
    assertThat(readText()).isEqualTo("old");
    assertThat(cached(read())).isEqualTo("bypass");
    apply("newer");
    await().atMost(Duration.ofSeconds(30)).until(() -> cached(read()).equals("hit"));
    assertThat(readText()).isEqualTo("newer");
  }
}
