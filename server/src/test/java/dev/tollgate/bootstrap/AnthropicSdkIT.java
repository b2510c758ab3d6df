package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.HttpResponseFor;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.models.messages.Base64ImageSource;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.ImageBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.Tool;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.spend.Money;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Anthropic's own SDK, unmodified but for its base URL and key. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnthropicSdkIT {

  private TestGateway gateway;
  private Tenant tenant;
  private AnthropicClient client;

  @BeforeAll
  void start() {
    gateway = TestGateway.start();
    tenant = gateway.tenant(100_000L);
    client = client(tenant.key());
  }

  @AfterAll
  void stop() {
    client.close();
    gateway.close();
  }

  private AnthropicClient client(String key) {
    return AnthropicOkHttpClient.builder().baseUrl(gateway.url()).apiKey(key).maxRetries(0).build();
  }

  private static MessageCreateParams.Builder say(String text) {
    return MessageCreateParams.builder()
        .model("claude-sonnet-5-5")
        .maxTokens(1_000)
        .addUserMessage(text);
  }

  private JsonNode entry(String callId) {
    for (JsonNode item : gateway.ledger(tenant)) {
      if (item.path("callId").stringValue().equals(callId)) {
        return item;
      }
    }
    throw new AssertionError("the ledger has no entry of call " + callId);
  }

  @Test
  void answersAndTellsTheExactCost() {
    try (HttpResponseFor<Message> raw =
        client
            .messages()
            .withRawResponse()
            .create(say("Hello [[sim: input-tokens=1000 output-tokens=500]]").build())) {
      Message message = raw.parse();
      assertThat(message.content().getFirst().asText().text()).startsWith("[simulated]");
      assertThat(message.usage().outputTokens()).isEqualTo(500);
      // 1,000 tokens at $2 and 500 at $10 a million.
      assertThat(raw.headers().values("x-tollgate-cost-usd")).containsExactly("0.007");
      assertThat(raw.headers().values("x-tollgate-model")).containsExactly("claude-sonnet-5-5");
      assertThat(raw.headers().values("x-tollgate-budget-remaining-usd")).hasSize(1);
      JsonNode entry = entry(raw.headers().values("x-tollgate-call-id").getFirst());
      assertThat(entry.path("costNanos").asLong()).isEqualTo(Money.ofDollars("0.007").nanos());
      assertThat(entry.path("status").stringValue()).isEqualTo("ok");
    }
  }

  @Test
  void streamsAndChargesTheStream() {
    try (HttpResponseFor<StreamResponse<RawMessageStreamEvent>> raw =
        client
            .messages()
            .withRawResponse()
            .createStreaming(say("Tell [[sim: input-tokens=100 output-tokens=40]]").build())) {
      StreamResponse<RawMessageStreamEvent> events = raw.parse();
      List<RawMessageStreamEvent> seen = events.stream().collect(Collectors.toList());
      assertThat(seen.getFirst().isMessageStart()).isTrue();
      assertThat(seen.getLast().isMessageStop()).isTrue();
      assertThat(seen).anyMatch(RawMessageStreamEvent::isContentBlockDelta);
      JsonNode entry = entry(raw.headers().values("x-tollgate-call-id").getFirst());
      assertThat(entry.path("costNanos").asLong()).isEqualTo(100 * 2_000L + 40 * 10_000L);
    }
  }

  @Test
  void carriesToolsThere() {
    Tool weather =
        Tool.builder()
            .name("weather")
            .inputSchema(
                Tool.InputSchema.builder()
                    .properties(
                        Tool.InputSchema.Properties.builder()
                            .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                            .build())
                    .required(List.of("city"))
                    .build())
            .build();
    Message message = client.messages().create(say("Weather? [[tool]]").addTool(weather).build());
    assertThat(message.stopReason()).contains(StopReason.TOOL_USE);
    assertThat(message.content())
        .anyMatch(block -> block.isToolUse() && block.asToolUse().name().equals("weather"));
  }

  @Test
  void carriesImages() {
    String image = Base64.getEncoder().encodeToString(new byte[64 * 1024]);
    Message message =
        client
            .messages()
            .create(
                MessageCreateParams.builder()
                    .model("claude-opus-5-5")
                    .maxTokens(100)
                    .addUserMessageOfContentBlockParams(
                        List.of(
                            ContentBlockParam.ofImage(
                                ImageBlockParam.builder()
                                    .source(
                                        Base64ImageSource.builder()
                                            .mediaType(Base64ImageSource.MediaType.IMAGE_PNG)
                                            .data(image)
                                            .build())
                                    .build()),
                            ContentBlockParam.ofText(
                                TextBlockParam.builder().text("What is it?").build())))
                    .build());
    assertThat(message.content().getFirst().isText()).isTrue();
  }

  @Test
  void countsTokensWithoutACharge() {
    int before = gateway.ledger(tenant).size();
    long tokens =
        client
            .messages()
            .countTokens(
                MessageCountTokensParams.builder()
                    .model("claude-haiku-5-5")
                    .addUserMessage("How many?")
                    .build())
            .inputTokens();
    assertThat(tokens).isPositive();
    assertThat(gateway.ledger(tenant).size()).isEqualTo(before);
  }

  @Test
  void listsModels() {
    assertThat(client.models().list().data())
        .anyMatch(model -> model.id().equals("claude-opus-5-5"))
        .anyMatch(model -> model.id().equals("ultrabrain"));
    assertThat(client.models().retrieve("claude-opus-5-5").id()).isEqualTo("claude-opus-5-5");
  }

  @Test
  void takesACategoryForAModel() {
    try (HttpResponseFor<Message> raw =
        client
            .messages()
            .withRawResponse()
            .create(
                say("Prove that five colours are enough for every planar graph, and explain where"
                        + " the argument breaks down for four.")
                    .model("ultrabrain")
                    .build())) {
      assertThat(raw.headers().values("x-tollgate-model")).containsExactly("claude-opus-5-5");
      assertThat(raw.headers().values("x-tollgate-category")).containsExactly("ultrabrain");
    }
  }

  @Test
  void throwsUnauthorizedForAnUnknownKey() {
    assertThatExceptionOfType(UnauthorizedException.class)
        .isThrownBy(() -> client("tg_live_nobody").messages().create(say("Hello").build()));
  }

  @Test
  void throwsNotFoundForAnUnknownModel() {
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> client.messages().create(say("Hello").model("claude-nobody").build()))
        .withMessageContaining("claude-nobody");
  }

  @Test
  void throwsRateLimitWhenTheBudgetIsGone() {
    Tenant poor = gateway.tenant(5L);
    assertThatExceptionOfType(RateLimitException.class)
        .isThrownBy(() -> client(poor.key()).messages().create(say("Hello").build()))
        .withMessageContaining("billing_error")
        .withMessageContaining("budget")
        .matches(refused -> refused.headers().values("x-should-retry").equals(List.of("false")))
        .matches(refused ->
            refused.headers().values("x-tollgate-refusal").equals(List.of("budget_exhausted")));
  }

  @Test
  void passesTheProvidersOverloadUnmodified() {
    assertThatExceptionOfType(InternalServerException.class)
        .isThrownBy(() -> client.messages().create(say("Hi [[sim: status=529]]").build()))
        .matches(overloaded -> overloaded.statusCode() == 529)
        .withMessageContaining("overloaded_error");
  }

  @Test
  void throwsBadRequestForMalformedJson() {
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() ->
            client
                .messages()
                .create(
                    say("Hello")
                        .putAdditionalBodyProperty("n_est", JsonValue.from(deep(200)))
                        .build()))
        .withMessageContaining("nested");
  }

  private static Object deep(int depth) {
    Object inner = List.of();
    for (int i = 0; i < depth; i++) {
      inner = List.of(inner);
    }
    return inner;
  }

  @Test
  void throwsForABodyThatIsTooLarge() {
    String huge = "x".repeat(33 * 1024 * 1024);
    assertThatExceptionOfType(AnthropicServiceException.class)
        .isThrownBy(() -> client.messages().create(say(huge).build()))
        .matches(tooLarge -> tooLarge.statusCode() == 413)
        .withMessageContaining("request_too_large");
  }
}
