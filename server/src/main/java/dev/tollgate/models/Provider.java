package dev.tollgate.models;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.net.URI;

/** A provider as calls see it: where it is, and how a call is addressed to it. */
final class Provider {

  private static final CharSequence ANTHROPIC_KEY = HttpHeaders.createOptimized("x-api-key");
  private static final CharSequence AZURE_KEY = HttpHeaders.createOptimized("api-key");

  private final ProviderConfig config;
  private final int index;
  private final String host;
  private final int port;
  private final boolean tls;
  private final String basePath;

  Provider(ProviderConfig config, int index) {
    this.config = config;
    this.index = index;
    URI url = config.baseUrl();
    this.tls = "https".equalsIgnoreCase(url.getScheme());
    this.host = url.getHost();
    this.port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    this.basePath = config.azure() == null ? base : base + config.azure().root();
  }

  ProviderConfig config() {
    return config;
  }

  /** Its place in the configuration: where each event loop keeps its client of it. */
  int index() {
    return index;
  }

  String name() {
    return config.name();
  }

  Dialect dialect() {
    return config.dialect();
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  boolean tls() {
    return tls;
  }

  /** What the provider calls a model. */
  String named(String model) {
    Azure azure = config.azure();
    return azure == null ? model : azure.deployment(model);
  }

  /**
   * The target of a request for a model.
   *
   * @param path of the surface, its query included
   */
  String target(Surface surface, String path, String model) {
    Azure azure = config.azure();
    return target(azure == null ? path : azure.deployed(surface, model) + path);
  }

  /** The target of a request for something else than a model, such as an answer it keeps. */
  String target(String path) {
    Azure azure = config.azure();
    return azure == null ? basePath + path : basePath + azure.versioned(path);
  }

  /** Puts a key where the provider reads it. */
  void authenticate(MultiMap headers, String key) {
    if (config.azure() != null) {
      headers.set(AZURE_KEY, key);
      return;
    }
    switch (config.dialect()) {
      case ANTHROPIC -> headers.set(ANTHROPIC_KEY, key);
      case OPENAI -> headers.set(HttpHeaders.AUTHORIZATION, "Bearer " + key);
    }
  }
}
