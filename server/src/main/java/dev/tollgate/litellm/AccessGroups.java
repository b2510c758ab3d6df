package dev.tollgate.litellm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Names that stand for several models in the lists of keys ({@code model_info.access_groups}), and
 * which names are models at all.
 */
record AccessGroups(Map<String, List<String>> groups, Providers providers) {

  static AccessGroups of(JsonNode configuration, Providers providers) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (JsonNode entry : configuration.path("model_list")) {
      for (JsonNode group : entry.path("model_info").path("access_groups")) {
        groups
            .computeIfAbsent(group.asString(), none -> new ArrayList<>())
            .add(entry.path("model_name").asString(""));
      }
    }
    return new AccessGroups(groups, providers);
  }

  /** The models that a name stands for: mostly itself. */
  List<String> models(String name) {
    return groups.getOrDefault(name, List.of(name));
  }

  boolean known(String name) {
    return name.contains("*") || groups.containsKey(name) || providers.serves(name);
  }
}
