package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.RoutingConfig;
import dev.tollgate.simulator.Recorded;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls whose model is served in the other wire format: carried over, charged, and carried back.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AcrossIT {

  private static final JsonMapper JSON = new JsonMapper();

  private TestGateway gateway;

  @BeforeAll
  void start() {
    gateway = TestGateway.start(wishes -> wishes.models(falling(wishes.models())));
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @BeforeEach
  void steady() {
    gateway.simulator().reset();
  }

  private static ModelsConfig falling(ModelsConfig models) {
    return new ModelsConfig(
        models.providers(),
        models.tiers(),
        models.aliases(),
        new RoutingConfig(
                Map.of("gpt-4o", List.of("claude-haiku-4-5")),
                0,
                Duration.ofSeconds(2),
                Duration.ofMillis(20))
            .with(RoutingConfig.Breaker.NEVER),
        models.unboundedInput(),
        models.learning(),
        models.streamDuration(),
        models.jsonDepth(),
        models.disconnect(),
        models.drainTimeout());
  }

  private static String body(String model, boolean stream, String more) {
    return "{\"model\":\"%s\",\"stream\":%s,\"max_tokens\":500,%s".formatted(model, stream, more)
        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi [[sim: input-tokens=100"
        + " output-tokens=20]]\"}]}";
  }

  private JsonNode entry(Tenant tenant) {
    await().atMost(Duration.ofSeconds(30)).until(() -> gateway.ledger(tenant).size() == 1);
    return gateway.ledger(tenant).path(0);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/messages, gpt-4o-mini, /v1/chat/completions, 150, 600",
    "/v1/chat/completions, claude-haiku-4-5, /v1/messages, 1000, 5000",
  })
  void carriesACallOverAndItsAnswerBack(
      String route, String model, String upstream, long input, long output) {
    for (boolean stream : new boolean[] {false, true}) {
      Tenant tenant = gateway.tenant(1_000_000L);
      HttpResponse<String> response =
          gateway.send("POST", route, tenant.key(), body(model, stream, ""));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      Recorded sent = gateway.simulator().requests().getLast();
      assertThat(sent.path()).isEqualTo(upstream);
      assertThat(entry(tenant).path("costNanos").asLong()).isEqualTo(100 * input + 20 * output);
      assertThat(entry(tenant).path("modelServed").stringValue()).isEqualTo(model);
      if (!stream) {
        assertThat(response.headers().firstValue("x-tollgate-cost-usd")).isPresent();
        assertThat(JSON.readTree(response.body()).path("model").stringValue()).isEqualTo(model);
      }
      assertThat(response.body())
          .contains(route.equals("/v1/messages") ? "input_tokens" : "finish_reason")
          .contains("[simulated]");
      if (stream) {
        assertThat(response.body())
            .contains(route.equals("/v1/messages") ? "event: message_stop" : "data: [DONE]");
      }
    }
  }

  @Test
  void namesTheFieldThatCannotBeCarried() {
    HttpResponse<String> response =
        gateway.send(
            "POST",
            "/v1/chat/completions",
            gateway.tenant(1_000L).key(),
            body("claude-haiku-4-5", false, "\"logprobs\":true,"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(response.body()).path("error").path("param").stringValue())
        .isEqualTo("logprobs");
    assertThat(gateway.simulator().requests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-5.1, '', none, ''",
    "gpt-5, '', minimal, thinking",
    "o3, '', low, thinking",
    "gpt-4o-mini, '', '', ''",
    // An effort without thinking has no counterpart there, but for the least.
    "gpt-5.1, high, none, output_config.effort",
    "gpt-5, medium, minimal, 'thinking, output_config.effort'",
    "o3, low, low, thinking",
    "gpt-4o-mini, high, '', output_config.effort"
  })
  void carriesNoThinkingAsTheLeastThatTheModelTakes(
      String model, String asked, String effort, String told) {
    HttpResponse<String> response =
        gateway.send(
            "POST",
            "/v1/messages",
            gateway.tenant(1_000_000L).key(),
            body(
                model,
                false,
                "\"thinking\":{\"type\":\"disabled\"},"
                    + (asked.isEmpty()
                        ? ""
                        : "\"output_config\":{\"effort\":\"" + asked + "\"},")));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-tollgate-rewritten").orElse("")).isEqualTo(told);
    Recorded sent = gateway.simulator().requests().getLast();
    assertThat(JSON.readTree(sent.body().toString()).path("reasoning_effort").stringValue(""))
        .isEqualTo(effort);
  }

  @Test
  void writesARefusalAnewForTheCaller() {
    gateway.simulator().behave("status=429 retry-after=3");
    HttpResponse<String> response =
        gateway.send(
            "POST",
            "/v1/messages",
            gateway.tenantWithKey(1_000L, "openai").key(),
            body("gpt-4o-mini", false, ""));
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("retry-after")).hasValue("3");
    JsonNode error = JSON.readTree(response.body());
    assertThat(error.path("type").stringValue()).isEqualTo("error");
    assertThat(error.path("error").path("type").stringValue()).isEqualTo("rate_limit_error");
  }

  @Test
  void cutsAnAnswerThatIsNotInItsDialect() {
    for (String fault : List.of("body=invalid", "cut-after=4 chunks=9", "error-after=3")) {
      gateway.simulator().behave(fault);
      Tenant tenant = gateway.tenant(1_000L);
      HttpResponse<String> response =
          gateway.send(
              "POST",
              "/v1/messages",
              tenant.key(),
              body("gpt-4o-mini", !fault.startsWith("body"), ""));
      assertThat(response.body()).as(fault).contains("\"error\"").doesNotContain("message_stop");
      assertThat(entry(tenant).path("status").stringValue()).as(fault).isEqualTo("error");
    }
  }

  @Test
  void fallsBackAcrossDialects() {
    gateway.simulator().behave("status=503");
    Tenant tenant = gateway.tenant(1_000_000L);
    HttpResponse<String> refused =
        gateway.send("POST", "/v1/chat/completions", tenant.key(), body("gpt-4o", false, ""));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("x-tollgate-attempts")).hasValue("2");
    assertThat(gateway.simulator().requests())
        .extracting(Recorded::path)
        .containsExactly("/v1/chat/completions", "/v1/messages");
    // The last refusal was of Anthropic's dialect; the caller reads his own.
    assertThat(JSON.readTree(refused.body()).path("error").has("code")).isTrue();
  }

  @Test
  void countsTokensOfModelsOfTheOtherDialect() {
    HttpResponse<String> response =
        gateway.send(
            "POST",
            "/v1/messages/count_tokens",
            gateway.tenant(1_000L).key(),
            "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(response.body()).path("input_tokens").asLong()).isPositive();
  }

  @Test
  void listsModelsOfBothDialectsToBoth() {
    Tenant tenant = gateway.tenant(1_000L);
    String listed = gateway.send("GET", "/v1/models", tenant.key(), "").body();
    assertThat(listed).contains("gpt-4o-mini").contains("claude-haiku-4-5");
  }
}
