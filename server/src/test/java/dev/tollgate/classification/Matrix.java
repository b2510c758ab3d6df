package dev.tollgate.classification;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** How labels and verdicts meet over a set of prompts. */
final class Matrix {

  private static final int SIZE = Category.COUNT;

  private final int[][] cells = new int[SIZE][SIZE];
  private final int[] bins = new int[5];
  private final int[] rightInBin = new int[5];
  private final double[] saidInBin = new double[5];
  private final int[] belowPercent = new int[101];
  private final int[] rightBelowPercent = new int[101];
  private final StringBuilder misses = new StringBuilder();
  private int count;
  private int right;
  private int below;
  private int belowRight;

  static Matrix of(
      List<LabelledPrompt> prompts, Function<Prompt, Verdict> classifier, double threshold) {
    Matrix matrix = new Matrix();
    for (LabelledPrompt prompt : prompts) {
      matrix.add(prompt, classifier.apply(Prompt.of(prompt.body())), threshold);
    }
    return matrix;
  }

  static Matrix of(List<LabelledPrompt> prompts, List<Verdict> verdicts, double threshold) {
    Matrix matrix = new Matrix();
    for (int i = 0; i < prompts.size(); i++) {
      matrix.add(prompts.get(i), verdicts.get(i), threshold);
    }
    return matrix;
  }

  private void add(LabelledPrompt prompt, Verdict verdict, double threshold) {
    boolean hit = verdict.category() == prompt.label();
    cells[prompt.label().slot()][verdict.category().slot()]++;
    count++;
    right += hit ? 1 : 0;
    if (verdict.confidence() < threshold) {
      below++;
      belowRight += hit ? 1 : 0;
    }
    int hundredths = (int) Math.round(verdict.confidence() * 100);
    for (int percent = hundredths + 1; percent <= 100; percent++) {
      belowPercent[percent]++;
      rightBelowPercent[percent] += hit ? 1 : 0;
    }
    int bin = Math.min(4, (int) (verdict.confidence() * 5));
    bins[bin]++;
    rightInBin[bin] += hit ? 1 : 0;
    saidInBin[bin] += verdict.confidence();
    if (!hit) {
      misses.append(
          String.format(
              Locale.ROOT,
              "%s %s -> %s %.2f%n",
              prompt.id(),
              prompt.label().wire(),
              verdict.category().wire(),
              verdict.confidence()));
    }
  }

  double accuracy() {
    return (double) right / count;
  }

  /** The mean of what was said, less the share that was right: too sure, where it is above 0. */
  double tooSure() {
    return (Arrays.stream(saidInBin).sum() - right) / count;
  }

  double shareBelow() {
    return (double) below / count;
  }

  /** Of those at or above the threshold. */
  double accuracyAbove() {
    return (double) (right - belowRight) / (count - below);
  }

  /** What each threshold would ask a model for, and how right the others are. */
  String thresholds() {
    StringBuilder lines = new StringBuilder();
    for (int percent = 40; percent <= 95; percent += 5) {
      lines.append(
          String.format(
              Locale.ROOT,
              "threshold %.2f: asked %.1f %%, right of the others %.1f %%%n",
              percent / 100.0,
              100.0 * belowPercent[percent] / count,
              100.0 * (right - rightBelowPercent[percent]) / (count - belowPercent[percent])));
    }
    return lines.toString();
  }

  String misses() {
    return misses.toString();
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder("| label \\ verdict |");
    for (Category category : Category.values()) {
      table.append(' ').append(category.wire()).append(" |");
    }
    table.append("\n| --- |").append(" --- |".repeat(SIZE)).append('\n');
    for (Category label : Category.values()) {
      table.append("| ").append(label.wire()).append(" |");
      for (int cell : cells[label.slot()]) {
        table.append(' ').append(cell).append(" |");
      }
      table.append('\n');
    }
    table.append(
        String.format(
            Locale.ROOT,
            "%d of %d right (%.1f %%); below the threshold %.1f %%; right above it %.1f %%%n",
            right,
            count,
            100 * accuracy(),
            100 * shareBelow(),
            100 * accuracyAbove()));
    for (int bin = 0; bin < bins.length; bin++) {
      if (bins[bin] > 0) {
        table.append(
            String.format(
                Locale.ROOT,
                "confidence %.1f to %.1f: %d prompts, said %.2f, right %.2f%n",
                bin / 5.0,
                (bin + 1) / 5.0,
                bins[bin],
                saidInBin[bin] / bins[bin],
                (double) rightInBin[bin] / bins[bin]));
      }
    }
    return table.toString();
  }
}
