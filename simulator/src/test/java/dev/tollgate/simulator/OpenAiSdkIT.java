package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.RateLimitException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ReasoningEffort;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionUsage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The official SDK, unmodified, against the simulator. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiSdkIT {

  private final Simulator simulator = Simulator.start();
  private final OpenAIClient client =
      OpenAIOkHttpClient.builder()
          .baseUrl(simulator.url() + "/v1")
          .apiKey("anything")
          .maxRetries(0)
          .build();

  @BeforeEach
  void reset() {
    Raw.awaitIdle(simulator);
    simulator.reset();
  }

  @AfterAll
  void close() {
    client.close();
    simulator.close();
  }

  @Test
  void answersVisiblySimulatedWithExactUsage() {
    ChatCompletion completion = complete(saying("Good morning")).validate();
    CompletionUsage usage = completion.usage().orElseThrow();

    assertThat(text(completion)).startsWith("[simulated]").endsWith("Good morning");
    assertThat(usage.promptTokens()).isEqualTo(3);
    assertThat(usage.completionTokens()).isEqualTo((text(completion).length() + 3) / 4);
    assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + usage.completionTokens());
  }

  @Test
  void streamsWithItsUsageAtTheEnd() {
    ChatCompletion whole = complete(saying("Stream this"));
    List<ChatCompletionChunk> chunks =
        stream(
            saying("Stream this")
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()));
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    chunks.forEach(chunk -> accumulator.accumulate(chunk.validate()));

    assertThat(text(accumulator.chatCompletion())).isEqualTo(text(whole));
    assertThat(chunks.getLast().choices()).isEmpty();
    assertThat(chunks.getLast().usage()).isEqualTo(whole.usage());
  }

  @Test
  void reportsNoUsageInAStreamThatDoesNotAskForIt() {
    assertThat(stream(saying("Hi"))).allMatch(chunk -> chunk.usage().isEmpty());
  }

  @Test
  void answersSeveralChoicesWithinTheMaximumOfEach() {
    ChatCompletion completion = complete(saying("Twice").n(2).maxCompletionTokens(5));

    assertThat(completion.choices())
        .hasSize(2)
        .allMatch(choice ->
            choice.finishReason().equals(ChatCompletion.Choice.FinishReason.LENGTH)
                && choice.message().content().orElseThrow().length() == 20);
    assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(10);
    assertThat(complete(saying("[[sim: output-tokens=max]]").n(2).maxCompletionTokens(7)).usage())
        .map(CompletionUsage::completionTokens)
        .contains(14L);
  }

  @Test
  void callsTheToolThatIsForcedAndReadsItsResult() {
    ChatCompletionCreateParams.Builder params =
        saying("[[tool: weather]]")
            .addTool(ChatCompletionFunctionTool.builder().function(weather()).build());
    ChatCompletion asked = complete(params).validate();
    ChatCompletionMessageFunctionToolCall call =
        asked.choices().getFirst().message().toolCalls().orElseThrow().getFirst().asFunction();
    ChatCompletion answered =
        complete(
            params
                .addMessage(asked.choices().getFirst().message())
                .addMessage(
                    ChatCompletionToolMessageParam.builder()
                        .toolCallId(call.id())
                        .content("sunny")
                        .build()));

    assertThat(asked.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    assertThat(call.function().name()).isEqualTo("weather");
    assertThat(call.function().arguments()).isEqualTo("{\"city\":\"simulated\"}");
    assertThat(text(answered)).contains("tool's result");
  }

  @Test
  void streamsToolCalls() {
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    stream(
            saying("[[tool]] [[sim: tool-calls=2]]")
                .addTool(ChatCompletionFunctionTool.builder().function(weather()).build()))
        .forEach(accumulator::accumulate);

    assertThat(
            accumulator.chatCompletion().choices().getFirst().message().toolCalls().orElseThrow())
        .hasSize(2)
        .allMatch(
            call -> call.asFunction().function().arguments().equals("{\"city\":\"simulated\"}"));
  }

  @Test
  void reasonsCachesAndHearsAsTold() {
    CompletionUsage reasoned =
        complete(saying("Think").reasoningEffort(ReasoningEffort.HIGH)).usage().orElseThrow();
    CompletionUsage told =
        complete(saying("[[sim: input-tokens=10 cache-read-tokens=90 input-audio-tokens=5]]"))
            .usage()
            .orElseThrow();

    assertThat(reasoned.completionTokensDetails().orElseThrow().reasoningTokens())
        .contains(reasoned.completionTokens() / 2);
    assertThat(told.promptTokens()).isEqualTo(105);
    assertThat(told.promptTokensDetails().orElseThrow().cachedTokens()).contains(90L);
  }

  @Test
  void acceptsImagesAndOtherFormats() {
    ChatCompletion completion =
        complete(
            saying("As JSON")
                .responseFormat(ResponseFormatJsonObject.builder().build())
                .serviceTier(ChatCompletionCreateParams.ServiceTier.FLEX));

    assertThat(text(completion)).isEqualTo("{}");
    assertThat(completion.serviceTier()).contains(ChatCompletion.ServiceTier.FLEX);
  }

  @Test
  void listsModels() {
    assertThat(client.models().list().data()).allMatch(model -> model.validate().isValid());
    assertThat(client.models().retrieve("gpt-x").id()).isEqualTo("gpt-x");
  }

  @Test
  void errorsAreTheSdksOwn() {
    assertThatThrownBy(() -> complete(saying("[[sim: status=429 retry-after=7]]")))
        .isInstanceOfSatisfying(
            RateLimitException.class,
            e -> assertThat(e.headers().values("retry-after")).containsExactly("7"));
    assertThatThrownBy(() -> complete(saying("[[sim: status=500]]")))
        .isInstanceOf(InternalServerException.class);
    simulator.behave("models=gpt-4o");
    assertThatThrownBy(() -> complete(saying("Hi")))
        .isInstanceOfSatisfying(
            NotFoundException.class, e -> assertThat(e.code()).contains("model_not_found"));
  }

  @Test
  void failsInMidStreamAsTold() {
    for (String fault : List.of("error-after=2", "cut-after=2", "cut-after=2 cut=close")) {
      assertThatThrownBy(() -> stream(saying("[[sim: " + fault + "]]")))
          .as(fault)
          .isInstanceOf(OpenAIException.class);
    }
  }

  private ChatCompletion complete(ChatCompletionCreateParams.Builder params) {
    return client.chat().completions().create(params.build());
  }

  private List<ChatCompletionChunk> stream(ChatCompletionCreateParams.Builder params) {
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params.build())) {
      return stream.stream().toList();
    }
  }

  private static ChatCompletionCreateParams.Builder saying(String text) {
    return ChatCompletionCreateParams.builder().model("gpt-4o-mini").addUserMessage(text);
  }

  private static FunctionDefinition weather() {
    return FunctionDefinition.builder()
        .name("weather")
        .parameters(
            FunctionParameters.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty(
                    "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                .build())
        .build();
  }

  private static String text(ChatCompletion completion) {
    return completion.choices().getFirst().message().content().orElse("");
  }
}
