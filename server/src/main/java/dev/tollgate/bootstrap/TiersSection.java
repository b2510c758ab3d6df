package dev.tollgate.bootstrap;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The model of each tier, by the provider's name. */
@Section
record TiersSection(
    @Key(about = "The most capable and dearest.") Map<String, String> premium,
    @Key(about = "The middle.") Map<String, String> standard,
    @Key(about = "The cheapest.") Map<String, String> economy) {

  void requireKnown(Set<String> providers) {
    for (Map<String, String> tier : List.of(premium, standard, economy)) {
      for (String name : tier.keySet()) {
        Checks.that(
            providers.contains(name),
            "tiers: no provider is named " + name + Suggestion.among(providers, name));
      }
    }
  }
}
