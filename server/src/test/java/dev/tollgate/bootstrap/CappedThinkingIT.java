package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.spend.Tier;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A downgrade to a model that wants a budget of thinking, by a budget that caps the answer too. */
@TestInstance(Lifecycle.PER_CLASS)
class CappedThinkingIT {

  private final TestGateway gateway =
      TestGateway.start(wishes -> wishes.models(older(wishes.models())));

  private static ModelsConfig older(ModelsConfig models) {
    Map<String, String> haiku = Map.of("anthropic", "claude-haiku-4-5");
    return new ModelsConfig(
        models.providers(),
        Map.of(
            Tier.PREMIUM,
            Map.of("anthropic", "claude-opus-5-5"),
            Tier.STANDARD,
            haiku,
            Tier.ECONOMY,
            haiku),
        models.aliases(),
        models.routing(),
        models.unboundedInput(),
        models.learning(),
        models.streamDuration(),
        models.jsonDepth(),
        models.disconnect(),
        models.drainTimeout());
  }

  @AfterAll
  void close() {
    gateway.close();
  }

  /** Anthropic refuses a {@code budget_tokens} that is not below {@code max_tokens}. */
  @Test
  void leavesRoomForTheAnswerBelowTheCap() {
    Tenant tenant = gateway.tenant(14L);
    HttpResponse<String> answer =
        gateway.send(
            "POST",
            "/v1/messages",
            tenant.key(),
            """
            {"model":"claude-opus-5-5","max_tokens":60000,"thinking":{"type":"adaptive"},
             "messages":[{"role":"user","content":"hi"}]}\
            """);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode sent =
        new JsonMapper().readTree(gateway.simulator().requests().getLast().body().getBytes());
    assertThat(sent.path("model").asString()).isEqualTo("claude-haiku-4-5");
    assertThat(sent.path("thinking").path("type").asString()).isEqualTo("enabled");
    long maximum = sent.path("max_tokens").asLong();
    assertThat(maximum).isBetween(2_048L, 30_000L);
    assertThat(sent.path("thinking").path("budget_tokens").asLong()).isBetween(1_024L, maximum - 1);
  }
}
