package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.models.StreamReader.Verdict;
import dev.tollgate.spend.Usage;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageReadingTest {

  private static final String ANTHROPIC =
      """
      {"id":"msg_1","type":"message","content":[{"type":"tool_use","input":{"usage":{"input_tokens":9}}}],
       "usage":{"input_tokens":10,"cache_creation_input_tokens":30,"cache_read_input_tokens":5,
        "cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},
        "output_tokens":7,"server_tool_use":{"web_search_requests":2},"service_tier":"standard"}}
      """;

  private static final String OPENAI =
      """
      {"id":"c","choices":[{"message":{"content":"{\\"usage\\":{\\"prompt_tokens\\":1}}"}}],
       "usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
        "prompt_tokens_details":{"cached_tokens":40,"audio_tokens":10},
        "completion_tokens_details":{"reasoning_tokens":20,"audio_tokens":5}},"service_tier":"flex"}
      """;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100_000})
  void readsAnthropicsAnswerHoweverItArrives(int chunk) {
    AnswerReader reader = answer(Dialect.ANTHROPIC, ANTHROPIC, chunk);
    assertThat(reader.wellFormed()).isTrue();
    assertThat(reader.meter().usage())
        .isEqualTo(new Usage(10, 5, 10, 20, 7, 0, 0, 0, 2, "standard", null, null));
    assertThat(reader.rawUsage()).contains("\"ephemeral_1h_input_tokens\":20").endsWith("}");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100_000})
  void readsOpenAisAnswerIntoDisjointClasses(int chunk) {
    AnswerReader reader = answer(Dialect.OPENAI, OPENAI, chunk);
    assertThat(reader.wellFormed()).isTrue();
    assertThat(reader.meter().usage())
        .isEqualTo(new Usage(50, 40, 0, 0, 45, 20, 10, 5, 0, "flex", null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"usage\":{\"input_tokens\":1}", "<html>", "", "{\"a\":1}x"})
  void tellsAnAnswerThatIsNotWhole(String body) {
    assertThat(answer(Dialect.ANTHROPIC, body, 3).wellFormed()).isFalse();
  }

  private static AnswerReader answer(Dialect dialect, String body, int chunk) {
    AnswerReader reader = new AnswerReader(dialect);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += chunk) {
      reader.feed(bytes, at, Math.min(bytes.length, at + chunk));
    }
    return reader;
  }

  @Test
  void mergesBothReportsOfAnAnthropicStreamByClass() {
    StreamReader reader = StreamReader.of(Surface.MESSAGES, true);
    read(
        reader,
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":"
            + "{\"input_tokens\":25,\"cache_read_input_tokens\":100,\"output_tokens\":1,"
            + "\"service_tier\":\"standard\"}}}\n\n");
    assertThat(reader.finished()).isFalse();
    read(
        reader,
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":"
            + "{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\n");
    read(
        reader,
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":"
            + "{\"type\":\"input_json_delta\",\"partial_json\": \"{\\\"a\"}}\n\n");
    assertThat(reader.delivered()).isEqualTo(5 + 4);
    read(
        reader,
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":"
            + "{\"output_tokens\":15}}\n\n");
    assertThat(reader.finished()).isTrue();
    assertThat(reader.meter().usage())
        .isEqualTo(new Usage(25, 100, 0, 0, 15, 0, 0, 0, 0, "standard", null, null));
    assertThat(read(reader, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"))
        .isEqualTo(Verdict.LAST);
  }

  @Test
  void dropsTheUsageOfAnOpenAiStreamThatNobodyAskedFor() {
    String usage =
        "data:"
            + " {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n";
    StreamReader unasked = StreamReader.of(Surface.CHAT_COMPLETIONS, false);
    assertThat(
            read(
                unasked,
                "data: {\"choices\":[{\"delta\":{\"content\":\"héllo\"}}],\"usage\":null}\n\n"))
        .isEqualTo(Verdict.PASS);
    assertThat(unasked.delivered()).isEqualTo(6);
    assertThat(read(unasked, usage)).isEqualTo(Verdict.DROP);
    assertThat(unasked.meter().usage()).isEqualTo(Usage.of(3, 4));
    assertThat(read(unasked, "data: [DONE]\n\n")).isEqualTo(Verdict.LAST);
    assertThat(read(StreamReader.of(Surface.CHAT_COMPLETIONS, true), usage))
        .isEqualTo(Verdict.PASS);
  }

  @Test
  void countsNothingForADeltaWithoutText() {
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, false);
    read(reader, "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n");
    read(reader, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    assertThat(reader.delivered()).isZero();
  }

  @Test
  void endsAStreamAtTheProvidersError() {
    StreamReader reader = StreamReader.of(Surface.MESSAGES, true);
    assertThat(read(reader, "event: error\ndata: {\"type\":\"error\"}\n\n"))
        .isEqualTo(Verdict.LAST);
    assertThat(reader.failed()).isTrue();
  }

  private static Verdict read(StreamReader reader, String event) {
    byte[] bytes = ("xx" + event).getBytes(StandardCharsets.UTF_8);
    return reader.read(bytes, 2, bytes.length);
  }
}
