package dev.tollgate.litellm;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what was read as a {@code tollgate.yaml}. */
final class Configuration {

  private Configuration() {}

  static String write(
      Providers providers, Routing routing, @Nullable String redis, @Nullable String overlay) {
    Yaml yaml = new Yaml();
    yaml.line(0, "# Made by: tollgate import litellm. Every other key has its default;");
    yaml.line(0, "# tollgate config print shows them all.");
    providers(yaml, providers.all(), providers);
    if (!routing.aliases().isEmpty()) {
      yaml.map(0, "aliases", routing.aliases());
    }
    routing(yaml, routing);
    if (redis != null) {
      yaml.line(0, "redis:").entry(1, "url", redis);
    }
    if (overlay != null) {
      yaml.line(0, "spend:").entry(1, "prices-overlay", overlay);
    }
    return yaml.toString();
  }

  private static void providers(Yaml yaml, Collection<Provider> all, Providers providers) {
    if (all.isEmpty()) {
      return;
    }
    yaml.line(0, "providers:");
    for (Provider provider : all) {
      yaml.line(1, "- name: " + provider.name);
      yaml.entry(2, "dialect", provider.endpoint.vendor().dialect());
      yaml.entry(2, "base-url", provider.endpoint.baseUrl());
      yaml.list(2, "api-keys", provider.keys);
      azure(yaml, provider);
      List<String> models = providers.models(provider);
      if (!models.isEmpty()) {
        yaml.list(2, "models", models);
      }
      if (!provider.aliases.isEmpty()) {
        yaml.map(2, "aliases", provider.aliases);
      }
      if (!provider.endpoint.headers().isEmpty()) {
        yaml.map(2, "headers", provider.endpoint.headers());
      }
      String timeout = provider.endpoint.firstByteTimeout();
      if (timeout != null) {
        yaml.entry(2, "first-byte-timeout", timeout);
      }
    }
  }

  private static void azure(Yaml yaml, Provider provider) {
    if (!provider.endpoint.azure()) {
      return;
    }
    String version = provider.endpoint.azureVersion();
    Map<String, String> renamed = provider.renamed();
    if (version == null && renamed.isEmpty()) {
      yaml.line(2, "azure: {}");
      return;
    }
    yaml.line(2, "azure:");
    if (version != null) {
      yaml.entry(3, "api-version", version);
    }
    if (!renamed.isEmpty()) {
      yaml.map(3, "deployments", renamed);
    }
  }

  private static void routing(Yaml yaml, Routing routing) {
    Map<String, List<String>> fallbacks = routing.fallbacks();
    Long retries = routing.retries();
    if (fallbacks.isEmpty() && retries == null) {
      return;
    }
    yaml.line(0, "routing:");
    if (!fallbacks.isEmpty()) {
      yaml.lists(1, "fallbacks", fallbacks);
    }
    if (retries != null) {
      yaml.line(1, "retries: " + retries);
    }
  }
}
