package dev.tollgate.classification;

import dev.tollgate.classification.WeightFit.Example;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What the weights are fitted to, whole or by folds: prompts without images of both tuning sets.
 */
final class TuningSets {

  /** Of a prompt by the lexicon's own author, against one by somebody else. */
  private static final double OWN = 0.4;

  private static final int FOLDS = 10;

  /** Prompts that begin alike were written after one another: they are in one fold. */
  private static final int ALIKE = 20;

  /** Those that begin the same for longer are one template, which counts once. */
  private static final int TEMPLATE = 40;

  private final Lexicon lexicon = Lexicon.standard();
  private final Classifier classifier = Classifier.by(lexicon);
  private final WeightFit fit = new WeightFit(lexicon);
  private final List<LabelledPrompt> own = read("tuning.txt");
  private final List<LabelledPrompt> others = read("tuning-others.txt");
  private final List<Example> ownExamples = new ArrayList<>();
  private final List<Example> otherExamples = new ArrayList<>();
  private final List<double[]> known = new ArrayList<>();

  TuningSets() {
    own.forEach(one -> ownExamples.add(example(one, OWN)));
    Map<String, Integer> templates = new HashMap<>();
    others.forEach(one -> templates.merge(beginning(one, TEMPLATE), 1, Integer::sum));
    others.forEach(one ->
        otherExamples.add(example(one, 1.0 / templates.getOrDefault(beginning(one, TEMPLATE), 1))));
    knownFeatures();
  }

  /** The weights that both sets make. */
  double[][] weights() {
    List<Example> all = new ArrayList<>(otherExamples);
    all.addAll(ownExamples);
    return fit.fit(all);
  }

  /**
   * Scores of other people's prompts, each by weights that were fitted without the prompts of its
   * fold.
   *
   * @param known whether terms count only that another prompt has as well
   */
  CrossValidation byFolds(int shuffles, boolean known) {
    CrossValidation result = new CrossValidation();
    for (int shuffle = 0; shuffle < shuffles; shuffle++) {
      int[] folds = folds(shuffle);
      for (int fold = 0; fold < FOLDS; fold++) {
        List<Example> rest = new ArrayList<>(ownExamples);
        for (int i = 0; i < folds.length; i++) {
          if (folds[i] != fold) {
            rest.add(otherExamples.get(i));
          }
        }
        double[][] weights = fit.fit(rest);
        for (int i = 0; i < folds.length; i++) {
          if (folds[i] == fold) {
            double[] features = known ? this.known.get(i) : otherExamples.get(i).features();
            result.add(others.get(i), WeightFit.scores(weights, features));
          }
        }
      }
    }
    return result;
  }

  private void knownFeatures() {
    int[] alike = folds(-1);
    List<BitSet> found = others.stream().map(this::terms).toList();
    BitSet byOwn = new BitSet();
    own.stream().map(this::terms).forEach(byOwn::or);
    for (int i = 0; i < others.size(); i++) {
      BitSet unknown = (BitSet) found.get(i).clone();
      unknown.andNot(byOwn);
      for (int other = 0; other < others.size(); other++) {
        if (alike[other] != alike[i]) {
          unknown.andNot(found.get(other));
        }
      }
      known.add(features(others.get(i), unknown));
    }
  }

  /** By a shuffle; -1: every beginning is a fold of its own. */
  private int[] folds(int shuffle) {
    List<String> beginnings =
        new ArrayList<>(
            new LinkedHashSet<>(others.stream().map(one -> beginning(one, ALIKE)).toList()));
    if (shuffle >= 0) {
      Collections.shuffle(beginnings, new Random(shuffle));
    }
    int count = shuffle >= 0 ? FOLDS : beginnings.size();
    Map<String, Integer> folds = new HashMap<>();
    for (int i = 0; i < beginnings.size(); i++) {
      folds.put(beginnings.get(i), i % count);
    }
    return others.stream().mapToInt(one -> folds.getOrDefault(beginning(one, ALIKE), 0)).toArray();
  }

  private static String beginning(LabelledPrompt of, int length) {
    String text = Prompt.of(of.body()).text();
    return text.substring(0, Math.min(length, text.length()));
  }

  private Example example(LabelledPrompt of, double weight) {
    return new Example(features(of, new BitSet()), of.label(), weight);
  }

  private double[] features(LabelledPrompt of, BitSet seen) {
    float[] values = classifier.features(Prompt.of(of.body()), seen).values();
    double[] features = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      features[i] = values[i];
    }
    return features;
  }

  private BitSet terms(LabelledPrompt of) {
    BitSet terms = new BitSet();
    features(of, terms);
    return terms;
  }

  private static List<LabelledPrompt> read(String file) {
    return LabelledPrompt.all(file).stream()
        .filter(one -> Prompt.of(one.body()).images() == 0)
        .toList();
  }
}
