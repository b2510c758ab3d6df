package dev.tollgate.classification;

import dev.tollgate.classification.Verdict.Reason;

/**
 * Turns scores into the share of right answers to expect: the softmax of the scores at a
 * temperature (Guo et al., On Calibration of Modern Neural Networks, 2017), which
 * docs/auto-routing.md says how it was fitted.
 */
final class Confidence {

  static final double TEMPERATURE = 1.0;

  private Confidence() {}

  static Verdict verdict(float[] scores, Reason reason) {
    Category best = Category.QUICK;
    for (Category category : Category.values()) {
      best = scores[category.slot()] > scores[best.slot()] ? category : best;
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp((score - scores[best.slot()]) / TEMPERATURE);
    }
    return new Verdict(best, 1 / sum, reason);
  }
}
