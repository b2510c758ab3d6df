package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.classification.Category;
import dev.tollgate.classification.Prompt;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"content\":[{\"type\":\"text\",\"text\":\"writing\"}]}|writing",
        "{\"content\":[{\"type\":\"thinking\"},{\"text\":\"**Visual**.\"}]}|visual",
        "{\"choices\":[{\"message\":{\"content\":\"QUICK\\n\"}}]}|quick",
        "{\"choices\":[{\"message\":{\"content\":[{\"text\":\"ultrabrain"
            + " ultrabrain\"}]}}]}|ultrabrain",
      })
  void readsACategory(String body, String category) {
    assertThat(Question.answer(body.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Category.named(category))
        .isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"content\":[{\"text\":\"writing or visual\"}]}",
        "{\"content\":[{\"text\":\"handwriting\"}]}",
        "{\"content\":[]}",
        "{\"choices\":[]}",
        "{\"choices\":{\"message\":7}}",
        "[]",
        "null",
        "writing",
        "{\"content\":",
      })
  void takesAnythingElseForNoAnswer(String body) {
    assertThat(Question.answer(body.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  @Test
  void asksOfTheBeginningAndTheEnd() {
    String text = "begin" + "x".repeat(5_000) + "end";
    Question question = Question.of(new Prompt(text, text.length(), "", 0, 0, 0, 0, 0, 0));

    assertThat(question.text()).startsWith("beginx").endsWith("xend").hasSizeLessThan(2_010);
  }
}
