package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.CallShape.CacheWrite;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.json.JsonFactory;

class RequestScanTest {

  private static final JsonFactory JSON = RequestScan.factory(32);
  private static final Set<String> POLICY = Set.of("model", "max_tokens", "stream");

  private static RequestScan scan(String body) {
    return RequestScan.of(JSON, BodyBytes.of(body.getBytes(StandardCharsets.UTF_8)), POLICY);
  }

  @Test
  void findsEachMemberWhereItStands() {
    String body =
        " { \"a\" : \"ü\\\"x\" , \"model\":\"m\",\"n\": 12 ,\"o\":{\"p\":[1,2]},\"z\":null } ";
    RequestScan scan = scan(body);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    assertThat(scan.spans())
        .extracting(span ->
            new String(bytes, span.start(), span.end() - span.start(), StandardCharsets.UTF_8))
        .containsExactly("\"ü\\\"x\"", "\"m\"", "12", "{\"p\":[1,2]}", "null");
    assertThat(scan.spans()).extracting(span -> (char) bytes[span.key()]).containsOnly('"');
    assertThat(scan.string("model")).isEqualTo("m");
    assertThat(scan.whole("n", 1)).isEqualTo(12L);
    assertThat(scan.has("z")).isFalse();
    assertThat(scan.string("z")).isNull();
  }

  private static List<String> opening(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return scan(body).opening().stream()
        .map(span ->
            new String(bytes, span.start(), span.end() - span.start(), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void knowsWhatAConversationBeginsWith() {
    assertThat(
            opening(
                """
                {"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"a"},
                {"role":"user","content":"more"}]}\
                """))
        .containsExactly("\"hi\"");
    assertThat(
            opening(
                """
                {"messages":[{"role":"system","content":"be kind"},{"content":"tip","role":"developer"},
                {"content":[{"type":"text","text":"one"},{"type":"image_url","image_url":{"url":"u"}},
                {"type":"text","text":"two","cache_control":{"type":"ephemeral"}}],"role":"user"},
                {"role":"user","content":"more"}]}\
                """))
        .containsExactly("\"be kind\"", "\"one\"", "\"two\"");
    assertThat(opening("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\"}]}]}"))
        .isEmpty();
    assertThat(opening("{\"tools\":[{\"role\":\"user\",\"content\":\"x\"}],\"messages\":[]}"))
        .isEmpty();
  }

  @Test
  void seesANameThroughItsEscapes() {
    assertThat(scan("{\"mod\\u0065l\":\"m\"}").string("model")).isEqualTo("m");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model\":\"cheap\",\"model\":\"dear\"}",
        "{\"model\":\"cheap\",\"mod\\u0065l\":\"dear\"}",
        "{\"max_tokens\":1,\"max_tokens\":100000}",
      })
  void refusesAFieldOfPolicyThatIsThereTwice(String body) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> scan(body))
        .matches(failure -> failure.code() == ErrorCode.INVALID_REQUEST)
        .withMessageContaining("twice");
  }

  @Test
  void letsOtherFieldsComeTwice() {
    assertThat(scan("{\"metadata\":1,\"metadata\":2}").spans()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "\"x\"", "{\"a\":1", "{\"a\":}", "{} {}", "{\"a\":1}x", "nul"})
  void refusesWhatIsNotOneJsonObject(String body) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> scan(body))
        .matches(failure -> failure.code() == ErrorCode.INVALID_REQUEST);
  }

  @Test
  void refusesNestingBeyondTheLimit() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> scan("{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}"))
        .withMessageContaining("nested");
  }

  @Test
  void countsWhatCostsAndLeavesOutEmbeddedData() {
    String data = "A".repeat(10_000);
    RequestScan scan =
        scan(
            """
            {"model":"m","system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],
             "messages":[
               {"role":"user","content":[
                 {"type":"image","source":{"type":"base64","media_type":"image/png","data":"%s"}},
                 {"type":"image_url","image_url":{"url":"data:image/png;base64,%s"}},
                 {"type":"document","source":{"type":"text","data":"%s"}}]},
               {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"}]},
               {"role":"user","content":[{"type":"tool_result","content":[
                 {"type":"image","source":{"type":"file","file_id":"f"}}]}]}],
             "tools":[{"name":"t","input_schema":{"type":"object","properties":{"image":{"type":"image"}}}},
                      {"type":"web_search_20250305","name":"web_search","max_uses":3}]}
            """
                .formatted(data, data, data));
    assertThat(scan.messages()).isEqualTo(3);
    assertThat(scan.tools()).isEqualTo(2);
    assertThat(scan.images()).isEqualTo(3);
    assertThat(scan.documents()).isEqualTo(1);
    assertThat(scan.external()).isTrue();
    assertThat(scan.thinkingBlocks()).isTrue();
    assertThat(scan.cacheWrite()).isEqualTo(CacheWrite.ONE_HOUR);
    assertThat(scan.hostedTools()).containsExactly(java.util.Map.entry("web_search_20250305", 3));
    assertThat(scan.textBytes()).isBetween(10_000L, 12_000L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"[1,2,3];3;3", "[[1,2],[3]];2;3", "'[\"a\",\"b\"]';2;0", "'[1,\"a\"]';2;0"})
  void countsTokensThatTheCallerHasMade(String input, int inputs, int numbers) {
    RequestScan scan = scan("{\"model\":\"m\",\"input\":" + input + "}");
    assertThat(scan.inputs()).isEqualTo(inputs);
    assertThat(scan.numbers()).isEqualTo(numbers);
  }

  @Test
  void takesNoPartOfAToolForATool() {
    RequestScan scan =
        scan(
            """
            {"tools":[{"type":"web_search_20250305","max_uses":2,
              "user_location":{"type":"approximate","city":"Seoul"}}]}
            """);
    assertThat(scan.hostedTools()).containsOnlyKeys("web_search_20250305");
  }

  @Test
  void countsAsTextWhatOnlyLooksEmbedded() {
    String text = "A".repeat(10_000);
    String tool =
        "{\"messages\":[{\"content\":[{\"type\":\"tool_use\",\"input\":{\"source\":"
            + "{\"type\":\"base64\",\"data\":\""
            + text
            + "\"}}}]}]}";
    assertThat(scan(tool).textBytes()).isGreaterThan(10_000);
    String noSource =
        "{\"messages\":[{\"content\":[{\"type\":\"base64\",\"data\":\"" + text + "\"}]}]}";
    assertThat(scan(noSource).textBytes()).isGreaterThan(10_000);
  }

  @Test
  void refusesAnObjectThatSaysItsKindTwice() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() ->
            scan(
                "{\"messages\":[{\"content\":[{\"type\":\"document\",\"source\":"
                    + "{\"type\":\"base64\",\"data\":\"AAAA\",\"type\":\"text\"}}]}]}"))
        .withMessageContaining("twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"5\"", "1.5", "-1", "99999999999", "true", "[]"})
  void refusesAMaximumThatIsNoWholeNumber(String value) {
    RequestScan scan = scan("{\"max_tokens\":" + value + "}");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> scan.whole("max_tokens", 0))
        .matches(failure -> "max_tokens".equals(failure.field()));
  }

  @Test
  void refusesABodyInAnotherEncoding() {
    for (Charset other : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16)) {
      BodyBytes body = BodyBytes.of("{\"model\":\"m\",\"stream\":true}".getBytes(other));
      assertThatExceptionOfType(Failure.class)
          .as(other.name())
          .isThrownBy(() -> RequestScan.of(RequestScan.factory(32), body, Set.of("model")))
          .withMessageContaining("UTF-8");
    }
  }

  @Test
  void countsToolsThatAnItemBrings() {
    RequestScan scan =
        scan(
            """
            {"tools":[{"type":"tool_search"},{"type":"shell","environment":{"type":"local"}}],
            "input":[{"type":"message","role":"user","content":"hi"},
            {"tools":[{"type":"function","name":"a","parameters":{"type":"web_search"}},
             {"type":"namespace","name":"n","tools":[{"type":"code_interpreter",
              "container":{"type":"auto"}}]},
             {"type":"web_search"},{"type":"shell"}],"type":"tool_search_output"}]}\
            """);
    assertThat(scan.tools()).isEqualTo(2 + 4);
    assertThat(scan.hostedTools())
        .containsOnlyKeys("tool_search", "shell", "namespace", "code_interpreter", "web_search");
    assertThat(scan.broughtTools())
        .containsExactlyInAnyOrder("namespace", "code_interpreter", "web_search", "shell");
  }

  @Test
  void countsToolsThatATurnOfMessagesAdds() {
    RequestScan scan =
        scan(
            """
            {"tools":[{"name":"t","input_schema":{}}],
            "messages":[{"role":"user","content":"hi"},
            {"role":"system","content":[
             {"type":"tool_addition","tool":{"type":"tool_reference","name":"t"}},
             {"type":"tool_addition","tool":{"type":"tool_definition","definition":
              {"type":"web_search_20250305","name":"web_search","max_uses":7}}}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"x","name":"t","input":
             {"tool":{"definition":{"type":"web_fetch_20250910"}}}}]}]}\
            """);
    assertThat(scan.tools()).isEqualTo(1 + 1);
    assertThat(scan.hostedTools()).containsExactly(java.util.Map.entry("web_search_20250305", 7));
  }

  @Test
  void takesNoOtherToolsOfAnItemForTools() {
    RequestScan scan =
        scan(
            """
            {"input":[{"type":"function_call_output","call_id":"c","output":"{}",
            "arguments":{"tools":[{"type":"web_search"}]}},
            {"type":"message","content":[{"type":"input_text","text":"x",
             "tools":[{"type":"web_search"}]}]}]}\
            """);
    assertThat(scan.tools()).isZero();
    assertThat(scan.hostedTools()).isEmpty();
  }
}
