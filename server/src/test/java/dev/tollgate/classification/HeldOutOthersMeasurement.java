package dev.tollgate.classification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * The classifier against prompts that other people wrote, and that nothing may be tuned on: it
 * prints figures, and neither prompts nor which of them it got wrong. It pins nothing, and does not
 * run with the tests: {@code mvn test -Dtest=HeldOutOthersMeasurement}, when there is a figure to
 * publish.
 */
class HeldOutOthersMeasurement {

  private static final double THRESHOLD = 0.7;

  private final List<LabelledPrompt> prompts = LabelledPrompt.all("held-out-others.txt");
  private final Map<String, Category> second = LabelledPrompt.labels("held-out-others-second.txt");
  private final Function<Prompt, Verdict> classifier = Classifier.standard()::classify;

  @Test
  void measures() {
    assertThat(prompts).hasSize(200);
    assertThat(second.keySet()).containsAll(prompts.stream().map(LabelledPrompt::id).toList());

    Matrix all = print("first reader's labels", prompts, classifier);
    System.out.print(all.thresholds());
    print("English", only(one -> one.language().equals("en")), classifier);
    print("Korean", only(one -> one.language().equals("ko")), classifier);
    print(
        "second reader's labels",
        prompts.stream()
            .map(one -> one.labelled(Objects.requireNonNull(second.get(one.id()))))
            .toList(),
        classifier);
    List<LabelledPrompt> agreed = only(one -> one.label() == second.get(one.id()));
    print("where both readers agree", agreed, classifier);
    print("by substrings", prompts, new Baselines()::substrings);
    print("by the majority", prompts, Baselines::majority);
    System.out.printf(Locale.ROOT, "both readers agree on %d%n", agreed.size());
  }

  private List<LabelledPrompt> only(Predicate<LabelledPrompt> which) {
    return prompts.stream().filter(which).toList();
  }

  private static Matrix print(
      String what, List<LabelledPrompt> prompts, Function<Prompt, Verdict> classifier) {
    Matrix matrix = Matrix.of(prompts, classifier, THRESHOLD);
    System.out.printf("held out of others, %s%n%s", what, matrix);
    return matrix;
  }
}
