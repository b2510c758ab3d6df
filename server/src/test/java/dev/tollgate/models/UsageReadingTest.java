package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.models.StreamReader.Verdict;
import dev.tollgate.spend.Usage;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    AnswerReader reader = answer(Surface.MESSAGES, ANTHROPIC, chunk);
    assertThat(reader.wellFormed()).isTrue();
    assertThat(reader.meter().usage())
        .isEqualTo(new Usage(10, 5, 10, 20, 7, 0, 0, 0, 2, "standard", null, null));
    assertThat(reader.rawUsage()).contains("\"ephemeral_1h_input_tokens\":20").endsWith("}");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100_000})
  void readsOpenAisAnswerIntoDisjointClasses(int chunk) {
    AnswerReader reader = answer(Surface.CHAT_COMPLETIONS, OPENAI, chunk);
    assertThat(reader.wellFormed()).isTrue();
    assertThat(reader.meter().usage())
        .isEqualTo(new Usage(50, 40, 0, 0, 45, 20, 10, 5, 0, "flex", null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"usage\":{\"input_tokens\":1}", "<html>", "", "{\"a\":1}x"})
  void tellsAnAnswerThatIsNotWhole(String body) {
    assertThat(answer(Surface.MESSAGES, body, 3).wellFormed()).isFalse();
  }

  private static AnswerReader answer(Surface surface, String body, int chunk) {
    AnswerReader reader = new AnswerReader(surface, null);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += chunk) {
      reader.feed(bytes, at, Math.min(bytes.length, at + chunk));
    }
    return reader;
  }

  private static final String COMPACTED =
      """
      {"id":"msg_1","type":"message","content":[{"type":"text","text":"Hi"}],
       "usage":{"input_tokens":23000,"cache_creation_input_tokens":0,
        "iterations":[
         {"type":"compaction","input_tokens":180000,"output_tokens":3500,"cache_read_input_tokens":7,
          "cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,
          "ephemeral_1h_input_tokens":20},"list":[{"input_tokens":9}]},
         {"type":"message","input_tokens":23000,"output_tokens":1000}],
        "list":[{"input_tokens":900000}],"output_tokens":1000}}
      """;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100_000})
  void addsUpTheStepsOfAnAnswerThatWasCompacted(int chunk) {
    AnswerReader reader = answer(Surface.MESSAGES, COMPACTED, chunk);
    assertThat(reader.wellFormed()).isTrue();
    assertThat(reader.meter().usage())
        .isEqualTo(new Usage(203_000, 7, 10, 20, 4_500, 0, 0, 0, 0, null, null, null));
  }

  @Test
  void addsUpTheStepsOfACompactedStream() {
    StreamReader reader = StreamReader.of(Surface.MESSAGES, true, null);
    String steps =
        COMPACTED.replaceAll("\\s*\n\\s*", "").replaceAll("^.*\"usage\":", "").replaceAll("}$", "");
    read(
        reader,
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":"
            + "{\"input_tokens\":23000,\"output_tokens\":1}}}\n\n");
    read(
        reader,
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":" + steps + "}\n\n");
    assertThat(reader.meter().usage())
        .isEqualTo(new Usage(203_000, 7, 10, 20, 4_500, 0, 0, 0, 0, null, null, null));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100, 120, 170})
  void countsReasoningThatIsReportedBesideTheCompletion(long total) {
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, true, null);
    read(
        reader,
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,"
            + "\"total_tokens\":"
            + total
            + "}}\n\n");
    assertThat(reader.meter().usage().output()).isEqualTo(Math.max(20, total - 100));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"prompt_tokens\":8}", "{\"prompt_tokens\":8,\"total_tokens\":8}"})
  void takesVectorsForReportedWithoutAnAnswersTokens(String usage) {
    String body = "{\"data\":[{\"embedding\":\"AAAA\"}],\"usage\":" + usage + "}";
    AnswerReader reader = answer(Surface.EMBEDDINGS, body, 3);
    assertThat(reader.wellFormed()).isTrue();
    assertThat(reader.said()).isFalse();
    assertThat(reader.meter().reported()).isTrue();
    assertThat(reader.meter().usage()).isEqualTo(Usage.of(8, 0));
  }

  @Test
  void knowsAnAnswerWithoutText() {
    AnswerReader reader =
        answer(
            Surface.MESSAGES,
            "{\"content\":[],\"usage\":{\"input_tokens\":9,\"output_tokens\":0}}",
            3);
    assertThat(reader.wellFormed()).isTrue();
    assertThat(reader.said()).isFalse();
    assertThat(answer(Surface.MESSAGES, ANTHROPIC, 9).said()).isFalse();
    assertThat(answer(Surface.CHAT_COMPLETIONS, OPENAI, 9).said()).isTrue();
  }

  @Test
  void mergesBothReportsOfAnAnthropicStreamByClass() {
    StreamReader reader = StreamReader.of(Surface.MESSAGES, true, null);
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
    StreamReader unasked = StreamReader.of(Surface.CHAT_COMPLETIONS, false, null);
    assertThat(
            read(
                unasked,
                "data: {\"choices\":[{\"delta\":{\"content\":\"héllo\"}}],\"usage\":null}\n\n"))
        .isEqualTo(Verdict.PASS);
    assertThat(unasked.delivered()).isEqualTo(6);
    assertThat(read(unasked, usage)).isEqualTo(Verdict.DROP);
    assertThat(unasked.meter().usage()).isEqualTo(Usage.of(3, 4));
    assertThat(read(unasked, "data: [DONE]\n\n")).isEqualTo(Verdict.LAST);
    assertThat(read(StreamReader.of(Surface.CHAT_COMPLETIONS, true, null), usage))
        .isEqualTo(Verdict.PASS);
  }

  @Test
  void countsNothingForADeltaWithoutText() {
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, false, null);
    read(reader, "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n");
    read(reader, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    assertThat(reader.delivered()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|0",
        "{\"role\":\"assistant\"}|0",
        "{ \"role\" : \"assistant\" , \"content\" : \"\" }|0",
        "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[ ],\"audio\":{}}|0",
        "{\"content\":\"h\\\"}\"}|4",
        "{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"abc\"}|3",
        "{\"role\":\"assistant\",\"reasoning_content\":\"abcd\"}|4",
        "{\"content\":\"ab\",\"reasoning\":\"abc\",\"reasoning_content\":\"abc\","
            + "\"reasoning_details\":[{\"text\":\"abc\"}]}|5",
        "{\"content\":\"\",\"reasoning_details\":[1,2]}|5",
        "{\"role\":\"assistant\",\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":"
            + "\"ab\",\"arguments\":\"{}\"}},{\"function\":{\"arguments\":{\"a\":1}}}]}|11",
        "{\"content\":\"\",\"newer\":{\"a\":\"}\"}}|9"
      })
  void countsWhateverTheModelMade(String delta, long made) {
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, true, null);
    read(
        reader,
        "data: {\"choices\":[{\"delta\":" + delta + "},{\"delta\":{\"content\":\"xyz\"}}]}\n\n");
    assertThat(reader.delivered()).isEqualTo(made + 3);
  }

  @Test
  void takesAReportForTheLastWhereNothingFollows() {
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, true, null);
    String chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]%s}\n\n";
    read(reader, chunk.formatted(",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}"));
    assertThat(reader.finished()).isTrue();
    read(reader, chunk.formatted(""));
    assertThat(reader.finished()).isFalse();
    assertThat(reader.delivered()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"'\"stop\"', true", "null, false", "'\"\"', false"})
  void knowsTheEndByItsReason(String reason, boolean whole) {
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, true, null);
    read(
        reader,
        "data: {\"choices\":[{\"finish_reason\": "
            + reason
            + ",\"delta\":{\"content\":\"Hi\"}}]}\n\n");
    assertThat(reader.whole()).isEqualTo(whole);
    assertThat(reader.finished()).isFalse();
  }

  @Test
  void takesNoReportOfTheBeginningForThatOfTheEnd() {
    StreamReader reader = StreamReader.of(Surface.MESSAGES, true, null);
    read(
        reader,
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":"
            + "{\"input_tokens\":25,\"output_tokens\":1}}}\n\n");
    read(
        reader,
        """
        event: message_delta
        data: {"type":"message_delta","usage":{"input_tokens":25}}

        """);
    assertThat(reader.whole()).isTrue();
    assertThat(reader.finished()).isFalse();
  }

  @Test
  void endsAStreamAtTheProvidersError() {
    StreamReader reader = StreamReader.of(Surface.MESSAGES, true, null);
    assertThat(read(reader, "event: error\ndata: {\"type\":\"error\"}\n\n"))
        .isEqualTo(Verdict.LAST);
    assertThat(reader.failed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ \"error\": {\"code\": 502}}",
        "{\"error\" :{\"code\":502}}",
        "{\"id\":\"c\",\t\"error\"\t:\t{\"code\":502},\"choices\":[]}"
      })
  void knowsAnOpenAiErrorHoweverItIsWritten(String event) {
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, true, null);
    read(reader, "data: " + event + "\n\n");
    assertThat(reader.failed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":null,\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"content_filter_result\":{\"error\":{\"code\":"
            + "\"content_filter_error\"}}}]}",
        "{\"choices\":[{\"delta\":{\"content\" : \"{\\\"error\\\":1}\"}}]}"
      })
  void takesNothingElseForAnOpenAiError(String event) {
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, true, null);
    read(reader, "data: " + event + "\n\n");
    assertThat(reader.failed()).isFalse();
    assertThat(reader.delivered()).isPositive();
  }

  @Test
  void readsUsageHoweverItIsSpaced() {
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, true, null);
    read(
        reader,
        "data: {\"choices\" : [], \"usage\" : {\"prompt_tokens\" : 3, \"completion_tokens\" :"
            + " 4}}\n\n");
    assertThat(reader.finished()).isTrue();
    assertThat(reader.meter().usage()).isEqualTo(Usage.of(3, 4));
  }

  private static Verdict read(StreamReader reader, String event) {
    byte[] bytes = ("xx" + event).getBytes(StandardCharsets.UTF_8);
    return reader.read(bytes, 2, bytes.length);
  }
}
