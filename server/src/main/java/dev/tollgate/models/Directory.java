package dev.tollgate.models;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.PriceCatalogue;
import dev.tollgate.spend.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who serves what: resolves the model of a request (an alias, a category, or a model's name) to a
 * model at a provider. Immutable.
 */
final class Directory {

  private static final String AUTO = "auto";

  private final ModelsConfig config;
  private final PriceCatalogue catalogue;
  private final List<Provider> providers = new ArrayList<>();
  private final Map<String, Provider> byName = new HashMap<>();
  private final Map<String, Tier> tierOf = new HashMap<>();

  Directory(ModelsConfig config, PriceCatalogue catalogue) {
    this.config = config;
    this.catalogue = catalogue;
    for (ProviderConfig provider : config.providers()) {
      Provider opened = new Provider(provider, providers.size());
      providers.add(opened);
      byName.put(provider.name(), opened);
    }
    config
        .tiers()
        .forEach((tier, models) ->
            models.forEach((provider, model) -> tierOf.put(key(provider, model), tier)));
  }

  private static String key(String provider, String model) {
    return provider + '\n' + model;
  }

  List<Provider> providers() {
    return providers;
  }

  /**
   * Resolves {@code asked} for a request in {@code dialect}; a {@code NOT_FOUND} tells what there
   * is instead.
   */
  Choice resolve(String asked, Dialect dialect) {
    String name = config.aliases().getOrDefault(asked, asked);
    if (name.equals(AUTO)) {
      throw Failure.invalid("model", "the model auto is not offered; name a model or a category");
    }
    Category category = Category.named(name);
    if (category != null) {
      Choice choice = tier(category.tier(), dialect, null, category);
      if (choice != null) {
        return choice;
      }
    }
    for (Provider provider : providers) {
      if (provider.dialect() == dialect) {
        String model = provider.config().aliases().getOrDefault(name, name);
        if (serves(provider, model)) {
          return choice(provider, model, null);
        }
      }
    }
    throw unknown(asked, name, dialect);
  }

  private Failure unknown(String asked, String name, Dialect dialect) {
    boolean elsewhere =
        providers.stream()
            .anyMatch(provider ->
                provider.dialect() != dialect
                    && serves(provider, provider.config().aliases().getOrDefault(name, name)));
    String message =
        elsewhere
            ? "the model " + asked + " is served in the other wire format: call it there"
            : "no provider here serves the model "
                + asked
                + "; GET /v1/models lists those there are";
    return Failure.of(ErrorCode.NOT_FOUND, message);
  }

  private boolean serves(Provider provider, String model) {
    List<String> models = provider.config().models();
    return models == null
        ? catalogue.find(provider.dialect().wire(), model) != null
        : models.contains(model);
  }

  /**
   * The model of a tier in a dialect: of {@code preferred} if it has one, else of the first
   * provider that has; null: nobody does.
   */
  @Nullable Choice tier(
      Tier tier, Dialect dialect, @Nullable Provider preferred, @Nullable Category category) {
    Map<String, String> models = config.tiers().getOrDefault(tier, Map.of());
    if (preferred != null && models.containsKey(preferred.name())) {
      return choice(preferred, models.get(preferred.name()), category);
    }
    for (Provider provider : providers) {
      String model = models.get(provider.name());
      if (model != null && provider.dialect() == dialect) {
        return choice(provider, model, category);
      }
    }
    return null;
  }

  private Choice choice(Provider provider, String model, @Nullable Category category) {
    ModelEntry entry = catalogue.entry(vendor(provider, model), provider.dialect().wire(), model);
    return new Choice(provider, model, entry, tierOf(provider, model, entry), category);
  }

  private @Nullable Tier tierOf(Provider provider, String model, ModelEntry entry) {
    Tier exact = tierOf.get(key(provider.name(), model));
    return exact != null ? exact : tierOf.get(key(provider.name(), entry.id()));
  }

  /** The vendor whose price list has the model: the dialect's own, else one of the same dialect. */
  private String vendor(Provider provider, String model) {
    String own = provider.dialect().wire();
    if (catalogue.find(own, model) == null) {
      for (String vendor : catalogue.vendors()) {
        if (own.equals(catalogue.dialect(vendor)) && catalogue.find(vendor, model) != null) {
          return vendor;
        }
      }
    }
    return own;
  }

  /** Every name that a request in {@code dialect} may use, models first. */
  List<ModelListing> listings(Dialect dialect) {
    Map<String, ModelListing> listings = new LinkedHashMap<>();
    for (Provider provider : providers) {
      if (provider.dialect() == dialect) {
        models(provider).forEach(model -> list(listings, model, choice(provider, model, null)));
        provider.config().aliases().forEach((alias, model) -> alias(listings, alias, dialect));
      }
    }
    config.aliases().keySet().forEach(alias -> alias(listings, alias, dialect));
    for (Category category : Category.values()) {
      Choice choice = tier(category.tier(), dialect, null, category);
      if (choice != null) {
        list(listings, category.wire(), choice);
      }
    }
    return List.copyOf(listings.values());
  }

  private List<String> models(Provider provider) {
    List<String> models = provider.config().models();
    return models != null
        ? models
        : catalogue.models(provider.dialect().wire()).stream().map(ModelEntry::id).toList();
  }

  private void alias(Map<String, ModelListing> listings, String alias, Dialect dialect) {
    try {
      list(listings, alias, resolve(alias, dialect));
    } catch (Failure notHere) {
      // An alias of a model that this dialect does not have is not listed in it.
    }
  }

  private static void list(Map<String, ModelListing> listings, String name, Choice choice) {
    ModelEntry entry = choice.entry();
    listings.putIfAbsent(
        name,
        new ModelListing(
            name,
            name.equals(choice.model()) ? entry.displayName() : name + " (" + choice.model() + ")",
            entry.created(),
            choice.provider().name(),
            entry.capabilities().limits().context(),
            entry.capabilities().limits().maxOutput()));
  }
}
