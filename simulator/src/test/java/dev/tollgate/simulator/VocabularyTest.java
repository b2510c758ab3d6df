package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VocabularyTest {

  @Test
  void everyWordIsDocumented() throws Exception {
    String howto = Files.readString(Path.of("..", "docs", "howto", "simulator.md"));

    assertThat(Stream.of(Key.values()).map(key -> "| `" + key.word() + "` |"))
        .allMatch(howto::contains);
  }

  @Test
  void readsPairsHoweverTheyAreSeparated() {
    assertThat(Settings.parse(" status=429;retry-after=2 ; gzip").words())
        .containsEntry("status", "429")
        .containsEntry("retry-after", "2")
        .containsEntry("gzip", "true")
        .hasSize(3);
  }

  @Test
  void readsDurations() {
    assertThat(Settings.parse("first-byte=2s").micros(Key.FIRST_BYTE)).isEqualTo(2_000_000);
    assertThat(Settings.parse("first-byte=7").micros(Key.FIRST_BYTE)).isEqualTo(7_000);
    assertThat(Settings.parse("first-byte=500us").micros(Key.FIRST_BYTE)).isEqualTo(500);
    assertThatThrownBy(() -> Behaviour.of(Settings.parse("first-byte=soon")))
        .hasMessageContaining("first-byte=soon");
  }

  @Test
  void findsDirectivesAmongOtherText() {
    String said = "Please [[sim: status=429]] answer [[tool: weather]] now [[sim: gzip]]";

    assertThat(Directives.settings(said).words()).containsOnlyKeys("status", "gzip");
    assertThat(Directives.toolName(said)).isEqualTo("weather");
    assertThat(Directives.strip(said)).isEqualTo("Please  answer  now");
  }
}
