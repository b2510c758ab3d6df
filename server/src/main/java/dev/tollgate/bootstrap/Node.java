package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Closer;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.StorageConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code serve} runs: the data directory, the servers that are embedded, the simulator if
 * nobody else serves models, and the gateway on top of them. Closes in reverse.
 */
final class Node implements AutoCloseable {

  private static final int SHORTEST_KEY = 16;
  private static final Duration CERTIFICATES = Duration.ofSeconds(5);

  private final Config config;
  private final Closer closer;
  private final DataDirectory data;
  private final boolean embeddedDatabase;
  private final boolean simulated;
  private final Gateway gateway;

  private Node(
      Config config,
      Closer closer,
      DataDirectory data,
      boolean embeddedDatabase,
      boolean simulated,
      Gateway gateway) {
    this.config = config;
    this.closer = closer;
    this.data = data;
    this.embeddedDatabase = embeddedDatabase;
    this.simulated = simulated;
    this.gateway = gateway;
  }

  /** Starts all of it, or nothing. */
  static Node start(Config config, Path directory, Map<String, String> environment) {
    Closer closer = new Closer();
    boolean started = false;
    try {
      Node node = start(config, directory, environment, closer);
      started = true;
      return node;
    } finally {
      if (!started) {
        closer.close();
      }
    }
  }

  private static Node start(
      Config config, Path directory, Map<String, String> environment, Closer closer) {
    boolean embedded = config.database().url() == null;
    boolean simulated = config.providers().isEmpty();
    Secret administrator = administratorKey(environment, embedded);
    requireProviders(config);
    DataDirectory data = closer.add(DataDirectory.take(directory));
    CompletableFuture<StorageConfig> storage = begin(() -> storage(config, data, closer));
    CompletableFuture<RedisConfig> redis = begin(() -> redis(config, data, closer));
    CompletableFuture<List<ProviderConfig>> providers =
        begin(() ->
            simulated
                ? Wiring.simulated(closer.add(SimulatorProcess.start()).url())
                : Wiring.providers(config));
    awaitAll(storage, redis, providers);
    Gateway gateway =
        closer.add(
            Gateway.open(
                Wiring.gateway(
                    config,
                    providers.join(),
                    storage.join(),
                    redis.join(),
                    administrator,
                    data.nodeId(),
                    data.path().resolve("journal"))));
    Node node = new Node(config, closer, data, embedded, simulated, gateway);
    node.settleIn();
    return node;
  }

  private static <T> CompletableFuture<T> begin(Supplier<T> start) {
    return CompletableFuture.supplyAsync(start, Thread::startVirtualThread);
  }

  /** Returns when all have started, or throws when the last is done: none is left behind. */
  private static void awaitAll(CompletableFuture<?>... starts) {
    try {
      CompletableFuture.allOf(starts).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static @Nullable Secret administratorKey(
      Map<String, String> environment, boolean embedded) {
    String key = environment.getOrDefault("TOLLGATE_ADMIN_KEY", "");
    if (key.isEmpty()) {
      if (embedded) {
        return null;
      }
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "an external database needs TOLLGATE_ADMIN_KEY: set it to a secret of at least "
              + SHORTEST_KEY
              + " characters");
    }
    if (key.length() < SHORTEST_KEY) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "TOLLGATE_ADMIN_KEY is too short: a secret has at least " + SHORTEST_KEY + " characters");
    }
    return new Secret(key);
  }

  /** A key that was forgotten in production must be an error, and not a simulated answer. */
  static void requireProviders(Config config) {
    boolean tryOut = config.database().url() == null && isLoopback(config.listen().host());
    if (config.providers().isEmpty() && !tryOut) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "no provider is configured: name one under providers in tollgate.yaml (the simulator"
              + " stands in only with the embedded database and a loopback listener)");
    }
  }

  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  private static StorageConfig storage(Config config, DataDirectory data, Closer closer) {
    DatabaseSection database = config.database();
    DatabaseUrl url = database.url();
    if (url != null) {
      return database.storage(url);
    }
    return database.storage(closer.add(EmbeddedPostgres.start(data.postgres())).owner());
  }

  private static RedisConfig redis(Config config, DataDirectory data, Closer closer) {
    RedisUrl url = config.redis().url();
    Secret where =
        url != null ? url.url() : closer.add(EmbeddedRedis.start(data.redis())).address().url();
    return new RedisConfig(where, config.redis().prefix());
  }

  private void settleIn() {
    if (embeddedDatabase) {
      gateway.firstStart(keys -> {
        data.keep(DataDirectory.administratorKey(data.path()), keys.administrator());
        data.keep(DataDirectory.organizationKey(data.path()), keys.organization());
      });
    }
    PrivateFiles.write(DataDirectory.address(data.path()), url());
    ListenSection.Tls tls = config.listen().tls();
    if (tls != null) {
      closer.add(new CertificateWatch(tls, gateway.door(), CERTIFICATES));
    }
    TelemetrySection.MetricsListen metrics = config.telemetry().metricsListen();
    if (metrics != null) {
      closer.add(MetricsListener.open(metrics, gateway.telemetry()));
    }
  }

  /** Where it is reached. */
  String url() {
    String host = config.listen().host();
    boolean anywhere = host.equals("0.0.0.0") || host.equals("::");
    String named = anywhere ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host;
    return (config.listen().tls() == null ? "http://" : "https://") + named + ":" + gateway.port();
  }

  boolean simulated() {
    return simulated;
  }

  boolean embeddedDatabase() {
    return embeddedDatabase;
  }

  Path data() {
    return data.path();
  }

  @Override
  public void close() {
    closer.close();
  }
}
