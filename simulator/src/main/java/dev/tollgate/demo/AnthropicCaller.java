package dev.tollgate.demo;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.HttpResponseFor;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import dev.tollgate.demo.Told.Headers;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A developer with Anthropic's SDK for Java. */
final class AnthropicCaller implements AutoCloseable {

  private static final String SDK = "Anthropic SDK";

  private final AnthropicClient client;

  AnthropicCaller(String url, String key) {
    client =
        AnthropicOkHttpClient.builder()
            .baseUrl(url)
            .apiKey(key)
            .timeout(Duration.ofSeconds(60))
            .maxRetries(0)
            .build();
  }

  Told call(String model, long maximum, String text) {
    try (HttpResponseFor<Message> response =
        client.messages().withRawResponse().create(params(model, maximum, text))) {
      return told(model, response.parse().validate(), Headers.of(response.headers()::values));
    }
  }

  /** The same in pieces, each handed to {@code listener} as it arrives. */
  Told stream(String model, long maximum, String text, Consumer<String> listener) {
    MessageAccumulator accumulator = MessageAccumulator.create();
    try (HttpResponseFor<StreamResponse<RawMessageStreamEvent>> response =
            client.messages().withRawResponse().createStreaming(params(model, maximum, text));
        StreamResponse<RawMessageStreamEvent> events = response.parse()) {
      events.stream()
          .map(accumulator::accumulate)
          .flatMap(event -> event.contentBlockDelta().stream())
          .flatMap(event -> event.delta().text().stream())
          .forEach(delta -> listener.accept(delta.text()));
      return told(model, accumulator.message(), Headers.of(response.headers()::values));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private static MessageCreateParams params(String model, long maximum, String text) {
    return MessageCreateParams.builder()
        .model(model)
        .maxTokens(maximum)
        .addUserMessage(text)
        .build();
  }

  private static Told told(String asked, Message message, Headers headers) {
    String text =
        message.content().stream()
            .filter(ContentBlock::isText)
            .map(block -> block.asText().text())
            .collect(Collectors.joining());
    return new Told(
        SDK,
        asked,
        message.model().asString(),
        message.usage().inputTokens(),
        message.usage().outputTokens(),
        text,
        headers);
  }
}
