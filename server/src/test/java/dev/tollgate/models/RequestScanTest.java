package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.CallShape.CacheWrite;
import java.nio.charset.StandardCharsets;
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
}
