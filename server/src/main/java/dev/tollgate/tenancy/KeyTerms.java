package dev.tollgate.tenancy;

import dev.tollgate.kernel.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a key may be used for, and how much. A field that is wrong is refused with a {@link Failure}
 * that names it.
 *
 * @param allowedModels names of models, aliases or categories, or the beginning of a name followed
 *     by {@code *}; null: all
 * @param allowedRoutes names of routes, such as {@code messages} or {@code chat/completions}; null:
 *     all
 */
public record KeyTerms(
    RateLimits limits, @Nullable List<String> allowedModels, @Nullable List<String> allowedRoutes) {

  /** Everything, without a limit. */
  public static final KeyTerms OPEN = new KeyTerms(RateLimits.NONE, null, null);

  private static final int MOST_NAMES = 200;

  public KeyTerms {
    allowedModels = names("allowedModels", allowedModels);
    allowedRoutes = names("allowedRoutes", allowedRoutes);
    if (allowedModels != null) {
      allowedModels.forEach(KeyTerms::model);
    }
  }

  private static @Nullable List<String> names(String field, @Nullable List<String> names) {
    if (names == null) {
      return null;
    }
    if (names.isEmpty()) {
      throw Failure.invalid(field, field + " must name at least one; null allows all");
    }
    if (names.size() > MOST_NAMES) {
      throw Failure.invalid(field, field + " may have at most " + MOST_NAMES + " names");
    }
    names.forEach(name -> Texts.name(field, name));
    return List.copyOf(names);
  }

  private static void model(String name) {
    int star = name.indexOf('*');
    if (star >= 0 && star != name.length() - 1) {
      throw Failure.invalid(
          "allowedModels", "in allowedModels a * stands at the end alone, unlike in " + name);
    }
  }
}
