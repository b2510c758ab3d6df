package dev.tollgate.classification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The classifier against the prompts that nothing may be tuned on. It pins nothing, and does not
 * run with the tests: {@code mvn test -Dtest=HeldOutMeasurement}, when there is a figure to
 * publish.
 */
class HeldOutMeasurement {

  private final List<LabelledPrompt> prompts = LabelledPrompt.all("held-out.txt");

  @Test
  void measures() {
    assertThat(prompts).hasSize(200);
    Matrix matrix = Matrix.of(prompts, Classifier.standard()::classify, 0.7);
    System.out.printf("held out%n%s", matrix);
    for (String language : List.of("en", "ko")) {
      System.out.printf(
          "held out, %s%n%s",
          language,
          Matrix.of(
              prompts.stream().filter(one -> one.language().equals(language)).toList(),
              Classifier.standard()::classify,
              0.7));
    }
    System.out.printf(
        "held out, by substrings%n%sby the majority%n%s",
        Matrix.of(prompts, new Baselines()::substrings, 0.7),
        Matrix.of(prompts, Baselines::majority, 0.7));
  }
}
