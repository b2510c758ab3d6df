package dev.tollgate.bootstrap;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonField;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ReasoningEffort;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** By OpenAI's SDK. */
final class OpenAiConversing implements Conversing {

  private final OpenAIClient client;
  private final ChatCompletionCreateParams.Builder params;
  private boolean streamed;
  private String lastCall = "";

  /** What came in members that the SDK has no names for. */
  private final Map<String, JsonValue> more = new HashMap<>();

  OpenAiConversing(String url, String key, String model) {
    client = OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey(key).maxRetries(0).build();
    params =
        ChatCompletionCreateParams.builder()
            .model(model)
            .maxCompletionTokens(4_000)
            .addTool(
                ChatCompletionFunctionTool.builder()
                    .function(
                        FunctionDefinition.builder()
                            .name("weather")
                            .description("The weather")
                            .parameters(
                                FunctionParameters.builder()
                                    .putAdditionalProperty("type", JsonValue.from("object"))
                                    .putAdditionalProperty(
                                        "properties",
                                        JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                    .putAdditionalProperty(
                                        "required", JsonValue.from(List.of("city")))
                                    .build())
                            .build())
                    .build());
  }

  @Override
  public void streamed(boolean wanted) {
    streamed = wanted;
    if (wanted) {
      params.streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build());
    }
  }

  @Override
  public void think() {
    params.reasoningEffort(ReasoningEffort.LOW);
  }

  @Override
  public void instruct(String system) {
    params.addSystemMessage(system);
  }

  @Override
  public Heard say(String text, boolean image) {
    List<ChatCompletionContentPart> content = new ArrayList<>();
    if (image) {
      content.add(
          ChatCompletionContentPart.ofImageUrl(
              ChatCompletionContentPartImage.builder()
                  .imageUrl(
                      ChatCompletionContentPartImage.ImageUrl.builder()
                          .url("data:image/png;base64,iVBORw0KGgo=")
                          .build())
                  .build()));
    }
    content.add(
        ChatCompletionContentPart.ofText(
            ChatCompletionContentPartText.builder().text(text).build()));
    params.addUserMessageOfArrayOfContentParts(content);
    return answer();
  }

  @Override
  public Heard result(String text) {
    params.addMessage(
        ChatCompletionToolMessageParam.builder().toolCallId(lastCall).content(text).build());
    return answer();
  }

  private Heard answer() {
    more.clear();
    ChatCompletion completion =
        streamed ? streamedAnswer() : client.chat().completions().create(params.build());
    ChatCompletion.Choice choice = completion.choices().getFirst();
    ChatCompletionMessage message = choice.message();
    for (String name : List.of("reasoning_content", "thinking_blocks")) {
      if (message._allProperties().containsKey(name)) {
        more.put(name, message._allProperties().get(name));
      }
    }
    params.addMessage(message.toParam().toBuilder().putAllAdditionalProperties(more).build());
    List<Called> calls =
        message.toolCalls().orElse(List.of()).stream()
            .map(call -> call.asFunction())
            .map(call -> new Called(call.id(), call.function().name(), call.function().arguments()))
            .toList();
    lastCall = calls.isEmpty() ? lastCall : calls.getLast().id();
    FinishReason reason = choice.finishReason();
    return new Heard(
        more.getOrDefault("reasoning_content", JsonValue.from("")).asStringOrThrow(),
        message.content().orElse(""),
        calls,
        reason.equals(FinishReason.TOOL_CALLS)
            ? "tool"
            : reason.equals(FinishReason.STOP) ? "end" : reason.toString(),
        completion.usage().orElseThrow().promptTokens(),
        completion.usage().orElseThrow().completionTokens());
  }

  /** The SDK's accumulator leaves out what it has no name for. */
  private ChatCompletion streamedAnswer() {
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    StringBuilder reasoning = new StringBuilder();
    List<JsonValue> blocks = new ArrayList<>();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params.build())) {
      chunks.stream()
          .forEach(chunk -> {
            accumulator.accumulate(chunk);
            for (ChatCompletionChunk.Choice choice : chunk.choices()) {
              Map<String, JsonValue> extra = choice.delta()._allProperties();
              if (extra.containsKey("reasoning_content")) {
                reasoning.append(extra.get("reasoning_content").asStringOrThrow());
              }
              if (extra.containsKey("thinking_blocks")) {
                JsonField<?> thought = extra.get("thinking_blocks");
                blocks.addAll(thought.asArray().orElseThrow());
              }
            }
          });
    }
    if (!blocks.isEmpty()) {
      more.put("reasoning_content", JsonValue.from(reasoning.toString()));
      more.put("thinking_blocks", JsonValue.from(blocks));
    }
    return accumulator.chatCompletion();
  }

  @Override
  public void close() {
    client.close();
  }
}
