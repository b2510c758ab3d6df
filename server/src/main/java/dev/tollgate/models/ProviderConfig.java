package dev.tollgate.models;

import dev.tollgate.kernel.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One provider of models, as configured.
 *
 * @param baseUrl for Anthropic's dialect without, for OpenAI's with {@code /v1}, as the SDKs take
 *     it
 * @param apiKeys the operator's; a conversation keeps the same of several. None: organizations have
 *     to have keys of their own
 * @param models exact names, priced or not; null: the catalogue's for the dialect's vendor
 * @param aliases further names of models of this provider
 * @param headers sent with every request to it
 * @param connectTimeout within which a connection must stand
 * @param firstByteTimeout within which an answer must begin
 * @param idleTimeout the longest silence within an answer
 * @param connections at most so many to it, an event loop
 * @param ownKeys what organizations without keys of their own get
 * @param azure how its addresses are made where it is Azure OpenAI; null: it is not
 */
public record ProviderConfig(
    String name,
    Dialect dialect,
    URI baseUrl,
    List<ApiKey> apiKeys,
    @Nullable List<String> models,
    Map<String, String> aliases,
    Map<String, String> headers,
    Duration connectTimeout,
    Duration firstByteTimeout,
    Duration idleTimeout,
    int connections,
    OwnKeysPolicy ownKeys,
    @Nullable Azure azure) {

  /**
   * A key of the operator's.
   *
   * @param account keys with the same label belong to one account; null: to one of its own
   */
  public record ApiKey(Secret key, @Nullable String account) {}

  /** What organizations without keys of their own get. */
  public enum OwnKeysPolicy {
    /** The operator's. */
    PREFER,
    /** Nothing. */
    REQUIRE
  }

  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  public static final Duration FIRST_BYTE_TIMEOUT = Duration.ofMinutes(10);
  public static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);
  public static final int CONNECTIONS = 256;

  public ProviderConfig {
    if (apiKeys.isEmpty() && ownKeys == OwnKeysPolicy.PREFER) {
      throw new IllegalArgumentException("provider " + name + " has no api-keys");
    }
    apiKeys = List.copyOf(apiKeys);
    models = models == null ? null : List.copyOf(models);
    aliases = Map.copyOf(aliases);
    headers = Map.copyOf(headers);
  }

  /** A provider with the default limits. */
  public static ProviderConfig of(
      String name, Dialect dialect, URI baseUrl, Secret apiKey, @Nullable List<String> models) {
    return new ProviderConfig(
        name,
        dialect,
        baseUrl,
        List.of(new ApiKey(apiKey, null)),
        models,
        Map.of(),
        Map.of(),
        CONNECT_TIMEOUT,
        FIRST_BYTE_TIMEOUT,
        IDLE_TIMEOUT,
        CONNECTIONS,
        OwnKeysPolicy.PREFER,
        null);
  }
}
