package dev.tollgate.litellm;

import dev.tollgate.litellm.Deployment.Endpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes providers of deployments. Those of one endpoint with the same keys are one provider; a
 * model that several keys of an endpoint reach has them all, and conversations are spread over
 * them. A name with several models or addresses behind it is served by the first provider; the
 * others are what it falls back on.
 */
final class Providers {

  /** Names that Tollgate gives a meaning of its own. */
  static final Set<String> RESERVED =
      Set.of("auto", "quick", "writing", "artistry", "visual", "ultrabrain");

  private final Findings findings;
  private final PriceList prices;
  private final Map<List<Object>, Provider> made = new LinkedHashMap<>();
  private final List<Provider> sorted = new ArrayList<>();
  private final Map<String, Integer> named = new HashMap<>();
  private final Map<String, List<Target>> targets = new LinkedHashMap<>();

  /** A model at a provider. */
  private record Target(Provider provider, String model, Deployment deployment) {}

  Providers(Findings findings, PriceList prices) {
    this.findings = findings;
    this.prices = prices;
  }

  void read(List<Deployment> all) {
    List<Deployment> deployments = new SharedEndpoints(findings).join(all);
    Map<List<Object>, Set<String>> keys = new LinkedHashMap<>();
    for (Deployment each : deployments) {
      keys.computeIfAbsent(place(each), none -> new LinkedHashSet<>()).add(each.key());
    }
    // The one with all models gets the plain name, which stands before the slash in requests.
    List<Deployment> order = new ArrayList<>(deployments);
    order.sort(Comparator.comparing(each -> !each.every()));
    for (Deployment each : order) {
      provider(each, keys.getOrDefault(place(each), Set.of()));
    }
    for (Deployment each : deployments) {
      Provider provider = provider(each, keys.getOrDefault(place(each), Set.of()));
      if (each.every()) {
        every(provider, each);
      } else {
        one(provider, each);
      }
    }
    made.values().removeIf(provider -> !provider.every && provider.models.isEmpty());
    sort();
  }

  /**
   * A name is served by the first provider that has it. One that has a model by another name alone
   * stands behind those that clients mean by the model's own.
   */
  private void sort() {
    sorted.clear();
    sorted.addAll(made.values());
    for (int round = 0; round < sorted.size(); round++) {
      if (!moved()) {
        return;
      }
    }
    findings.lost(
        "model_list",
        "names of models mean each other's providers crosswise: some are served by another than"
            + " before",
        "have clients name the provider too, as openai/gpt-4o");
  }

  private boolean moved() {
    boolean moved = false;
    for (Map.Entry<String, List<Target>> name : targets.entrySet()) {
      Set<Provider> meant =
          name.getValue().stream().map(Target::provider).collect(Collectors.toSet());
      for (Provider other : List.copyOf(sorted)) {
        int first = first(meant);
        if (other.models.contains(name.getKey())
            && !meant.contains(other)
            && sorted.indexOf(other) < first) {
          sorted.remove(other);
          sorted.add(first, other);
          moved = true;
        }
      }
    }
    return moved;
  }

  private int first(Set<Provider> meant) {
    int at = 0;
    while (!meant.contains(sorted.get(at))) {
      at++;
    }
    return at;
  }

  private static List<Object> place(Deployment deployment) {
    return List.of(deployment.endpoint(), deployment.model(), deployment.deployed());
  }

  /** One provider has one deployment of a model. */
  private Provider provider(Deployment deployment, Set<String> keys) {
    Endpoint endpoint = deployment.endpoint();
    for (int round = 0; ; round++) {
      Provider provider =
          made.computeIfAbsent(
              List.of(endpoint, keys, round),
              none -> new Provider(unique(endpoint.vendor().prefix()), endpoint, keys));
      String there = provider.deployments.putIfAbsent(deployment.model(), deployment.deployed());
      if (there == null || there.equals(deployment.deployed())) {
        return provider;
      }
    }
  }

  private String unique(String vendor) {
    String plain = vendor.toLowerCase(Locale.ROOT).replace('_', '-');
    int count = named.merge(plain, 1, Integer::sum);
    return count == 1 ? plain : plain + "-" + count;
  }

  private void one(Provider provider, Deployment deployment) {
    String name = deployment.name();
    if (name.contains("*")) {
      findings.lost(
          deployment.path() + ".model_name",
          "a name with * that stands for one model cannot be served",
          "name the models, or give " + deployment.model() + " aliases");
      return;
    }
    if (RESERVED.contains(name)) {
      findings.lost(
          deployment.path() + ".model_name",
          name + " has a meaning of its own here: a category of requests",
          "have clients ask for another name");
      return;
    }
    provider.models.add(deployment.model());
    List<Target> all = targets.computeIfAbsent(name, none -> new ArrayList<>());
    boolean twice =
        all.stream()
            .anyMatch(each ->
                each.provider().equals(provider) && each.model().equals(deployment.model()));
    if (twice) {
      return;
    }
    all.add(new Target(provider, deployment.model(), deployment));
    if (!name.equals(deployment.model())) {
      provider.aliases.putIfAbsent(name, deployment.model());
    }
  }

  /** {@code openai/*} and the like. */
  private void every(Provider provider, Deployment deployment) {
    Vendor vendor = deployment.endpoint().vendor();
    String where = deployment.path() + ".model_name";
    boolean listed =
        !prices.models(vendor.priceList()).isEmpty()
            && deployment.endpoint().baseUrl().equals(vendor.baseUrl());
    if (!listed) {
      findings.lost(
          where,
          "which models " + vendor.prefix() + "/* stands for is not known here",
          "name them under models of the provider " + provider.name);
      return;
    }
    provider.every = true;
    if (deployment.name().equals("*")) {
      findings.note(where, "of every model, those of the catalogue are served", "");
    } else if (deployment.name().equals(provider.name + "/*")) {
      findings.note(
          where,
          "those of the catalogue are served, with and without " + provider.name + "/ before them",
          "");
    } else if (deployment.name().endsWith("/*")) {
      String prefix = deployment.name().substring(0, deployment.name().length() - 1);
      prices
          .models(vendor.priceList())
          .forEach(model -> provider.aliases.put(prefix + model, model));
      findings.note(where, "those of the catalogue are served, by aliases", "");
    } else {
      findings.lost(
          where,
          "names of this form cannot be told from others",
          "give the models aliases; they are served by their own names");
    }
  }

  /** In the order in which a name is looked for. */
  List<Provider> all() {
    return List.copyOf(sorted);
  }

  /** The models that a provider says it has; empty: those of the catalogue. */
  List<String> models(Provider provider) {
    Vendor vendor = provider.endpoint.vendor();
    if (!provider.every) {
      return List.copyOf(provider.models);
    }
    boolean own = vendor.priceList().equals(vendor.dialect());
    List<String> catalogue = prices.models(vendor.priceList());
    boolean known =
        provider.models.stream().allMatch(model -> prices.find(vendor.dialect(), model) != null);
    if (own && known) {
      return List.of();
    }
    Set<String> models = new LinkedHashSet<>(catalogue);
    models.addAll(provider.models);
    return List.copyOf(models);
  }

  /** Every name that clients may call, but for those of a star. */
  Set<String> names() {
    return targets.keySet();
  }

  /** Whether what clients call {@code name} makes embeddings. */
  boolean embeds(String name) {
    return targets.getOrDefault(name, List.of()).stream()
        .anyMatch(target -> target.deployment().embeds());
  }

  /** Whether clients can call {@code name}. */
  boolean serves(String name) {
    return targets.containsKey(name)
        || made.values().stream()
            .filter(provider -> provider.every)
            .anyMatch(provider ->
                provider.aliases.containsKey(name)
                    || catalogued(provider, name)
                    || (name.startsWith(provider.name + "/")
                        && catalogued(provider, name.substring(provider.name.length() + 1))));
  }

  private boolean catalogued(Provider provider, String model) {
    return provider.models.contains(model)
        || prices.models(provider.endpoint.vendor().priceList()).contains(model);
  }

  /** What each name with several models behind it falls back on. */
  Map<String, List<String>> siblings() {
    List<Provider> order = all();
    Map<String, List<String>> siblings = new LinkedHashMap<>();
    targets.forEach((name, all) -> {
      if (all.size() > 1) {
        List<Target> inOrder = new ArrayList<>(all);
        inOrder.sort(Comparator.comparingInt(target -> order.indexOf(target.provider())));
        findings.note(
            all.stream().map(each -> each.deployment().path()).collect(Collectors.joining(", ")),
            name
                + " stands for several models or addresses: calls are not spread over these, the"
                + " first is asked, then the others",
            "");
        siblings.put(
            name,
            inOrder.stream()
                .skip(mixed(inOrder) ? 0 : 1)
                .map(target -> target.provider().name + "/" + target.model())
                .toList());
      }
    });
    return siblings;
  }

  /** Whether which of them is the first depends on the caller's dialect. */
  private static boolean mixed(List<Target> targets) {
    return targets.stream()
            .map(target -> target.provider().endpoint.vendor().dialect())
            .distinct()
            .count()
        > 1;
  }
}
