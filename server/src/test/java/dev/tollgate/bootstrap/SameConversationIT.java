package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.anthropic.errors.AnthropicServiceException;
import com.openai.errors.OpenAIServiceException;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * One conversation, by both official SDKs, with models of both dialects: it means the same, costs
 * the same and fails alike, whichever way it goes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SameConversationIT {

  private TestGateway gateway;

  @BeforeAll
  void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @BeforeEach
  void steady() {
    gateway.simulator().reset();
  }

  private Conversing anthropic(Tenant tenant, String model) {
    return new AnthropicConversing(gateway.url(), tenant.key(), model);
  }

  private Conversing openAi(Tenant tenant, String model) {
    return new OpenAiConversing(gateway.url(), tenant.key(), model);
  }

  /** Nanos that a tenant was charged, once all of {@code calls} are in the ledger. */
  private long charged(Tenant tenant, int calls) {
    await().atMost(Duration.ofSeconds(30)).until(() -> gateway.ledger(tenant).size() == calls);
    long sum = 0;
    for (JsonNode entry : gateway.ledger(tenant)) {
      assertThat(entry.path("status").stringValue()).isEqualTo("ok");
      sum += entry.path("costNanos").asLong();
    }
    return sum;
  }

  private String sent() {
    return gateway.simulator().requests().getLast().body().toString();
  }

  @ParameterizedTest
  @CsvSource({
    "claude-haiku-4-5, false",
    "claude-haiku-4-5, true",
    "gpt-4o-mini, false",
    "gpt-4o-mini, true"
  })
  void saysAndCostsTheSame(String model, boolean streamed) {
    Tenant one = gateway.tenant(100_000L);
    Tenant other = gateway.tenant(100_000L);
    try (Conversing anthropic = anthropic(one, model);
        Conversing openAi = openAi(other, model)) {
      Conversing.Heard[] heard = new Conversing.Heard[2];
      String[] provided = new String[2];
      int turn = 0;
      for (Conversing talk : new Conversing[] {anthropic, openAi}) {
        talk.streamed(streamed);
        talk.instruct("Be terse.");
        Conversing.Heard asked =
            talk.say("Look. [[tool]] [[sim: input-tokens=100 output-tokens=20]]", true);
        assertThat(asked.stop()).isEqualTo("tool");
        assertThat(asked.calls())
            .singleElement()
            .satisfies(call -> {
              assertThat(call.name()).isEqualTo("weather");
              assertThat(call.arguments()).contains("\"city\"");
            });
        assertThat(sent()).contains("iVBORw0KGgo").contains("Be terse.");
        heard[turn] = talk.result("sunny in Seoul");
        provided[turn] = sent();
        assertThat(heard[turn].stop()).isEqualTo("end");
        assertThat(heard[turn].text())
            .startsWith("[simulated]")
            .contains("The tool's result has arrived");
        assertThat(provided[turn]).contains("sunny in Seoul").contains("iVBORw0KGgo");
        turn++;
      }
      assertThat(heard[0].text()).isEqualTo(heard[1].text());
      assertThat(heard[0].outputTokens()).isEqualTo(heard[1].outputTokens());
      // The prompt is the same but for identifiers, so it costs the same to the token.
      assertThat(heard[0].inputTokens()).isEqualTo(heard[1].inputTokens());
      assertThat(charged(one, 2)).isPositive().isEqualTo(charged(other, 2));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "claude-haiku-4-5, false",
    "gpt-4o-mini, false",
    "claude-haiku-4-5, true",
    "gpt-4o-mini, true"
  })
  void carriesSeveralCallsAtOnce(String model, boolean streamed) {
    Tenant tenant = gateway.tenant(100_000L);
    try (Conversing anthropic = anthropic(tenant, model);
        Conversing openAi = openAi(tenant, model)) {
      for (Conversing talk : new Conversing[] {anthropic, openAi}) {
        talk.streamed(streamed);
        Conversing.Heard heard = talk.say("[[tool]] [[sim: tool-calls=3 chunks=4]]", false);
        assertThat(heard.calls())
            .hasSize(3)
            .allMatch(call -> call.arguments().contains("\"city\""))
            .extracting(Conversing.Called::id)
            .doesNotHaveDuplicates();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givesSignedThinkingBackAfterACall(boolean streamed) {
    Tenant tenant = gateway.tenant(100_000L);
    try (Conversing talk = openAi(tenant, "claude-haiku-4-5")) {
      talk.streamed(streamed);
      talk.think();
      Conversing.Heard asked = talk.say("Think. [[tool]] [[sim: reasoning-tokens=9]]", false);
      assertThat(sent()).contains("\"thinking\":{\"type\":\"enabled\"");
      assertThat(asked.thinking()).contains("Thinking.");
      assertThat(asked.calls()).hasSize(1);
      talk.result("noon");
      // Before the call, as the model's own answer had it.
      assertThat(sent())
          .containsPattern(
              "\"type\":\"thinking\"[^}]*\"signature\":\"c2ltdWxhdGVk[^}]*},\\{\"type\":\"tool_use\"");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, claude-haiku-4-5",
    "401, gpt-4o-mini",
    "404, claude-haiku-4-5",
    "404, gpt-4o-mini",
    "429, claude-haiku-4-5",
    "429, gpt-4o-mini",
    "500, claude-haiku-4-5",
    "500, gpt-4o-mini",
    "529, claude-haiku-4-5",
    "529, gpt-4o-mini",
  })
  void failsAlike(int status, String model) {
    Tenant tenant = gateway.tenant(100_000L);
    gateway.simulator().behave("status=" + status);
    try (Conversing anthropic = anthropic(tenant, model);
        Conversing openAi = openAi(tenant, model)) {
      assertThatThrownBy(() -> anthropic.say("Hello", false))
          .isInstanceOfSatisfying(
              AnthropicServiceException.class,
              refused -> assertThat(refused.statusCode()).isEqualTo(status))
          .hasMessageContaining("[simulated]");
      assertThatThrownBy(() -> openAi.say("Hello", false))
          .isInstanceOfSatisfying(
              OpenAIServiceException.class,
              refused -> assertThat(refused.statusCode()).isEqualTo(status))
          .hasMessageContaining("[simulated]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude-haiku-4-5", "gpt-4o-mini"})
  void refusesAlikeWhereThereIsNoMoney(String model) {
    Tenant poor = gateway.tenant(0L);
    try (Conversing anthropic = anthropic(poor, model);
        Conversing openAi = openAi(poor, model)) {
      assertThatThrownBy(() -> anthropic.say("Hello", false))
          .isInstanceOf(com.anthropic.errors.RateLimitException.class);
      assertThatThrownBy(() -> openAi.say("Hello", false))
          .isInstanceOf(com.openai.errors.RateLimitException.class);
    }
    assertThat(gateway.ledger(poor)).isEmpty();
  }

  @Test
  void endsABrokenStreamWithAnErrorOfTheCallersDialect() {
    Tenant tenant = gateway.tenant(100_000L);
    for (String fault : new String[] {"error-after=5 chunks=9", "cut-after=5 chunks=9"}) {
      gateway.simulator().behave(fault);
      try (Conversing anthropic = anthropic(tenant, "gpt-4o-mini");
          Conversing openAi = openAi(tenant, "claude-haiku-4-5")) {
        anthropic.streamed(true);
        openAi.streamed(true);
        ThrowingCallable first = () -> anthropic.say("Tell me", false);
        assertThatThrownBy(first).isInstanceOf(com.anthropic.errors.SseException.class);
        ThrowingCallable second = () -> openAi.say("Tell me", false);
        assertThatThrownBy(second).isInstanceOf(com.openai.errors.SseException.class);
      }
    }
  }
}
