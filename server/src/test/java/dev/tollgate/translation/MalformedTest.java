package dev.tollgate.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes, what comes of it is a translation or a failure that says whose fault it is. */
class MalformedTest {

  private static final int TRIES = 400;
  private static final String[] VALUES = {
    "null", "0", "-1", "1e9", "\"x\"", "\"\"", "[]", "{}", "[null]", "{\"type\":5}", "true"
  };

  static Stream<Cassette> all() {
    return Cassette.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void damagedFilesFailAsTheyShould(Cassette cassette) {
    Random random = new Random(cassette.toString().hashCode());
    Translation translation = cassette.translation();
    Asked asked = cassette.asked();
    for (int i = 0; i < TRIES; i++) {
      if (cassette.has("request.json")) {
        byte[] damaged = damaged(cassette.text("request.json"), random);
        fails(ErrorCode.INVALID_REQUEST, () -> translation.request(damaged, cassette.target()));
      }
      if (cassette.has("answer.upstream.json")) {
        byte[] damaged = damaged(cassette.text("answer.upstream.json"), random);
        fails(ErrorCode.UPSTREAM_INVALID, () -> translation.answer(damaged, asked));
      }
      if (cassette.has("stream.upstream.txt")) {
        String damaged =
            new String(
                damaged(cassette.text("stream.upstream.txt"), random), StandardCharsets.UTF_8);
        fails(
            ErrorCode.UPSTREAM_INVALID,
            () -> Streams.translated(translation.stream(asked), damaged));
      }
    }
  }

  /** No other exception may come out of it. */
  private static void fails(ErrorCode code, Runnable translate) {
    try {
      translate.run();
    } catch (Failure failure) {
      assertThat(failure.code()).isEqualTo(code);
    }
  }

  /** A value exchanged for another, or some bytes for others, or all after one cut off. */
  private static byte[] damaged(String text, Random random) {
    int at = random.nextInt(text.length());
    String damaged =
        switch (random.nextInt(4)) {
          case 0 -> text.substring(0, at);
          case 1 -> text.substring(0, at) + (char) random.nextInt(128) + text.substring(at + 1);
          default -> exchanged(text, at, random);
        };
    byte[] bytes = damaged.getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(8) == 0 && bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static String exchanged(String text, int from, Random random) {
    int colon = text.indexOf(':', from);
    if (colon < 0) {
      return text;
    }
    int end = colon + 1;
    int depth = 0;
    boolean string = false;
    for (; end < text.length(); end++) {
      char c = text.charAt(end);
      if (c == '"' && text.charAt(end - 1) != '\\') {
        string = !string;
      } else if (!string && (c == '{' || c == '[')) {
        depth++;
      } else if (!string && (c == '}' || c == ']' || c == ',') && (depth == 0 || --depth < 0)) {
        break;
      }
    }
    String value = VALUES[random.nextInt(VALUES.length)];
    return text.substring(0, colon + 1) + value + text.substring(end);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          messages-to-chat | {}
          messages-to-chat | []
          messages-to-chat | {"choices": []}
          messages-to-chat | {"choices": [{}]}
          messages-to-chat | {"choices": [{"message": null}]}
          messages-to-chat | {"choices": [{"message": {}}], "model": "m"}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {}}, {"message": {}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"function_call": {}}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"tool_calls": [{}]}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"tool_calls": {"function": {}}}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"tool_calls": [{"function": {"name": "a", "arguments": [1]}}]}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"content": {"type": "text", "text": "a"}}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"content": ["a"]}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"content": [{"type": "text", "text": 1}]}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"content": [{"type": "image_url"}]}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"content": [{"type": "thinking", "thinking": {}}]}}]}
          messages-to-chat | {"id": "a", "model": "m", "choices": [{"message": {"tool_calls": [{"function": {"name": "a", "arguments": "{"}}]}}]}
          chat-to-messages | <html>
          chat-to-messages | {"content": [{"type": "server_tool_use"}], "stop_reason": "end_turn"}
          chat-to-messages | {"content": [], "id": "a", "model": "m"}
          chat-to-messages | {"content": [{"type": "tool_use", "id": "a", "name": "b", "input": []}], "id": "a", "model": "m", "stop_reason": "tool_use"}
          """)
  void answersOfNoDialectAreTheProvidersFault(String direction, String answer) {
    assertThatThrownBy(() ->
            Targets.direction(direction)
                .answer(answer.getBytes(StandardCharsets.UTF_8), new Asked(true, true)))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.UPSTREAM_INVALID));
  }

  static Stream<List<String>> streams() {
    String start =
        """
        {"type":"message_start","message":{"id":"a","model":"m"}}\
        """;
    return Stream.of(
        List.of("chat-to-messages", "{\"type\":\"content_block_delta\"}"),
        List.of("chat-to-messages", "{\"type\":\"message_stop\"}"),
        List.of("chat-to-messages", start, start),
        List.of("chat-to-messages", start, "{\"type\":\"message_stop\"}"),
        List.of(
            "chat-to-messages",
            start,
            "{\"type\":\"content_block_delta\",\"index\":0,"
                + "\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\"}}"),
        List.of("messages-to-chat", "{\"choices\":[{\"index\":1,\"delta\":{}}]}"),
        List.of("messages-to-chat", "[DONE]"),
        List.of(
            "messages-to-chat",
            "{\"id\":\"a\",\"model\":\"m\",\"choices\":[{\"delta\":{\"tool_calls\":[{}]}}]}"),
        List.of("messages-to-chat", chunk("{\"content\":{\"text\":\"a\"}}")),
        List.of("messages-to-chat", chunk("{\"content\":[{\"type\":\"image_url\"}]}")),
        List.of("messages-to-chat", chunk("\"text\"")),
        // A call goes on after its end.
        List.of(
            "messages-to-chat",
            chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"a\"}}]}"),
            chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]}"),
            chunk("{\"content\":\"text\"}"),
            chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]}")));
  }

  private static String chunk(String delta) {
    return "{\"id\":\"a\",\"model\":\"m\",\"choices\":[{\"delta\":" + delta + "}]}";
  }

  @ParameterizedTest
  @MethodSource("streams")
  void streamsOfNoDialectAreTheProvidersFault(List<String> stream) {
    StreamTranslation translation =
        Targets.direction(stream.getFirst()).stream(new Asked(true, true));
    StringBuilder events = new StringBuilder();
    stream.stream().skip(1).forEach(data -> events.append("data: " + data + "\n\n"));
    assertThatThrownBy(() -> Streams.translated(translation, events.toString()))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.UPSTREAM_INVALID));
  }

  @ParameterizedTest
  @CsvSource({"chat-to-messages", "messages-to-chat"})
  void bodiesOfBracketsAloneAreRefused(String direction) {
    for (String body :
        List.of(
            "{\"messages\":[" + "[],".repeat(600_000) + "[]]}",
            "{" + "\"a\":0,".repeat(200_000) + "\"b\":0}")) {
      assertThatThrownBy(() ->
              Targets.direction(direction)
                  .request(body.getBytes(StandardCharsets.UTF_8), Targets.named("haiku")))
          .isInstanceOfSatisfying(
              Failure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }
  }

  @ParameterizedTest
  @CsvSource({"chat-to-messages", "messages-to-chat"})
  void deepBodiesDoNotOverflowTheStack(String direction) {
    String deep = "{\"messages\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    fails(
        ErrorCode.INVALID_REQUEST,
        () ->
            Targets.direction(direction)
                .request(deep.getBytes(StandardCharsets.UTF_8), Targets.named("haiku")));
  }
}
