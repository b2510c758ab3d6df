package dev.tollgate.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Conversations in files, both sides of each. */
class GoldenConversationsTest {

  private static final JsonMapper JSON = new JsonMapper();

  static Stream<Cassette> requests() {
    return with("request.json", "request.upstream.json");
  }

  static Stream<Cassette> answers() {
    return with("answer.upstream.json", "answer.json");
  }

  static Stream<Cassette> streams() {
    return with("stream.upstream.txt", "stream.txt");
  }

  private static Stream<Cassette> with(String from, String to) {
    List<Cassette> found = Cassette.all().stream().filter(c -> c.has(from)).toList();
    assertThat(found).isNotEmpty().allMatch(c -> c.has(to));
    return found.stream();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void writesTheRequest(Cassette cassette) {
    Translated translated =
        cassette.translation().request(cassette.bytes("request.json"), cassette.target());
    assertThat(pretty(translated.body()))
        .isEqualTo(pretty(cassette.bytes("request.upstream.json")));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void writesTheAnswer(Cassette cassette) {
    byte[] answer =
        cassette.translation().answer(cassette.bytes("answer.upstream.json"), cassette.asked());
    assertThat(pretty(answer)).isEqualTo(pretty(cassette.bytes("answer.json")));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void writesTheStream(Cassette cassette) {
    StreamTranslation translation = cassette.translation().stream(cassette.asked());
    String stream = cassette.text("stream.upstream.txt");
    assertThat(Streams.translated(translation, stream)).isEqualTo(cassette.text("stream.txt"));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void understandsOtherLineEndings(Cassette cassette) {
    StreamTranslation translation = cassette.translation().stream(cassette.asked());
    StringBuilder out = new StringBuilder();
    for (byte[] event : Streams.events(cassette.text("stream.upstream.txt"))) {
      byte[] windows =
          new String(event, StandardCharsets.UTF_8)
              .replace("\n", "\r\n")
              .getBytes(StandardCharsets.UTF_8);
      // In the middle of other bytes, as they stand in a buffer.
      byte[] within = new byte[windows.length + 20];
      Arrays.fill(within, (byte) '}');
      System.arraycopy(windows, 0, within, 7, windows.length);
      out.append(
          new String(translation.event(within, 7, 7 + windows.length), StandardCharsets.UTF_8));
    }
    out.append(new String(translation.end(), StandardCharsets.UTF_8));
    assertThat(out.toString()).isEqualTo(cassette.text("stream.txt"));
  }

  private static String pretty(byte[] json) {
    JsonNode tree = JSON.readTree(json);
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
  }
}
