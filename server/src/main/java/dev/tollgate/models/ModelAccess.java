package dev.tollgate.models;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which models a key may use. What counts is the model that serves, at whatever name it was asked
 * for: an alias opens no door.
 *
 * @param allowed names of models, {@code provider/model}, aliases and categories (for the models
 *     that they stand for), or the beginning of a model's name and {@code *}; null: all
 */
record ModelAccess(Directory directory, @Nullable List<String> allowed) {

  boolean allows(Choice choice) {
    if (allowed == null) {
      return true;
    }
    String qualified = choice.provider().name() + "/" + choice.model();
    for (String entry : allowed) {
      if (entry.endsWith("*")) {
        String beginning = entry.substring(0, entry.length() - 1);
        if (choice.model().startsWith(beginning) || qualified.startsWith(beginning)) {
          return true;
        }
      } else if (entry.equals(choice.model())
          || entry.equals(qualified)
          || directory.standsFor(entry, choice)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a list of models for the key has {@code name}. */
  boolean lists(String name, Dialect dialect) {
    Choice choice = directory.known(name, dialect);
    return choice == null ? allowed == null || allowed.contains(name) : allows(choice);
  }

  /**
   * The same choice.
   *
   * @param asked the name in the request
   * @throws Failure FORBIDDEN when it is not allowed
   */
  Choice require(String asked, Choice choice) {
    if (allows(choice)) {
      return choice;
    }
    String model = choice.model();
    throw Failure.of(
        ErrorCode.FORBIDDEN,
        "this key may not use the model "
            + asked
            + (asked.equals(model) ? "" : ", which is served by " + model)
            + "; it may use "
            + String.join(", ", allowed == null ? List.of() : allowed));
  }
}
