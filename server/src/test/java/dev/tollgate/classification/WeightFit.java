package dev.tollgate.classification;

import java.util.Arrays;
import java.util.List;

/**
 * Fits the lexicon's weights to labelled prompts: multinomial logistic regression, whose penalty
 * draws every weight to what the lexicon's head says that the group means, and not to nothing. So a
 * group that no prompt has keeps its meaning, and one that is everywhere is measured.
 *
 * <p>The problem is convex: accelerated gradient descent (Nesterov) from the same beginning comes
 * to the same weights.
 */
final class WeightFit {

  /** A prompt as numbers. */
  static final class Example {

    private final double[] features;
    private final Category label;
    private final double weight;

    /**
     * @param weight of its loss
     */
    Example(double[] features, Category label, double weight) {
      this.features = features;
      this.label = label;
      this.weight = weight;
    }

    double[] features() {
      return features;
    }
  }

  /** Of the strengths in the lexicon's heads, since several groups are found at once. */
  private static final double SCALE = 0.7;

  /** The variance of a weight about what the head says. */
  private static final double VARIANCE = 0.6;

  /** How frequent categories are is drawn to nothing but little. */
  private static final double FREELY = 0.1;

  private static final int STEPS = 300;

  private final Lexicon lexicon;
  private final double[][] prior;

  WeightFit(Lexicon lexicon) {
    this.lexicon = lexicon;
    prior = new double[lexicon.features()][Category.COUNT];
    for (LexiconFile.Group group : LexiconFile.groups()) {
      double[] mine = prior[lexicon.feature(group.name())];
      group.strength().forEach((category, strength) -> mine[category.slot()] = SCALE * strength);
    }
  }

  /** By feature and category. */
  double[][] fit(List<Example> examples) {
    double step = 1 / (curvature(examples) / 2 + 1 / VARIANCE);
    double[][] weights = copy(prior);
    double[][] ahead = copy(prior);
    double pace = 1;
    for (int i = 0; i < STEPS; i++) {
      double[][] gradient = gradient(examples, ahead);
      double next = (1 + Math.sqrt(1 + 4 * pace * pace)) / 2;
      double momentum = (pace - 1) / next;
      pace = next;
      for (int f = 0; f < weights.length; f++) {
        for (int c = 0; c < Category.COUNT; c++) {
          double moved = ahead[f][c] - step * gradient[f][c];
          ahead[f][c] = moved + momentum * (moved - weights[f][c]);
          weights[f][c] = moved;
        }
      }
    }
    return weights;
  }

  private double[][] gradient(List<Example> examples, double[][] weights) {
    double[][] gradient = new double[weights.length][Category.COUNT];
    for (int f = 0; f < weights.length; f++) {
      double penalty = (f == Shape.ALWAYS.slot() ? FREELY : 1) / VARIANCE;
      for (int c = 0; c < Category.COUNT; c++) {
        gradient[f][c] = penalty * (weights[f][c] - prior[f][c]);
      }
    }
    for (Example example : examples) {
      double[] share = shares(scores(weights, example.features));
      share[example.label.slot()]--;
      for (int f = 0; f < weights.length; f++) {
        if (example.features[f] != 0) {
          for (int c = 0; c < Category.COUNT; c++) {
            gradient[f][c] += example.weight * share[c] * example.features[f];
          }
        }
      }
    }
    return gradient;
  }

  /** The largest eigenvalue of the features' weighted squares, by power iteration. */
  private double curvature(List<Example> examples) {
    double[] vector = new double[lexicon.features()];
    Arrays.fill(vector, 1);
    double length = 1;
    for (int i = 0; i < 30; i++) {
      double[] image = new double[vector.length];
      for (Example example : examples) {
        double along = 0;
        for (int f = 0; f < vector.length; f++) {
          along += example.features[f] * vector[f];
        }
        for (int f = 0; f < vector.length; f++) {
          image[f] += example.weight * along * example.features[f];
        }
      }
      length = Math.sqrt(Arrays.stream(image).map(x -> x * x).sum());
      for (int f = 0; f < vector.length; f++) {
        vector[f] = image[f] / length;
      }
    }
    return length;
  }

  static double[] scores(double[][] weights, double[] features) {
    double[] scores = new double[Category.COUNT];
    for (int f = 0; f < features.length; f++) {
      if (features[f] != 0) {
        for (int c = 0; c < Category.COUNT; c++) {
          scores[c] += features[f] * weights[f][c];
        }
      }
    }
    return scores;
  }

  private static double[] shares(double[] scores) {
    double most = Arrays.stream(scores).max().orElse(0);
    double[] shares = Arrays.stream(scores).map(score -> Math.exp(score - most)).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }

  private static double[][] copy(double[][] of) {
    return Arrays.stream(of).map(double[]::clone).toArray(double[][]::new);
  }
}
