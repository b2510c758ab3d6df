package dev.tollgate.bootstrap;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Base64ImageSource;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.ImageBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** By Anthropic's SDK. */
final class AnthropicConversing implements Conversing {

  private final AnthropicClient client;
  private final MessageCreateParams.Builder params;
  private boolean streamed;
  private String lastCall = "";

  AnthropicConversing(String url, String key, String model) {
    client = AnthropicOkHttpClient.builder().baseUrl(url).apiKey(key).maxRetries(0).build();
    params =
        MessageCreateParams.builder()
            .model(model)
            .maxTokens(4_000)
            .addTool(
                Tool.builder()
                    .name("weather")
                    .description("The weather")
                    .inputSchema(
                        Tool.InputSchema.builder()
                            .properties(
                                Tool.InputSchema.Properties.builder()
                                    .putAdditionalProperty(
                                        "city", JsonValue.from(Map.of("type", "string")))
                                    .build())
                            .required(List.of("city"))
                            .build())
                    .build());
  }

  @Override
  public void streamed(boolean wanted) {
    streamed = wanted;
  }

  @Override
  public void think() {
    params.enabledThinking(2_048);
  }

  @Override
  public void instruct(String system) {
    params.system(system);
  }

  @Override
  public Heard say(String text, boolean image) {
    List<ContentBlockParam> content = new ArrayList<>();
    if (image) {
      content.add(
          ContentBlockParam.ofImage(
              ImageBlockParam.builder()
                  .source(
                      Base64ImageSource.builder()
                          .mediaType(Base64ImageSource.MediaType.IMAGE_PNG)
                          .data("iVBORw0KGgo=")
                          .build())
                  .build()));
    }
    content.add(ContentBlockParam.ofText(TextBlockParam.builder().text(text).build()));
    params.addUserMessageOfContentBlockParams(content);
    return answer();
  }

  @Override
  public Heard result(String text) {
    params.addUserMessageOfContentBlockParams(
        List.of(
            ContentBlockParam.ofToolResult(
                ToolResultBlockParam.builder().toolUseId(lastCall).content(text).build())));
    return answer();
  }

  private Heard answer() {
    Message message = streamed ? streamedAnswer() : client.messages().create(params.build());
    params.addMessage(message);
    StringBuilder thinking = new StringBuilder();
    StringBuilder text = new StringBuilder();
    List<Called> calls = new ArrayList<>();
    for (ContentBlock block : message.content()) {
      block.thinking().ifPresent(thought -> thinking.append(thought.thinking()));
      block.text().ifPresent(said -> text.append(said.text()));
      block
          .toolUse()
          .ifPresent(
              call -> calls.add(new Called(call.id(), call.name(), call._input().toString())));
    }
    lastCall = calls.isEmpty() ? lastCall : calls.getLast().id();
    StopReason stop = message.stopReason().orElseThrow();
    return new Heard(
        thinking.toString(),
        text.toString(),
        calls.stream().map(AnthropicConversing::quoted).toList(),
        stop.equals(StopReason.TOOL_USE)
            ? "tool"
            : stop.equals(StopReason.END_TURN) ? "end" : stop.toString(),
        message.usage().inputTokens(),
        message.usage().outputTokens());
  }

  /** The SDK prints JSON as Java does its maps. */
  private static Called quoted(Called call) {
    return new Called(call.id(), call.name(), call.arguments().replace("city", "\"city\""));
  }

  private Message streamedAnswer() {
    MessageAccumulator accumulator = MessageAccumulator.create();
    try (StreamResponse<RawMessageStreamEvent> events =
        client.messages().createStreaming(params.build())) {
      events.stream().forEach(accumulator::accumulate);
    }
    return accumulator.message();
  }

  @Override
  public void close() {
    client.close();
  }
}
