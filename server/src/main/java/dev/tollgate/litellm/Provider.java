package dev.tollgate.litellm;

import dev.tollgate.litellm.Deployment.Endpoint;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A provider of Tollgate in the making: one endpoint, called with one set of keys. */
final class Provider {

  final String name;
  final Endpoint endpoint;
  final Set<String> keys;
  final Set<String> models = new LinkedHashSet<>();
  final Map<String, String> aliases = new LinkedHashMap<>();

  /** The name in the address of each model. */
  final Map<String, String> deployments = new LinkedHashMap<>();

  /** Every model that the catalogue has for it. */
  boolean every;

  /** Those deployments that are not called like their model. */
  Map<String, String> renamed() {
    Map<String, String> renamed = new LinkedHashMap<>(deployments);
    renamed.entrySet().removeIf(each -> each.getKey().equals(each.getValue()));
    renamed.keySet().retainAll(models);
    return renamed;
  }

  Provider(String name, Endpoint endpoint, Set<String> keys) {
    this.name = name;
    this.endpoint = endpoint;
    this.keys = keys;
  }
}
