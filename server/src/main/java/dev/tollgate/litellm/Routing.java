package dev.tollgate.litellm;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads fallbacks, retries and aliases, which stand in either of two sections. */
final class Routing {

  private static final long MOST_RETRIES = 10;

  private final Providers providers;
  private final Findings findings;
  private final Map<String, String> aliases = new LinkedHashMap<>();
  private final Map<String, Set<String>> fallbacks = new LinkedHashMap<>();
  private final Set<String> own = new HashSet<>();
  private @Nullable Long retries;

  Routing(Providers providers, Findings findings) {
    this.providers = providers;
    this.findings = findings;
    providers.siblings().forEach((name, all) -> list(name).addAll(all));
  }

  void read(Source router, Source settings) {
    alias(router.object("model_group_alias"));
    for (Source section : List.of(router, settings)) {
      section.objects("fallbacks").forEach(this::fallback);
      retries(section);
    }
    for (Source section : List.of(router, settings)) {
      otherwise(section);
    }
  }

  private void alias(Source all) {
    for (String alias : all.names()) {
      Source object = all.object(alias);
      String target = object.isObject() ? object.text("model") : all.text(alias);
      if (object.isObject()) {
        object.rest("model_group_alias");
      }
      if (target == null || Providers.RESERVED.contains(alias)) {
        findings.lost(all.at(alias), alias + " cannot be an alias here", "choose another name");
      } else if (served(target, all.at(alias))) {
        aliases.put(alias, target);
      }
    }
  }

  private void fallback(Source entry) {
    for (String name : entry.names()) {
      if (name.equals("*")) {
        everybody(entry.texts(name), entry.at(name));
      } else if (served(name, entry.at(name))) {
        entry.texts(name).forEach(target -> add(name, target, entry.at(name)));
      } else {
        entry.skip(name);
      }
    }
  }

  private void otherwise(Source section) {
    everybody(section.texts("default_fallbacks"), section.at("default_fallbacks"));
  }

  /** For every name that has no list of its own. */
  private void everybody(List<String> targets, String path) {
    Set<String> alone = new LinkedHashSet<>(providers.names());
    alone.removeAll(own);
    List<String> embedding = alone.stream().filter(providers::embeds).toList();
    if (!targets.isEmpty() && !embedding.isEmpty()) {
      alone.removeAll(embedding);
      findings.note(
          path,
          "not for models of embeddings, which no other stands in for: "
              + String.join(", ", embedding),
          "");
    }
    for (String target : targets) {
      if (served(target, path)) {
        alone.stream().filter(name -> !name.equals(target)).forEach(name -> list(name).add(target));
      }
    }
  }

  private void add(String name, String target, String path) {
    if (served(target, path)) {
      own.add(name);
      list(name).add(target);
    }
  }

  private Set<String> list(String name) {
    return fallbacks.computeIfAbsent(name, none -> new LinkedHashSet<>());
  }

  private boolean served(String name, String path) {
    boolean served = aliases.containsKey(name) || providers.serves(name);
    if (!served) {
      findings.lost(path, "no model that was carried is named " + name, "");
    }
    return served;
  }

  private void retries(Source section) {
    BigDecimal number = section.number("num_retries");
    if (number != null) {
      retries = Math.clamp(number.longValue(), 0, MOST_RETRIES);
      findings.note(
          section.at("num_retries"),
          "after a failure the fallbacks come first, then all of them again, so often",
          "");
    }
  }

  Map<String, String> aliases() {
    return aliases;
  }

  Map<String, List<String>> fallbacks() {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    fallbacks.forEach((name, targets) -> {
      if (!targets.isEmpty()) {
        lists.put(name, new ArrayList<>(targets));
      }
    });
    return lists;
  }

  @Nullable Long retries() {
    return retries;
  }
}
