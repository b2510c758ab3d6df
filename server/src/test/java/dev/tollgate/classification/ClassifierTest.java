package dev.tollgate.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.classification.Verdict.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTest {

  private final Classifier classifier = Classifier.standard();

  @Test
  void takesWhatShowsAnImageForVisual() {
    Verdict verdict = classifier.classify(new Prompt("write a poem", 12, "", 0, 0, 1, 0, 0, 0));

    assertThat(verdict.category()).isEqualTo(Category.VISUAL);
    assertThat(verdict.reason()).isEqualTo(Reason.IMAGES);
    assertThat(verdict.confidence()).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @CsvSource({
    "Write a poem about the sea,artistry",
    "Find the root cause of this deadlock,ultrabrain",
    "Make the navbar responsive with css,visual",
    "Draft a press release,writing",
    "convert 3 miles to km,quick",
    "바다에 대한 시 한 편 써줘,artistry",
    "데드락 원인 분석해줘,ultrabrain",
    "반응형 레이아웃으로 바꿔줘,visual",
    "보도자료 작성해줘,writing",
    "1마일은 몇 킬로야,quick",
  })
  void readsBothLanguages(String text, String category) {
    Verdict verdict = classifier.classify(alone(text));

    assertThat(verdict.category().wire()).isEqualTo(category);
  }

  @Test
  void weighsWhatIsAskedAboveWhatIsPasted() {
    Verdict verdict =
        classifier.classify(
            alone(
                "Write a polite email about this:\n\n```\ndeadlock in the architecture: race"
                    + " condition, root cause, memory leak, distributed consensus\n```\n"));

    assertThat(verdict.category()).isEqualTo(Category.WRITING);
  }

  @Test
  void readsAShortSystemPromptAndNoLongOne() {
    String task = "You translate press releases and newsletters, politely, in a formal tone.";
    Prompt brief = new Prompt("Wir freuen uns sehr", 19, task, task.length(), 0, 0, 0, 0, 0);
    Prompt agents = new Prompt("Wir freuen uns sehr", 19, task, 9_000, 0, 0, 0, 0, 12);

    assertThat(classifier.classify(brief).category()).isEqualTo(Category.WRITING);
    assertThat(classifier.classify(agents).category()).isEqualTo(Category.QUICK);
  }

  @Test
  void isNotSureWhereNothingSpeaks() {
    String text =
        "The thing with the other thing from the day before is as it was, and they said that it"
            + " would be so until somebody comes along and takes it away from there for good";
    Verdict verdict = classifier.classify(alone(text));

    assertThat(verdict.confidence()).isLessThan(0.6);
    assertThat(verdict.reason()).isEqualTo(Reason.SHAPE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\n", "```", "```\n\n```", "?", "!!!", "\u0000", "😀😀"})
  void classifiesWhateverComes(String text) {
    assertThat(classifier.classify(alone(text)).confidence()).isBetween(0.0, 1.0);
  }

  @Test
  void knowsATrivialRequest() {
    assertThat(classifier.trivial(alone("convert 72 fahrenheit to celsius"))).isTrue();
    assertThat(classifier.trivial(alone("hi"))).isTrue();
    assertThat(classifier.trivial(alone("제곱미터 85는 몇 평?"))).isTrue();
  }

  @Test
  void takesNothingForTrivialThatBringsMoreAlong() {
    String ask = "convert 72 fahrenheit to celsius";
    int length = ask.length();

    assertThat(classifier.trivial(new Prompt(ask, length, "", 0, 0, 0, 0, 0, 1))).isFalse();
    assertThat(classifier.trivial(new Prompt(ask, length, "", 0, 0, 1, 0, 0, 0))).isFalse();
    assertThat(classifier.trivial(new Prompt(ask, length, "", 0, 0, 0, 1, 0, 0))).isFalse();
    assertThat(classifier.trivial(new Prompt(ask, length, "", 0, 2, 0, 0, 1, 0))).isFalse();
    assertThat(classifier.trivial(new Prompt(ask, length, "", 0, 9, 0, 0, 0, 0))).isFalse();
    assertThat(classifier.trivial(new Prompt(ask, length, "", 5_000, 0, 0, 0, 0, 0))).isFalse();
    assertThat(classifier.trivial(alone(ask + "\n\n```\nprint(1)\n```"))).isFalse();
    assertThat(classifier.trivial(alone("prove it"))).isFalse();
    assertThat(classifier.trivial(alone(""))).isFalse();
  }

  private static Prompt alone(String text) {
    return new Prompt(text, text.length(), "", 0, 0, 0, 0, 0, 0);
  }
}
