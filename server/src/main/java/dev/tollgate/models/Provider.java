package dev.tollgate.models;

import dev.tollgate.kernel.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * A provider as calls see it: where it is, and with which credential an organization goes there.
 */
final class Provider {

  /**
   * A key of the provider.
   *
   * @param fingerprint twelve hexadecimal digits of its SHA-256: what the ledger keeps
   */
  record Credential(Secret key, String fingerprint, long seed) {}

  private final ProviderConfig config;
  private final int index;
  private final String host;
  private final int port;
  private final boolean tls;
  private final String basePath;
  private final List<Credential> credentials;

  Provider(ProviderConfig config, int index) {
    this.config = config;
    this.index = index;
    URI url = config.baseUrl();
    this.tls = "https".equalsIgnoreCase(url.getScheme());
    this.host = url.getHost();
    this.port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    this.basePath = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    this.credentials = config.apiKeys().stream().map(Provider::credential).toList();
  }

  /** Rendezvous hashing: an organization keeps its key, so that prompt caches stay warm. */
  Credential credential(UUID organization) {
    Credential best = credentials.getFirst();
    long weight = Long.MIN_VALUE;
    for (Credential candidate : credentials) {
      long hash = mix(organization.getLeastSignificantBits() ^ candidate.seed());
      if (hash > weight) {
        weight = hash;
        best = candidate;
      }
    }
    return best;
  }

  private static Credential credential(Secret key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(key.reveal().getBytes(StandardCharsets.UTF_8));
      String hex = HexFormat.of().formatHex(hash);
      return new Credential(key, hex.substring(0, 12), Long.parseUnsignedLong(hex, 12, 28, 16));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
  private static long mix(long z) {
    long once = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long twice = (once ^ (once >>> 27)) * 0x94d049bb133111ebL;
    return twice ^ (twice >>> 31);
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

  /** What stands before the path of a surface, without a slash at its end. */
  String basePath() {
    return basePath;
  }
}
