package dev.tollgate.classification;

import dev.tollgate.classification.Verdict.Reason;
import java.util.ArrayList;
import java.util.List;

/** Scores of prompts by weights that were fitted without them. */
final class CrossValidation {

  private final List<LabelledPrompt> prompts = new ArrayList<>();
  private final List<float[]> scores = new ArrayList<>();

  void add(LabelledPrompt prompt, double[] byCategory) {
    float[] each = new float[Category.COUNT];
    for (int c = 0; c < Category.COUNT; c++) {
      each[c] = (float) byCategory[c];
    }
    prompts.add(prompt);
    scores.add(each);
  }

  Matrix matrix(double threshold) {
    List<Verdict> verdicts =
        scores.stream().map(each -> Confidence.verdict(each, Reason.LEXICON)).toList();
    return Matrix.of(prompts, verdicts, threshold);
  }

  /** The temperature at which the labels are likeliest. */
  double temperature() {
    double best = 0;
    double least = Double.MAX_VALUE;
    for (int i = 6; i < 80; i++) {
      double loss = loss(i / 20.0);
      if (loss < least) {
        least = loss;
        best = i / 20.0;
      }
    }
    return best;
  }

  private double loss(double temperature) {
    double loss = 0;
    for (int i = 0; i < scores.size(); i++) {
      double sum = 0;
      for (float score : scores.get(i)) {
        sum += Math.exp(score / temperature);
      }
      loss += Math.log(sum) - scores.get(i)[prompts.get(i).label().slot()] / temperature;
    }
    return loss;
  }
}
