package dev.tollgate.models;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the model {@code auto} is decided on, and what a category of the premium tier may be spared.
 *
 * @param confidence of the classifier, below which a cheap model is asked, between 0 and 1
 * @param model which model is asked; null: that of the economy tier
 * @param fallback whether one is asked at all; false: the classifier's best guess stands
 * @param patience how long that may take, its money and its answer included
 * @param lowComplexity whether a trivial request on a category of the premium tier goes to the
 *     economy tier
 */
public record AutoConfig(
    double confidence,
    @Nullable String model,
    boolean fallback,
    Duration patience,
    boolean lowComplexity) {

  public static final AutoConfig DEFAULT =
      new AutoConfig(0.7, null, true, Duration.ofSeconds(3), true);

  public AutoConfig {
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new IllegalArgumentException(
          "routing.auto.confidence must be between 0 and 1, is " + confidence);
    }
  }
}
