package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicInvalidDataException;
import com.anthropic.errors.AnthropicIoException;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.SseException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.CacheControlEphemeral;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.messages.Usage;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The official SDK, unmodified, against the simulator. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnthropicSdkIT {

  private final Simulator simulator = Simulator.start();
  private final AnthropicClient client = client(simulator, "anything");

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
    Message message = client.messages().create(saying("Good morning").build()).validate();

    assertThat(text(message)).startsWith("[simulated]").endsWith("Good morning");
    assertThat(message.stopReason()).contains(StopReason.END_TURN);
    assertThat(message.usage().inputTokens()).isEqualTo(3);
    assertThat(message.usage().outputTokens()).isEqualTo((text(message).length() + 3) / 4);
    assertThat(simulator.stats().models())
        .containsEntry(
            "claude-haiku-5-5",
            new Stats.ModelTotals(
                1, message.usage().inputTokens(), message.usage().outputTokens()));
  }

  @Test
  void streamsWhatItWouldHaveAnsweredAtOnce() {
    Message whole = client.messages().create(saying("Stream this").build());
    MessageAccumulator accumulator = MessageAccumulator.create();
    try (StreamResponse<RawMessageStreamEvent> stream =
        client.messages().createStreaming(saying("Stream this").build())) {
      stream.stream().forEach(event -> accumulator.accumulate(event.validate()));
    }
    Message streamed = accumulator.message();

    assertThat(text(streamed)).isEqualTo(text(whole));
    assertThat(streamed.usage().inputTokens()).isEqualTo(whole.usage().inputTokens());
    assertThat(streamed.usage().outputTokens()).isEqualTo(whole.usage().outputTokens());
    assertThat(streamed.stopReason()).isEqualTo(whole.stopReason());
  }

  @Test
  void neverExceedsTheMaximum() {
    Message message = client.messages().create(saying("Be brief").maxTokens(5).build());

    assertThat(message.usage().outputTokens()).isEqualTo(5);
    assertThat(message.stopReason()).contains(StopReason.MAX_TOKENS);
    assertThat(text(message)).hasSize(20);
  }

  @Test
  void reportsFixedCountsAndTheOvershootOnDemand() {
    Message fixed =
        client.messages().create(saying("[[sim: input-tokens=77 output-tokens=500]]").build());
    Message over = client.messages().create(saying("[[sim: output-tokens=500 overshoot]]").build());
    Message most = client.messages().create(saying("[[sim: output-tokens=max]]").build());

    assertThat(fixed.usage().inputTokens()).isEqualTo(77);
    assertThat(fixed.usage().outputTokens()).isEqualTo(200);
    assertThat(over.usage().outputTokens()).isEqualTo(500);
    assertThat(most.usage().outputTokens()).isEqualTo(200);
  }

  @Test
  void countsTheBytesOfTheBodyAsInput() {
    Message message = client.messages().create(saying("[[sim: input-tokens=body]] Größe").build());

    assertThat(message.usage().inputTokens())
        .isEqualTo(simulator.requests().getLast().body().length());
  }

  @Test
  void writesAPrefixToTheCacheOnceAndReadsItAfterwards() {
    MessageCreateParams params =
        saying("What now?")
            .systemOfTextBlockParams(
                List.of(
                    TextBlockParam.builder()
                        .text("x".repeat(400))
                        .cacheControl(
                            CacheControlEphemeral.builder()
                                .ttl(CacheControlEphemeral.Ttl.TTL_1H)
                                .build())
                        .build()))
            .build();
    Usage first = client.messages().create(params).usage();
    Usage second = client.messages().create(params).usage();

    assertThat(first.cacheCreation().orElseThrow().ephemeral1hInputTokens()).isEqualTo(100);
    assertThat(first.cacheReadInputTokens()).contains(0L);
    assertThat(second.cacheCreationInputTokens()).contains(0L);
    assertThat(second.cacheReadInputTokens()).contains(100L);
    assertThat(second.inputTokens()).isEqualTo(first.inputTokens()).isEqualTo(3);
  }

  @Test
  void callsTheToolThatIsAskedForAndReadsItsResult() {
    MessageCreateParams params = saying("[[tool]] What is the weather?").addTool(weather()).build();
    Message asked = client.messages().create(params).validate();
    ToolUseBlock call = asked.content().getFirst().asToolUse();
    Message answered =
        client
            .messages()
            .create(
                params.toBuilder()
                    .addMessage(asked)
                    .addUserMessageOfContentBlockParams(
                        List.of(
                            ContentBlockParam.ofToolResult(
                                ToolResultBlockParam.builder()
                                    .toolUseId(call.id())
                                    .content("sunny")
                                    .build())))
                    .build());

    assertThat(asked.stopReason()).contains(StopReason.TOOL_USE);
    assertThat(call.name()).isEqualTo("weather");
    assertThat(call._input()).hasToString("{city=simulated, days=3}");
    assertThat(text(answered)).contains("tool's result");
  }

  @Test
  void streamsToolCalls() {
    MessageAccumulator accumulator = MessageAccumulator.create();
    MessageCreateParams params = saying("Now").addTool(weather()).toolToolChoice("weather").build();
    try (StreamResponse<RawMessageStreamEvent> stream = client.messages().createStreaming(params)) {
      stream.stream().forEach(accumulator::accumulate);
    }

    assertThat(accumulator.message().content().getFirst().asToolUse()._input())
        .hasToString("{city=simulated, days=3}");
  }

  @Test
  void thinksWhenItIsAskedTo() {
    MessageCreateParams params = saying("Think").maxTokens(2_048).enabledThinking(1_024).build();
    Message message = client.messages().create(params).validate();
    MessageAccumulator accumulator = MessageAccumulator.create();
    try (StreamResponse<RawMessageStreamEvent> stream = client.messages().createStreaming(params)) {
      stream.stream().forEach(accumulator::accumulate);
    }

    assertThat(message.content().getFirst().isThinking()).isTrue();
    assertThat(message.usage().outputTokensDetails().orElseThrow().thinkingTokens())
        .isEqualTo(message.usage().outputTokens() / 2);
    assertThat(accumulator.message().content().getFirst().isThinking()).isTrue();
  }

  @Test
  void countsTokensAndListsModels() {
    assertThat(
            client
                .messages()
                .countTokens(
                    MessageCountTokensParams.builder()
                        .model("claude-haiku-5-5")
                        .addUserMessage("12345678")
                        .build())
                .inputTokens())
        .isEqualTo(2);
    assertThat(client.models().list().data()).allMatch(model -> model.validate().isValid());
    assertThat(client.models().retrieve("claude-x").id()).isEqualTo("claude-x");
  }

  @Test
  void errorsAreTheSdksOwn() {
    assertThatThrownBy(() -> client.messages().create(saying("[[sim: status=429]]").build()))
        .isInstanceOf(RateLimitException.class);
    assertThatThrownBy(() -> client.messages().create(saying("[[sim: status=529]]").build()))
        .isInstanceOfSatisfying(
            InternalServerException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(529);
              assertThat(e.body().toString()).contains("overloaded_error");
            });
    assertThatThrownBy(() -> client.messages().create(saying("[[sim: status=503]]").build()))
        .isInstanceOf(AnthropicServiceException.class);
    simulator.behave("models=claude-opus-5-5");
    assertThatThrownBy(() -> client.messages().create(saying("Hi").build()))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void insistsOnItsKeyWhenToldTo() {
    simulator.behave("api-key=right");
    AnthropicClient right = client(simulator, "right");
    assertThat(text(right.messages().create(saying("Hi").build()))).isNotEmpty();
    right.close();
    assertThatThrownBy(() -> client.messages().create(saying("Hi").build()))
        .isInstanceOf(UnauthorizedException.class);
  }

  @Test
  void failsInMidStreamAsTold() {
    assertThatThrownBy(() -> drain("[[sim: error-after=5]]")).isInstanceOf(SseException.class);
    assertThatThrownBy(() -> drain("[[sim: cut-after=5]]"))
        .isInstanceOf(AnthropicIoException.class);
    assertThatThrownBy(() -> drain("[[sim: cut-after=5 cut=close]]"))
        .isInstanceOf(AnthropicIoException.class);
    assertThatThrownBy(() -> drain("[[sim: body=invalid]]"))
        .isInstanceOf(AnthropicInvalidDataException.class);
    assertThat(drain("[[sim: terminal=false]]")).noneMatch(RawMessageStreamEvent::isMessageStop);
  }

  @Test
  void repeatsWhatServesTheCall() {
    Message message =
        client
            .messages()
            .create(
                saying("[[sim: service-tier=priority web-searches=3]]")
                    .putAdditionalBodyProperty("speed", JsonValue.from("fast"))
                    .putAdditionalBodyProperty("inference_geo", JsonValue.from("us"))
                    .build());

    assertThat(message.usage().serviceTier()).contains(Usage.ServiceTier.PRIORITY);
    assertThat(message.usage().serverToolUse().orElseThrow().webSearchRequests()).isEqualTo(3);
    assertThat(message.usage().inferenceGeo()).contains("us");
    assertThat(message.usage().speed()).contains(Usage.Speed.FAST);
  }

  private List<RawMessageStreamEvent> drain(String said) {
    try (StreamResponse<RawMessageStreamEvent> stream =
        client.messages().createStreaming(saying(said).build())) {
      return stream.stream().toList();
    }
  }

  private static AnthropicClient client(Simulator simulator, String key) {
    return AnthropicOkHttpClient.builder()
        .baseUrl(simulator.url())
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  private static MessageCreateParams.Builder saying(String text) {
    return MessageCreateParams.builder()
        .model("claude-haiku-5-5")
        .maxTokens(200)
        .addUserMessage(text);
  }

  private static Tool weather() {
    return Tool.builder()
        .name("weather")
        .inputSchema(
            Tool.InputSchema.builder()
                .properties(
                    Tool.InputSchema.Properties.builder()
                        .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                        .putAdditionalProperty(
                            "days", JsonValue.from(Map.of("type", "integer", "minimum", 3)))
                        .build())
                .required(List.of("city", "days"))
                .build())
        .build();
  }

  private static String text(Message message) {
    return message.content().stream()
        .filter(ContentBlock::isText)
        .map(block -> block.asText().text())
        .collect(Collectors.joining());
  }
}
