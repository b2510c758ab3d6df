package dev.tollgate.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * The classifier against the prompts that it was tuned on: as it is, which says that it is what was
 * tuned, and by folds, which says what to expect of prompts of other people.
 */
class TuningSetTest {

  private static final double THRESHOLD = 0.7;
  private static final int SHUFFLES = 3;

  private static final TuningSets SETS = new TuningSets();

  @Test
  void weighsWhatWasFitted() {
    double[][] fitted = SETS.weights();
    Lexicon lexicon = Lexicon.standard();

    assertThat(fitted).hasNumberOfRows(lexicon.features());
    for (LexiconFile.Group group : LexiconFile.groups()) {
      int feature = lexicon.feature(group.name());
      for (Category category : Category.values()) {
        assertThat((double) lexicon.weights(feature)[category.slot()])
            .as("%s, %s: run FitWeights", group.name(), category)
            .isEqualTo(fitted[feature][category.slot()], within(0.02));
      }
    }
  }

  @Test
  void isAsRightAsWhenItWasTuned() {
    Matrix own = measured("tuning.txt", 300);
    Matrix others = measured("tuning-others.txt", 177);

    assertThat(own.accuracy()).isGreaterThanOrEqualTo(0.94);
    assertThat(others.accuracy()).isGreaterThanOrEqualTo(0.90);
  }

  @Test
  void isRightByFoldsThoughLessSo() {
    CrossValidation folds = SETS.byFolds(SHUFFLES, false);
    Matrix matrix = folds.matrix(THRESHOLD);

    System.out.printf("by folds%n%s%s", matrix, matrix.thresholds());
    assertThat(matrix.accuracy()).isGreaterThanOrEqualTo(0.76);
    assertThat(matrix.accuracyAbove()).isGreaterThanOrEqualTo(0.86);
    assertThat(matrix.shareBelow()).isLessThanOrEqualTo(0.35);
    assertThat(matrix.tooSure()).isEqualTo(0, within(0.05));
  }

  @Test
  void isRightByFoldsWithoutWordsOfItsOwn() {
    CrossValidation folds = SETS.byFolds(SHUFFLES, true);
    Matrix matrix = folds.matrix(THRESHOLD);

    System.out.printf("by folds, words of other prompts alone%n%s%s", matrix, matrix.thresholds());
    assertThat(matrix.accuracy()).isGreaterThanOrEqualTo(0.68);
    assertThat(matrix.accuracyAbove()).isGreaterThanOrEqualTo(0.79);
    assertThat(matrix.tooSure()).isEqualTo(0, within(0.05));
  }

  @Test
  void isSureByATemperatureBetweenBothFits() {
    double withAll = SETS.byFolds(SHUFFLES, false).temperature();
    double withKnown = SETS.byFolds(SHUFFLES, true).temperature();

    System.out.printf(Locale.ROOT, "temperatures %.2f and %.2f%n", withAll, withKnown);
    assertThat(Confidence.TEMPERATURE).isEqualTo(Math.sqrt(withAll * withKnown), within(0.1));
  }

  @Test
  void isFarBetterThanSubstringsAndTheMajority() {
    List<LabelledPrompt> others = LabelledPrompt.all("tuning-others.txt");
    Matrix substrings = Matrix.of(others, new Baselines()::substrings, THRESHOLD);
    Matrix majority = Matrix.of(others, Baselines::majority, THRESHOLD);

    System.out.printf("others by substrings%n%sby the majority%n%s", substrings, majority);
    double byFolds = SETS.byFolds(1, false).matrix(THRESHOLD).accuracy();
    assertThat(byFolds).isGreaterThan(substrings.accuracy() + 0.05);
    assertThat(byFolds).isGreaterThan(majority.accuracy() + 0.2);
  }

  private static Matrix measured(String file, int size) {
    List<LabelledPrompt> prompts = LabelledPrompt.all(file);
    Matrix matrix = Matrix.of(prompts, Classifier.standard()::classify, THRESHOLD);

    System.out.printf("%s%n%s%s", file, matrix, matrix.misses());
    assertThat(prompts).hasSize(size);
    return matrix;
  }
}
