package dev.tollgate.litellm;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which models and routes keys may use. */
record ModelLists(AccessGroups groups) {

  private static final String ALL = "all-proxy-models";
  private static final String OF_TEAM = "all-team-models";

  private static final Set<String> ROUTES =
      Set.of("messages", "chat/completions", "embeddings", "responses", "models", "mcp", "usage");

  /** The models of a row; null: all. */
  @Nullable List<String> models(Source row) {
    Set<String> models = new LinkedHashSet<>();
    List<String> said = row.texts("models");
    if (said.isEmpty() || said.contains(ALL) || said.contains(OF_TEAM) || said.contains("*")) {
      return null;
    }
    for (String name : said) {
      if (!groups.known(name)) {
        row.findings()
            .note(
                row.at("models"),
                "no model that was carried is named " + name + "; the name is kept",
                "");
      }
      int star = name.indexOf('*');
      if (star >= 0 && star < name.length() - 1) {
        row.findings().lost(row.at("models"), "a * stands at the end alone, not as in " + name, "");
      } else {
        models.addAll(groups.models(name));
      }
    }
    return List.copyOf(models);
  }

  /** Those of {@code own} that {@code other} allows too; null: all. */
  static @Nullable List<String> both(@Nullable List<String> own, @Nullable List<String> other) {
    if (own == null || other == null) {
      return own == null ? other : own;
    }
    Set<String> both = new LinkedHashSet<>();
    for (String name : own) {
      if (other.stream().anyMatch(pattern -> covers(pattern, name))) {
        both.add(name);
      } else {
        other.stream().filter(each -> covers(name, each)).forEach(both::add);
      }
    }
    return List.copyOf(both);
  }

  private static boolean covers(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : pattern.equals(name);
  }

  /** The routes of a key; null: all, empty: none that Tollgate has. */
  @Nullable List<String> routes(Source row) {
    List<String> said = row.texts("allowed_routes");
    if (said.isEmpty() || said.contains("llm_api_routes") || said.contains("*")) {
      return null;
    }
    List<String> routes = new ArrayList<>();
    for (String path : said) {
      String name = path.replaceFirst("^/?(v1/)?", "").replaceFirst("(/?\\*)$", "");
      if (ROUTES.contains(name)) {
        routes.add(name);
      } else {
        row.findings().lost(row.at("allowed_routes"), "there is no route " + path, "");
      }
    }
    return routes;
  }
}
