package dev.tollgate.models;

import dev.tollgate.classification.Category;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.PriceCatalogue;
import dev.tollgate.spend.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who serves what: resolves the model of a request (an alias, a category, or a model's name) to a
 * model at a provider. Immutable.
 */
final class Directory {

  /** The model that stands for whatever suits the prompt. */
  static final String AUTO = "auto";

  private static final String NOT_HERE = "auto is for conversations; name a model here";

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
    config.routing().fallbacks().forEach(this::requireServed);
    String judge = config.routing().auto().model();
    if (judge != null && !served(judge)) {
      throw Failure.invalid(
          "routing.auto.model", "routing.auto.model: no provider serves " + judge);
    }
  }

  /** A list that nobody comes to, or that leads nowhere, is a slip of the pen. */
  private void requireServed(String name, List<String> targets) {
    String where = "routing.fallbacks." + name;
    boolean tier = Arrays.stream(Tier.values()).anyMatch(each -> each.wire().equals(name));
    if (!tier && !isAuto(name) && Category.named(name) == null && !served(name)) {
      throw Failure.invalid(
          where, where + " is no tier, category, alias or model that a provider serves");
    }
    for (String target : targets) {
      if (!served(target)) {
        throw Failure.invalid(where, where + ": no provider serves " + target);
      }
    }
  }

  private boolean served(String name) {
    return Arrays.stream(Dialect.values()).anyMatch(dialect -> find(name, dialect) != null);
  }

  private static String key(String provider, String model) {
    return provider + '\n' + model;
  }

  List<Provider> providers() {
    return providers;
  }

  /** The provider with this name; null: it is not configured. */
  @Nullable Provider provider(String name) {
    return byName.get(name);
  }

  /**
   * Resolves {@code asked} for a call that only {@code provider} can serve.
   *
   * @param field what of the request is kept there
   */
  Choice resolveAt(Provider provider, String asked, Dialect dialect, String field) {
    String name = config.aliases().getOrDefault(asked, asked);
    Category category = Category.named(name);
    if (category != null) {
      Choice choice = tier(category.tier(), dialect, provider, category);
      if (choice != null && choice.provider() == provider) {
        return choice;
      }
    }
    String bare =
        name.startsWith(provider.name() + "/")
            ? name.substring(provider.name().length() + 1)
            : name;
    String model = provider.config().aliases().getOrDefault(bare, bare);
    if (provider.dialect() == dialect && serves(provider, model)) {
      return choice(provider, model, null);
    }
    throw Failure.invalid(
        "model",
        "what "
            + field
            + " names is kept by the provider "
            + provider.name()
            + ", which does not serve the model "
            + asked);
  }

  /**
   * Resolves {@code asked} for a request to {@code surface}: in its own dialect, else, where
   * conversations can be carried over, in the other one; a {@code NOT_FOUND} tells what there is
   * instead.
   */
  Choice resolve(String asked, Surface surface) {
    Choice own = find(asked, surface.dialect());
    if (own != null) {
      return own;
    }
    Surface across = surface.across();
    Choice other = across == null ? null : find(asked, across.dialect());
    if (other != null) {
      return other;
    }
    throw unknown(asked, surface);
  }

  private @Nullable Choice find(String asked, Dialect dialect) {
    String name = config.aliases().getOrDefault(asked, asked);
    if (name.equals(AUTO)) {
      throw Failure.invalid("model", NOT_HERE);
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
    return qualified(name, dialect);
  }

  /** What {@code name} comes to in either dialect; null: to no one model. */
  @Nullable Choice known(String name, Dialect preferred) {
    if (isAuto(name)) {
      return null;
    }
    Choice own = find(name, preferred);
    if (own != null) {
      return own;
    }
    for (Dialect dialect : Dialect.values()) {
      Choice other = dialect == preferred ? null : find(name, dialect);
      if (other != null) {
        return other;
      }
    }
    return null;
  }

  /** Whether an alias, a category, or {@code auto} for all of them, may come to this model. */
  boolean standsFor(String entry, Choice choice) {
    String name = config.aliases().getOrDefault(entry, entry);
    if (name.equals(AUTO)) {
      return Arrays.stream(Category.values())
          .anyMatch(category -> standsFor(category.wire(), choice));
    }
    Choice found = find(entry, choice.provider().dialect());
    return found != null
        && found.model().equals(choice.model())
        && (name.indexOf('/') < 0 || found.provider() == choice.provider());
  }

  /** Whether {@code asked} leaves the choice of a model to the prompt. */
  boolean isAuto(String asked) {
    return config.aliases().getOrDefault(asked, asked).equals(AUTO);
  }

  /**
   * Who serves a call for {@code auto} that was taken for {@code category}: its tier in the dialect
   * of {@code surface}, else in another that it can be carried over to, else the nearest tier
   * below, then above, of those that the caller may use; a {@code NOT_FOUND} if there is no tier at
   * all.
   */
  Choice auto(Category category, Surface surface, ModelAccess access) {
    if (!surface.convertible()) {
      throw Failure.invalid("model", NOT_HERE);
    }
    Choice nearest = null;
    for (Tier tier : nearest(category.tier())) {
      Choice choice = tier(tier, surface.dialect(), null, category);
      Surface across = surface.across();
      if (choice == null && across != null) {
        choice = tier(tier, across.dialect(), null, category);
      }
      if (choice != null && access.allows(choice)) {
        return choice;
      }
      nearest = nearest == null ? choice : nearest;
    }
    if (nearest == null) {
      throw Failure.of(
          ErrorCode.NOT_FOUND, "auto needs tiers; GET /v1/models lists the models there are");
    }
    return access.require(AUTO, nearest);
  }

  /** The tiers, {@code own} first, then those below it, then those above. */
  private static List<Tier> nearest(Tier own) {
    List<Tier> all = Arrays.asList(Tier.values());
    int at = all.indexOf(own);
    List<Tier> order = new ArrayList<>(all.subList(at, all.size()));
    order.addAll(all.subList(0, at).reversed());
    return order;
  }

  /**
   * Who is asked for the category of a prompt, in the caller's dialect or else in another; null:
   * nobody can be.
   *
   * @param model null: that of the economy tier
   */
  @Nullable Choice judge(@Nullable String model, Dialect dialect) {
    Choice own = judgeIn(model, dialect);
    for (Dialect other : Dialect.values()) {
      own = own == null ? judgeIn(model, other) : own;
    }
    return own;
  }

  private @Nullable Choice judgeIn(@Nullable String model, Dialect dialect) {
    Choice choice = model == null ? tier(Tier.ECONOMY, dialect, null, null) : find(model, dialect);
    return choice == null ? null : choice.in(null);
  }

  /** {@code provider/model}; null: it is not that, or not in this dialect. */
  private @Nullable Choice qualified(String name, Dialect dialect) {
    int slash = name.indexOf('/');
    Provider provider = slash < 0 ? null : byName.get(name.substring(0, slash));
    if (provider == null || provider.dialect() != dialect) {
      return null;
    }
    String rest = name.substring(slash + 1);
    String model = provider.config().aliases().getOrDefault(rest, rest);
    return serves(provider, model) ? choice(provider, model, null) : null;
  }

  /**
   * What is tried after {@code first}, in order; of targets that {@code surface} cannot be carried
   * to, none, and where no other model can stand in, only the same one at other providers.
   */
  List<Choice> fallbacks(String asked, Choice first, Surface surface) {
    List<Choice> choices = new ArrayList<>();
    for (String target : targets(asked, first)) {
      try {
        Choice choice = resolve(target, surface);
        if (surface.convertible() || isSameElsewhere(choice, first)) {
          choices.add(choice.category() == null ? choice.in(first.category()) : choice);
        }
      } catch (Failure notHere) {
        // A fallback for callers of other surfaces.
      }
    }
    return choices;
  }

  private static boolean isSameElsewhere(Choice choice, Choice first) {
    return choice.provider() != first.provider() && choice.entry().id().equals(first.entry().id());
  }

  /** The list of the name that was asked for goes before that of what it stands for. */
  private List<String> targets(String asked, Choice first) {
    Map<String, List<String>> lists = config.routing().fallbacks();
    return Stream.of(
            asked,
            config.aliases().get(asked),
            first.category() == null ? null : first.category().wire(),
            first.model(),
            first.tier() == null ? null : first.tier().wire())
        .filter(name -> name != null && lists.containsKey(name))
        .findFirst()
        .map(lists::get)
        .orElse(List.of());
  }

  private Failure unknown(String asked, Surface surface) {
    String message =
        served(asked)
            ? "the model "
                + asked
                + " is not served at "
                + surface.route()
                + ": its provider has another wire format, which this route is not translated to"
            : "no provider here serves the model "
                + asked
                + "; GET /v1/models lists those there are";
    return Failure.notFound("model", message);
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

  /** Every name that a conversation in {@code dialect} may use: its own ones, models first. */
  List<ModelListing> listings(Dialect dialect) {
    Map<String, ModelListing> listings = new LinkedHashMap<>();
    list(listings, dialect);
    Surface across = Surface.conversations(dialect).across();
    if (across != null) {
      list(listings, across.dialect());
    }
    return List.copyOf(listings.values());
  }

  private void list(Map<String, ModelListing> listings, Dialect dialect) {
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
    auto(listings, AUTO, dialect);
  }

  private List<String> models(Provider provider) {
    List<String> models = provider.config().models();
    return models != null
        ? models
        : catalogue.models(provider.dialect().wire()).stream().map(ModelEntry::id).toList();
  }

  private void alias(Map<String, ModelListing> listings, String alias, Dialect dialect) {
    if (isAuto(alias)) {
      auto(listings, alias, dialect);
      return;
    }
    Choice choice = find(alias, dialect);
    if (choice != null) {
      list(listings, alias, choice);
    }
  }

  /** With the bounds of the least that may serve it. */
  private void auto(Map<String, ModelListing> listings, String name, Dialect dialect) {
    for (Tier tier : nearest(Tier.ECONOMY)) {
      Choice choice = tier(tier, dialect, null, null);
      if (choice != null) {
        listings.putIfAbsent(name, listing(name, choice).named(name + " (by the prompt)"));
        return;
      }
    }
  }

  private static void list(Map<String, ModelListing> listings, String name, Choice choice) {
    listings.putIfAbsent(name, listing(name, choice));
  }

  private static ModelListing listing(String name, Choice choice) {
    ModelEntry entry = choice.entry();
    return new ModelListing(
        name,
        name.equals(choice.model()) ? entry.displayName() : name + " (" + choice.model() + ")",
        entry.created(),
        choice.provider().name(),
        entry.capabilities().limits().context(),
        entry.capabilities().limits().maxOutput());
  }
}
