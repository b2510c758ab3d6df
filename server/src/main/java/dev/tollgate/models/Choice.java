package dev.tollgate.models;

import dev.tollgate.classification.Category;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.Tier;
import org.jspecify.annotations.Nullable;

/**
 * A model at a provider.
 *
 * @param model the name that the provider is asked for
 * @param tier where the ladder sees it; null: in no tier
 * @param category the category that was asked for, where one was
 */
record Choice(
    Provider provider,
    String model,
    ModelEntry entry,
    @Nullable Tier tier,
    @Nullable Category category) {

  /** The same, for a call of {@code other}. */
  Choice in(@Nullable Category other) {
    return new Choice(provider, model, entry, tier, other);
  }
}
