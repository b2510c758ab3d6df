package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** OpenAI's own SDK, unmodified but for its base URL and key. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiSdkIT {

  private TestGateway gateway;
  private Tenant tenant;
  private OpenAIClient client;

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

  private OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(gateway.url() + "/v1")
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  private static ChatCompletionCreateParams.Builder say(String text) {
    return ChatCompletionCreateParams.builder()
        .model("gpt-4o-mini")
        .maxCompletionTokens(1_000)
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
    try (HttpResponseFor<ChatCompletion> raw =
        client
            .chat()
            .completions()
            .withRawResponse()
            .create(say("Hello [[sim: input-tokens=1000 output-tokens=500]]").build())) {
      ChatCompletion answer = raw.parse();
      assertThat(answer.choices().getFirst().message().content().orElse(""))
          .startsWith("[simulated]");
      assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(500);
      // 1,000 tokens at $0.15 and 500 at $0.60 a million.
      assertThat(raw.headers().values("x-tollgate-cost-usd")).containsExactly("0.00045");
      assertThat(raw.headers().values("x-tollgate-model")).containsExactly("gpt-4o-mini");
      JsonNode entry = entry(raw.headers().values("x-tollgate-call-id").getFirst());
      assertThat(entry.path("costNanos").asLong()).isEqualTo(1_000 * 150L + 500 * 600L);
      assertThat(entry.path("status").stringValue()).isEqualTo("ok");
      assertThat(entry.path("dialect").stringValue()).isEqualTo("openai");
    }
  }

  private record Streamed(List<ChatCompletionChunk> chunks, long costNanos) {}

  private Streamed stream(ChatCompletionCreateParams asked) {
    try (HttpResponseFor<StreamResponse<ChatCompletionChunk>> raw =
        client.chat().completions().withRawResponse().createStreaming(asked)) {
      List<ChatCompletionChunk> chunks = raw.parse().stream().collect(Collectors.toList());
      JsonNode entry = entry(raw.headers().values("x-tollgate-call-id").getFirst());
      assertThat(entry.path("status").stringValue()).isEqualTo("ok");
      return new Streamed(chunks, entry.path("costNanos").asLong());
    }
  }

  private static String text(List<ChatCompletionChunk> chunks) {
    return chunks.stream()
        .flatMap(chunk -> chunk.choices().stream())
        .map(choice -> choice.delta().content().orElse(""))
        .collect(Collectors.joining());
  }

  @Test
  void keepsTheUsageOfAStreamToItselfThatNobodyAskedFor() {
    Streamed streamed = stream(say("Tell [[sim: input-tokens=100 output-tokens=40]]").build());
    assertThat(text(streamed.chunks())).startsWith("[simulated]");
    assertThat(streamed.chunks())
        .noneMatch(chunk -> chunk.choices().isEmpty())
        .noneMatch(chunk -> chunk.usage().isPresent());
    assertThat(streamed.costNanos()).isEqualTo(100 * 150L + 40 * 600L);
  }

  @Test
  void passesTheUsageOfAStreamThatWasAskedFor() {
    Streamed streamed =
        stream(
            say("Tell [[sim: input-tokens=100 output-tokens=40]]")
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());
    ChatCompletionChunk last = streamed.chunks().getLast();
    assertThat(last.choices()).isEmpty();
    assertThat(last.usage().orElseThrow().promptTokens()).isEqualTo(100);
    assertThat(last.usage().orElseThrow().completionTokens()).isEqualTo(40);
    assertThat(streamed.costNanos()).isEqualTo(100 * 150L + 40 * 600L);
  }

  @Test
  void carriesToolsThere() {
    ChatCompletionFunctionTool weather =
        ChatCompletionFunctionTool.builder()
            .function(
                FunctionDefinition.builder()
                    .name("weather")
                    .parameters(
                        FunctionParameters.builder()
                            .putAdditionalProperty("type", JsonValue.from("object"))
                            .putAdditionalProperty(
                                "properties",
                                JsonValue.from(Map.of("city", Map.of("type", "string"))))
                            .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                            .build())
                    .build())
            .build();
    ChatCompletion answer =
        client.chat().completions().create(say("Weather? [[tool]]").addTool(weather).build());
    ChatCompletion.Choice choice = answer.choices().getFirst();
    assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    assertThat(choice.message().toolCalls().orElseThrow())
        .singleElement()
        .matches(call -> call.asFunction().function().name().equals("weather"))
        .matches(call -> call.asFunction().function().arguments().contains("\"city\""));
  }

  @Test
  void carriesImages() {
    String image =
        "data:image/png;base64," + Base64.getEncoder().encodeToString(new byte[64 * 1024]);
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(
                ChatCompletionCreateParams.builder()
                    .model("gpt-4o-mini")
                    .maxCompletionTokens(100)
                    .addUserMessageOfArrayOfContentParts(
                        List.of(
                            ChatCompletionContentPart.ofText(
                                ChatCompletionContentPartText.builder()
                                    .text("What is it?")
                                    .build()),
                            ChatCompletionContentPart.ofImageUrl(
                                ChatCompletionContentPartImage.builder()
                                    .imageUrl(
                                        ChatCompletionContentPartImage.ImageUrl.builder()
                                            .url(image)
                                            .build())
                                    .build())))
                    .build());
    // The simulator counts an image as 1,000 tokens: it has arrived as one.
    assertThat(answer.usage().orElseThrow().promptTokens()).isBetween(1_000L, 1_100L);
  }

  @Test
  void listsTheModelsThatItCanCall() {
    assertThat(client.models().list().data())
        .anyMatch(model -> model.id().equals("gpt-4o-mini"))
        .anyMatch(model -> model.id().equals("claude-opus-5-5"));
    assertThat(client.models().retrieve("gpt-4o-mini").id()).isEqualTo("gpt-4o-mini");
  }

  @Test
  void throwsUnauthorizedForAnUnknownKey() {
    assertThatExceptionOfType(UnauthorizedException.class)
        .isThrownBy(
            () -> client("tg_live_nobody").chat().completions().create(say("Hello").build()))
        .matches(refused -> refused.code().orElse("").equals("invalid_api_key"));
  }

  @Test
  void throwsNotFoundForAnUnknownModel() {
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(
            () -> client.chat().completions().create(say("Hello").model("gpt-nobody").build()))
        .withMessageContaining("gpt-nobody");
  }

  @Test
  void throwsRateLimitThatIsNotToBeRetriedWhenTheBudgetIsGone() {
    Tenant poor = gateway.tenant(0L);
    assertThatExceptionOfType(RateLimitException.class)
        .isThrownBy(() -> client(poor.key()).chat().completions().create(say("Hello").build()))
        .matches(refused -> refused.code().orElse("").equals("organization_spend_limit_exceeded"))
        .matches(refused -> refused.type().orElse("").equals("insufficient_quota"))
        .matches(refused -> refused.headers().values("x-should-retry").equals(List.of("false")));
    assertThat(gateway.ledger(poor)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 529})
  void passesTheProvidersErrorAndChargesNothing(int status) {
    long before = spent();
    assertThatExceptionOfType(InternalServerException.class)
        .isThrownBy(() ->
            client.chat().completions().create(say("Hi [[sim: status=" + status + "]]").build()))
        .matches(error -> error.statusCode() == status)
        .withMessageContaining("[simulated]");
    assertThat(spent()).isEqualTo(before);
  }

  private long spent() {
    long sum = 0;
    for (JsonNode item : gateway.ledger(tenant)) {
      sum += item.path("costNanos").asLong();
    }
    return sum;
  }

  @Test
  void throwsBadRequestForABodyThatIsNestedTooDeeply() {
    Object nested = List.of();
    for (int i = 0; i < 200; i++) {
      nested = List.of(nested);
    }
    JsonValue deep = JsonValue.from(nested);
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() ->
            client
                .chat()
                .completions()
                .create(say("Hello").putAdditionalBodyProperty("deep", deep).build()))
        .withMessageContaining("nested");
  }

  @Test
  void refusesMalformedJsonInItsDialect() {
    HttpResponse<String> refused =
        gateway.send(
            "POST", "/v1/chat/completions", tenant.key(), "{\"model\":\"gpt-4o-mini\",\"mess");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body())
        .contains("\"type\":\"invalid_request_error\"")
        .contains("not valid JSON");
  }

  @Test
  void throwsForABodyThatIsTooLarge() {
    String huge = "x".repeat(33 * 1024 * 1024);
    assertThatExceptionOfType(OpenAIServiceException.class)
        .isThrownBy(() -> client.chat().completions().create(say(huge).build()))
        .matches(tooLarge -> tooLarge.statusCode() == 413)
        .matches(tooLarge -> tooLarge.code().orElse("").equals("request_too_large"));
  }
}
