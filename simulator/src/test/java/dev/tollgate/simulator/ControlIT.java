package dev.tollgate.simulator;

import static dev.tollgate.simulator.Raw.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** The control API, and which word outdoes which. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlIT {

  private final Simulator simulator =
      Simulator.start(SimulatorConfig.DEFAULT.with("output-tokens", 5).withLoops(2));
  private final String messages = simulator.url() + "/v1/messages";
  private final String control = simulator.url() + "/simulator/v1";

  @BeforeEach
  void reset() throws Exception {
    Raw.awaitIdle(simulator);
    Raw.post(control + "/reset", "");
  }

  @AfterAll
  void close() {
    simulator.close();
  }

  @Test
  void theNearestWordWins() throws Exception {
    assertThat(outputTokens("Hi")).isEqualTo(5);
    Raw.put(control + "/behaviour", "{\"output-tokens\":6,\"input-tokens\":1}");
    assertThat(outputTokens("Hi")).isEqualTo(6);
    assertThat(outputTokens("Hi", "x-simulator", "output-tokens=7")).isEqualTo(7);
    assertThat(outputTokens("[[sim: output-tokens=8]]", "x-simulator", "output-tokens=7"))
        .isEqualTo(8);
    Raw.put(control + "/behaviour", "{}");
    assertThat(outputTokens("Hi")).isEqualTo(5);
  }

  @Test
  void showsTheBehaviour() throws Exception {
    Raw.put(control + "/behaviour", "{\"gzip\":true}");

    assertThat(Raw.get(control + "/behaviour").body())
        .isEqualTo("{\"gzip\":\"true\",\"output-tokens\":\"5\"}");
  }

  @Test
  void refusesWordsThatItDoesNotKnow() throws Exception {
    HttpResponse<String> refused = Raw.put(control + "/behaviour", "{\"output-tokns\":6}");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("Did you mean 'output-tokens'?");
    assertThat(Raw.post(messages, Raw.ask("Hi", false), "x-simulator", "status=99").statusCode())
        .isEqualTo(400);
    assertThat(Raw.post(control + "/nothing", "").statusCode()).isEqualTo(404);
  }

  @Test
  void parksCallersUntilTheGateOpens() throws Exception {
    Raw.post(control + "/gate/close", "");
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        answers.add(CompletableFuture.supplyAsync(() -> status("Hi"), callers));
      }
      await().until(() -> simulator.stats().parked() == 64);
      Raw.post(control + "/gate/release?count=4", "");
      await().until(() -> simulator.stats().completed() == 4);
      assertThat(simulator.stats().parked()).isEqualTo(60);
      Raw.post(control + "/gate/open", "");
      assertThat(answers.stream().map(CompletableFuture::join)).hasSize(64).containsOnly(200);
    }
    await().until(() -> simulator.stats().active() == 0);
  }

  @Test
  void aCallerWhoLeavesIsNoLongerParked() throws Exception {
    simulator.closeGate();
    try (java.net.Socket _ = Raw.open(simulator, Raw.ask("Hi", false))) {
      await().until(() -> simulator.stats().parked() == 1);
    }
    await().until(() -> simulator.stats().parked() == 0 && simulator.stats().cancelled() == 1);
  }

  @Test
  void decidesWhenTheGateOpensNotBefore() throws Exception {
    simulator.closeGate();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Integer> answer =
          CompletableFuture.supplyAsync(() -> status("Hi"), callers);
      await().until(() -> simulator.stats().parked() == 1);
      simulator.behave("status=529");
      simulator.openGate();
      assertThat(answer.join()).isEqualTo(529);
    }
  }

  @Test
  void remembersRequestsByteForByte() throws Exception {
    String body = Raw.ask("Größe  \\u00e9 \\\"", false).replace(",", " ,\t");
    Raw.post(messages, body, "X-Odd-Header", "Some Value");
    JsonNode request = Json.MAPPER.readTree(Raw.get(control + "/requests").body()).path(0);

    assertThat(request.path("path").stringValue()).isEqualTo("/v1/messages");
    assertThat(request.path("headers").toString()).contains("[\"X-Odd-Header\",\"Some Value\"]");
    assertThat(Base64.getDecoder().decode(request.path("bodyBase64").stringValue()))
        .isEqualTo(body.getBytes(StandardCharsets.UTF_8));
    assertThat(simulator.requests().getFirst().header("x-odd-header")).isEqualTo("Some Value");
  }

  @Test
  void countsWhatItReported() throws Exception {
    outputTokens("Hi");
    outputTokens("Hi");
    JsonNode stats = Json.MAPPER.readTree(Raw.get(control + "/stats").body());

    assertThat(stats.path("requests").asLong()).isEqualTo(2);
    assertThat(stats.path("models").path("claude-haiku-5-5").toString())
        .isEqualTo("{\"answers\":2,\"inputTokens\":2,\"outputTokens\":10}");
  }

  private int status(String said) {
    try {
      return Raw.post(messages, Raw.ask(said, false)).statusCode();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private long outputTokens(String said, String... headers) throws Exception {
    byte[] body = Raw.post(messages, Raw.ask(said, false), headers).body();
    return Json.MAPPER.readTree(body).path("usage").path("output_tokens").asLong();
  }
}
