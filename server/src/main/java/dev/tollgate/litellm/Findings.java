package dev.tollgate.litellm;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was found while reading, in the order of the source, each once. */
final class Findings {

  private final Set<Finding> found = new LinkedHashSet<>();

  void lost(String path, String why, String instead) {
    found.add(new Finding(Finding.Kind.LOST, path, why, instead));
  }

  void note(String path, String why, String instead) {
    found.add(new Finding(Finding.Kind.NOTE, path, why, instead));
  }

  List<Finding> all() {
    return List.copyOf(found);
  }
}
