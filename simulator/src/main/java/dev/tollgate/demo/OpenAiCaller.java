package dev.tollgate.demo;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import dev.tollgate.demo.Told.Headers;
import java.time.Duration;

/** A developer with OpenAI's SDK for Java. */
final class OpenAiCaller implements AutoCloseable {

  private static final String SDK = "OpenAI SDK";

  private final OpenAIClient client;

  OpenAiCaller(String url, String key) {
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(url + "/v1")
            .apiKey(key)
            .timeout(Duration.ofSeconds(60))
            .maxRetries(0)
            .build();
  }

  Told call(String model, long maximum, String text) {
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder()
            .model(model)
            .maxCompletionTokens(maximum)
            .addUserMessage(text)
            .build();
    try (HttpResponseFor<ChatCompletion> response =
        client.chat().completions().withRawResponse().create(params)) {
      return told(model, response.parse().validate(), Headers.of(response.headers()::values));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private static Told told(String asked, ChatCompletion completion, Headers headers) {
    CompletionUsage usage =
        completion.usage().orElseThrow(() -> new Unexpected("OpenAI's answer reports no usage"));
    return new Told(
        SDK,
        asked,
        completion.model(),
        usage.promptTokens(),
        usage.completionTokens(),
        completion.choices().getFirst().message().content().orElse(""),
        headers);
  }
}
