package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EvidenceTest {

  private static final long BYTES = 12_800;

  private final Evidence words = new Evidence(LearnedClass.WORDS);

  @Test
  void learnsNothingOfFewReports() {
    observe(255, 50);
    assertThat(words.part()).isEqualTo(Factors.UNIT);
    observe(1, 50);
    assertThat(words.part()).isEqualTo(75);
  }

  @Test
  void needsAMarginThatFallsWithTheNumberOfReports() {
    observe(1_024, 50);
    assertThat(words.part()).isEqualTo(68);
    observe(3_072, 50);
    assertThat(words.part()).isEqualTo(63);
  }

  @Test
  void roundsTokensAByteUp() {
    for (int i = 0; i < 4_096; i++) {
      words.observe(4_901, BYTES);
    }
    words.confirmFresh();
    assertThat(words.part()).isEqualTo(63);
  }

  @Test
  void takesTheHighestOfFewReportsAndAllButOneInAThousandOfMany() {
    observe(998, 40);
    observe(1, 80);
    assertThat(words.part()).isEqualTo(120);
    observe(4_000, 40);
    assertThat(words.part()).isEqualTo(50);
    observe(5, 60);
    assertThat(words.part()).isEqualTo(75);
  }

  @Test
  void neverGoesBelowTheFloorNorAboveOne() {
    observe(5_000, 25);
    assertThat(words.part()).isEqualTo(LearnedClass.WORDS.floor());
    observe(50, 128);
    assertThat(words.part()).isEqualTo(Factors.UNIT);
  }

  @Test
  void takesNoNoticeOfReportsThatCannotBe() {
    observe(10_000, 1);
    observe(10_000, 19);
    assertThat(words.part()).isEqualTo(Factors.UNIT);
    assertThat(words.glean()).isNull();
  }

  @Test
  void needsTwiceAsManyReportsAfterEachReset() {
    observe(300, 50);
    words.reset();
    assertThat(words.part()).isEqualTo(Factors.UNIT);
    observe(511, 50);
    assertThat(words.part()).isEqualTo(Factors.UNIT);
    observe(1, 50);
    assertThat(words.part()).isEqualTo(75);
  }

  @Test
  void countsOnlyWhatTheDatabaseHas() {
    for (int i = 0; i < 1_000; i++) {
      words.observe(50 * 100, BYTES);
    }
    assertThat(words.part()).isEqualTo(Factors.UNIT);
    Evidence.Gleaned gleaned = Objects.requireNonNull(words.glean());
    assertThat(words.glean()).isNull();
    words.confirm(0, gleaned.reports());
    assertThat(words.part()).isEqualTo(75);
  }

  @Test
  void aResetHoldsOverWhatIsOlder() {
    words.reset();
    words.confirm(0, Collections.nCopies(Factors.UNIT, 100L));
    assertThat(words.part()).isEqualTo(Factors.UNIT);
    assertThat(words.glean()).isEqualTo(new Evidence.Gleaned(LearnedClass.WORDS, 1, none()));
  }

  @Test
  void aResetElsewhereIsTakenOver() {
    observe(300, 50);
    words.confirm(3, none());
    assertThat(words.part()).isEqualTo(Factors.UNIT);
    assertThat(words.glean()).isNull();
  }

  private static List<Long> none() {
    return Collections.nCopies(Factors.UNIT, 0L);
  }

  private void observe(int reports, long part) {
    for (int i = 0; i < reports; i++) {
      words.observe(part * 100, BYTES);
    }
    words.confirmFresh();
  }
}
