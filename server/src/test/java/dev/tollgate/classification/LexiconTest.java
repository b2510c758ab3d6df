package dev.tollgate.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LexiconTest {

  private static final String TERMS =
      """
      # a lexicon for these tests
      [visual.all] visual 1
      weights: 0 0 0 3 0
      ui, css, bar chart, chart
      [hard] ultrabrain 1
      weights: 0 0 0 0 3
      architect*, 설계, 시간복잡도
      [verse] artistry 1
      weights: 0 0 3 0 0
      rap, poem, 시
      [fact] quick 1
      weights: 2 0 0 0 0
      what is, 설계도, hi
      [brief.chat] quick 1
      weights: 1 0 0 0 0
      go on
      [shape.always] quick 1
      weights: 0 0.5 0 0 0
      """;

  private final Lexicon lexicon = lexicon(TERMS);

  @ParameterizedTest
  @CsvSource({
    "wrap the call,artistry,0",
    "write a rap,artistry,3",
    "build a guild,visual,0",
    "the ui.,visual,3",
    "two poems,artistry,3",
    "poet,artistry,0",
    "architecture of it,ultrabrain,3",
    "the re-architected one,ultrabrain,3",
    "what  is it,quick,2",
    "whatis it,quick,0",
    "css로 고쳐줘,visual,3",
    "bar chart,visual,3",
    "a chart and a bar chart,visual,4.8",
    "his history,quick,0",
    "hi there,quick,2",
    "chart chart chart,visual,3",
  })
  void matchesWholeWordsOnly(String text, String category, float weight) {
    int slot = Objects.requireNonNull(Category.named(category)).slot();
    assertThat(weigh(text)[slot]).isEqualTo(weight);
  }

  @ParameterizedTest
  @CsvSource({
    "설계,3",
    "설계를,3",
    "설계해줘,3",
    "설계하려면,3",
    "설계부터는,3",
    "시스템의 설계만이라도,3",
    "재설계,0",
    "설계사,0",
    "시간복잡도까지,3",
  })
  void followsParticlesAndLightVerbsOfKorean(String text, float weight) {
    assertThat(weigh(text)[Category.ULTRABRAIN.slot()]).isEqualTo(weight);
  }

  @Test
  void prefersTheLongestTerm() {
    float[] scores = weigh("설계도");

    assertThat(scores[Category.QUICK.slot()]).isEqualTo(2);
    assertThat(scores[Category.ULTRABRAIN.slot()]).isZero();
  }

  @Test
  void takesAnHourForNoPoem() {
    assertThat(weigh("3시 회의")[Category.ARTISTRY.slot()]).isZero();
    assertThat(weigh("짧은 시를 써줘")[Category.ARTISTRY.slot()]).isEqualTo(3);
  }

  @Test
  void readsDecomposedHangul() {
    String decomposed = java.text.Normalizer.normalize("설계해줘", java.text.Normalizer.Form.NFD);

    assertThat(weigh(Classifier.plain(decomposed))[Category.ULTRABRAIN.slot()]).isEqualTo(3);
  }

  @Test
  void countsLessInTheMiddleOfALongText() {
    String padding = "and so on and so on ".repeat(10);

    assertThat(weigh("a poem " + padding)[Category.ARTISTRY.slot()]).isEqualTo(3);
    assertThat(weigh(padding + "a poem")[Category.ARTISTRY.slot()]).isEqualTo(3);
    assertThat(weigh(padding + "a poem " + padding)[Category.ARTISTRY.slot()])
        .isEqualTo(1.2f, within(1e-5f));
  }

  @Test
  void takesSmallTalkForSuchAloneOrNotAtAll() {
    assertThat(weigh("go on")[Category.QUICK.slot()]).isEqualTo(1);
    assertThat(weigh("they go on " + "and on ".repeat(12))[Category.QUICK.slot()]).isZero();
  }

  @Test
  void weighsShapesToo() {
    float[] features = new float[lexicon.features()];
    features[Shape.ALWAYS.slot()] = 2;

    assertThat(lexicon.scores(features)).containsExactly(0, 1, 0, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "'[a]\n\nterm, ',3",
    "'[a]\nterm, term',2",
    "'[a]\nterm\n[b]\nterm',4",
    "'term',1",
    "'[a\nterm',1",
    "'[a]\nterm\n[a]',3",
    "'[shape.nosuch]',1",
    "'[shape.always]\nterm',2",
    "'[a]\nweights: 1 2 3 4',2",
    "'[a]\nweights: 1 2 3 4 x',2",
  })
  void saysWhichLineOfAFileIsWrong(String file, int line) {
    assertThatThrownBy(() -> lexicon(file.replace("\\n", "\n")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("line " + line);
  }

  private float[] weigh(String text) {
    Features features = lexicon.features(new BitSet());
    lexicon.find(Classifier.plain(text), 1, features);
    return lexicon.scores(features.values());
  }

  private static Lexicon lexicon(String text) {
    try {
      return Lexicon.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
