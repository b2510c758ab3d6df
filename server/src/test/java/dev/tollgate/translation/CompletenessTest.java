package dev.tollgate.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.models.messages.DocumentBlockParam;
import com.anthropic.models.messages.ImageBlockParam;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Metadata;
import com.anthropic.models.messages.OutputConfig;
import com.anthropic.models.messages.RedactedThinkingBlockParam;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.ThinkingBlockParam;
import com.anthropic.models.messages.ThinkingConfigAdaptive;
import com.anthropic.models.messages.ThinkingConfigEnabled;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolChoiceTool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlockParam;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.openai.models.FunctionDefinition;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletionAssistantMessageParam;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionSystemMessageParam;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.chat.completions.ChatCompletionUserMessageParam;
import dev.tollgate.kernel.Failure;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every member that the official SDKs declare has been decided on: none of them is unknown here.
 */
class CompletenessTest {

  private static final String CHAT = "{\"model\":\"m\",\"messages\":[%s]}";
  private static final String USER = "{\"role\":\"user\",\"content\":%s}";
  private static final String THEN_USER = ",{\"role\":\"user\",\"content\":\"a\"}";

  /** The declared type, and a request with a place for one more of its members. */
  static Stream<Arguments> types() {
    String text = "\"type\":\"text\",\"text\":\"a\"";
    return Stream.of(
        chat(ChatCompletionCreateParams.Body.class, question("#")),
        chat(
            ChatCompletionStreamOptions.class,
            question(",\"stream_options\":{\"include_usage\":true#}")),
        chat(
            ResponseFormatJsonSchema.JsonSchema.class,
            question(
                ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\"#}}")),
        chat(
            FunctionDefinition.class,
            question(",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"#}}]")),
        chat(
            ChatCompletionSystemMessageParam.class,
            CHAT.formatted("{\"role\":\"system\",\"content\":\"a\"#}" + THEN_USER)),
        chat(
            ChatCompletionUserMessageParam.class,
            CHAT.formatted("{\"role\":\"user\",\"content\":\"a\"#}")),
        chat(
            ChatCompletionAssistantMessageParam.class,
            CHAT.formatted("{\"role\":\"assistant\",\"content\":\"a\"#}" + THEN_USER)),
        // Clients append what they got.
        chat(
            ChatCompletionMessage.class,
            CHAT.formatted("{\"role\":\"assistant\",\"content\":\"a\"#}" + THEN_USER)),
        chat(
            ChatCompletionToolMessageParam.class,
            CHAT.formatted("{\"role\":\"tool\",\"content\":\"a\",\"tool_call_id\":\"b\"#}")),
        chat(
            ChatCompletionContentPartText.class,
            CHAT.formatted(USER.formatted("[{" + text + "#}]"))),
        chat(
            ChatCompletionContentPartImage.class,
            CHAT.formatted(
                USER.formatted(
                    "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://a\"}#}]"))),
        chat(
            ChatCompletionContentPartImage.ImageUrl.class,
            CHAT.formatted(
                USER.formatted(
                    "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://a\"#}}]"))),
        chat(
            ChatCompletionContentPart.File.FileObject.class,
            CHAT.formatted(USER.formatted("[{\"type\":\"file\",\"file\":{\"filename\":\"a\"#}}]"))),
        messages(MessageCreateParams.Body.class, question(",\"max_tokens\":9#")),
        messages(Metadata.class, request(",\"metadata\":{#}")),
        messages(OutputConfig.class, request(",\"output_config\":{#}")),
        messages(
            ThinkingConfigEnabled.class,
            request(",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000#}")),
        messages(ThinkingConfigAdaptive.class, request(",\"thinking\":{\"type\":\"adaptive\"#}")),
        messages(Tool.class, request(",\"tools\":[{\"name\":\"a\",\"input_schema\":{}#}]")),
        messages(
            ToolChoiceTool.class, request(",\"tool_choice\":{\"type\":\"tool\",\"name\":\"a\"#}")),
        messages(TextBlockParam.class, block("user", text)),
        messages(
            ImageBlockParam.class,
            block(
                "user", "\"type\":\"image\",\"source\":{\"type\":\"url\",\"url\":\"https://a\"}")),
        messages(
            DocumentBlockParam.class,
            block(
                "user",
                "\"type\":\"document\",\"source\":{\"type\":\"text\",\"data\":\"a\","
                    + "\"media_type\":\"text/plain\"}")),
        messages(
            ToolResultBlockParam.class,
            block("user", "\"type\":\"tool_result\",\"tool_use_id\":\"a\"")),
        messages(
            ToolUseBlockParam.class,
            block("assistant", "\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"b\",\"input\":{}")),
        messages(
            ThinkingBlockParam.class,
            block("assistant", "\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"b\"")),
        messages(
            RedactedThinkingBlockParam.class,
            block("assistant", "\"type\":\"redacted_thinking\",\"data\":\"a\"")));
  }

  private static Arguments chat(Class<?> type, String request) {
    return Arguments.of("chat-to-messages", "haiku", type, request);
  }

  private static Arguments messages(Class<?> type, String request) {
    return Arguments.of("messages-to-chat", "reasoner", type, request);
  }

  private static String request(String member) {
    return question(",\"max_tokens\":9" + member);
  }

  private static String question(String members) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]" + members + "}";
  }

  private static String block(String role, String members) {
    return "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\""
        + role
        + "\",\"content\":[{"
        + members
        + "#}]}"
        + THEN_USER
        + "]}";
  }

  @ParameterizedTest
  @MethodSource("types")
  void knowsEveryMember(String direction, String target, Class<?> type, String request) {
    List<String> members = members(type);
    assertThat(members).isNotEmpty();
    for (String member : members) {
      for (String value : List.of("5", "{}", "\"a\"", "true")) {
        String more = ",\"" + member + "\":" + value;
        String body = request.replace("#", more).replace("{,", "{");
        assertThat(refusal(direction, target, body))
            .as("%s: %s", type.getSimpleName(), body)
            .doesNotContain("it is not known here");
      }
    }
  }

  private static String refusal(String direction, String target, String body) {
    try {
      Targets.direction(direction)
          .request(body.getBytes(StandardCharsets.UTF_8), Targets.named(target));
      return "";
    } catch (Failure failure) {
      return String.valueOf(failure.getMessage());
    }
  }

  private static List<String> members(Class<?> type) {
    List<String> members = new ArrayList<>();
    for (Method method : type.getDeclaredMethods()) {
      JsonProperty property = method.getAnnotation(JsonProperty.class);
      if (property != null) {
        members.add(property.value());
      }
    }
    return members;
  }
}
