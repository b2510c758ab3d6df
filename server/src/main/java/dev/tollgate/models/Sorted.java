package dev.tollgate.models;

import dev.tollgate.classification.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What a call's prompt was taken for.
 *
 * @param verdict of a call for {@code auto}; null: it named what it wants
 * @param judge the model that is to be asked first, since the verdict is not sure; null: it stands
 * @param question what it is asked; null: it is not
 * @param trivial whether the economy tier will do, though a category of the premium tier was named
 */
record Sorted(
    @Nullable Verdict verdict,
    @Nullable Choice judge,
    @Nullable Question question,
    boolean trivial) {

  /** It gets what it named. */
  static final Sorted AS_ASKED = new Sorted(null, null, null, false);

  /** It named more than it needs. */
  static final Sorted TRIVIAL = new Sorted(null, null, null, true);

  /** For good. */
  static Sorted as(Verdict verdict) {
    return new Sorted(verdict, null, null, false);
  }
}
