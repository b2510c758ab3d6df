package dev.tollgate.spend;

import org.jspecify.annotations.Nullable;

/** What a call of a category uses on average, in tokens. */
record Average(long input, long output) {

  private static final Average ULTRABRAIN = new Average(5_000, 3_000);
  private static final Average VISUAL = new Average(3_000, 2_000);
  private static final Average WRITING = new Average(2_000, 1_500);
  private static final Average ARTISTRY = new Average(3_000, 2_500);
  private static final Average QUICK = new Average(500, 300);

  /** By category; where that is not known, the largest of the tier's, and of all without a tier. */
  static Average of(@Nullable String category, @Nullable Tier tier) {
    return switch (category) {
      case "ultrabrain" -> ULTRABRAIN;
      case "visual" -> VISUAL;
      case "writing" -> WRITING;
      case "artistry" -> ARTISTRY;
      case "quick" -> QUICK;
      case null, default -> of(tier);
    };
  }

  private static Average of(@Nullable Tier tier) {
    return switch (tier) {
      case STANDARD -> ARTISTRY;
      case ECONOMY -> QUICK;
      case PREMIUM -> ULTRABRAIN;
      case null -> ULTRABRAIN;
    };
  }
}
