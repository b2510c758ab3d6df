package dev.tollgate.bench;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.bootstrap.EmbeddedRedis;
import dev.tollgate.bootstrap.PostgresAddress;
import dev.tollgate.simulator.Simulator;
import dev.tollgate.storage.StorageConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Gateways as processes of their own, on one PostgreSQL, one Redis and one simulator. */
final class Fleet implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(2);
  private static final String ADMIN_KEY = "an-administrator-of-the-bench";
  private static final JsonMapper JSON = new JsonMapper();

  private final EmbeddedPostgres postgres;
  private final EmbeddedRedis redis;
  private final Simulator simulator;
  private final List<GatewayNode> nodes = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private Fleet(EmbeddedPostgres postgres, EmbeddedRedis redis, Simulator simulator) {
    this.postgres = postgres;
    this.redis = redis;
    this.simulator = simulator;
  }

  /**
   * Starts the servers and {@code size} gateways with their data under {@code home}.
   *
   * @param more lines of the gateways' configuration
   * @param flags of their JVMs, beside those of production
   */
  static Fleet start(Path home, int size, String more, String... flags)
      throws IOException, InterruptedException {
    Fleet fleet =
        new Fleet(
            EmbeddedPostgres.start(home.resolve("postgres")),
            EmbeddedRedis.start(home.resolve("redis")),
            Simulator.start());
    Path config = home.resolve("tollgate.yaml");
    Files.writeString(config, fleet.config() + more);
    for (int i = 1; i <= size; i++) {
      fleet.add(home, config, "node" + i, flags);
    }
    for (GatewayNode node : fleet.nodes) {
      fleet.awaitReady(node);
    }
    return fleet;
  }

  private String config() {
    PostgresAddress owner = postgres.owner();
    return """
    database: { url: "postgresql://%s:%s@127.0.0.1:%d/%s" }
    redis: { url: "%s" }
    logs: { access: false, level: warn }
    providers:
      - { name: upstream, dialect: anthropic, base-url: "%s", api-keys: ["x"] }
      - { name: upstream-openai, dialect: openai, base-url: "%s/v1", api-keys: ["x"] }
    """
        .formatted(
            owner.user(),
            owner.password().reveal(),
            owner.port(),
            owner.database(),
            redis.address().url().reveal(),
            simulator.url(),
            simulator.url());
  }

  private void add(Path home, Path config, String name, String... flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.tollgate.bootstrap.Main", "serve"));
    command.addAll(List.of("--config", config.toString()));
    command.addAll(List.of("--data", home.resolve(name).toString()));
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    GatewayNode node =
        new GatewayNode(
            name,
            port,
            command,
            Map.of("TOLLGATE_ADMIN_KEY", ADMIN_KEY, "TOLLGATE_LISTEN_PORT", String.valueOf(port)),
            home.resolve(name + ".log"));
    nodes.add(node);
    node.start();
  }

  /** Waits until a node has money to give. */
  void awaitReady(GatewayNode node) throws InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < end) {
      try {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(node.url() + "/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException starting) {
        // It does not listen yet.
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new IllegalStateException(node.name() + " is not ready; see its log");
  }

  /** A request of an administrator to the first node, which must succeed. */
  JsonNode admin(String method, String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(nodes.getFirst().url() + "/admin/v1" + path))
                .header("authorization", "Bearer " + ADMIN_KEY)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IllegalStateException(path + ": " + response.body());
    }
    return JSON.readTree(response.body());
  }

  List<GatewayNode> nodes() {
    return nodes;
  }

  HttpClient http() {
    return http;
  }

  EmbeddedPostgres postgres() {
    return postgres;
  }

  EmbeddedRedis redis() {
    return redis;
  }

  StorageConfig storage() {
    PostgresAddress owner = postgres.owner();
    return new StorageConfig(owner.jdbcUrl(), owner.user(), owner.password(), 2);
  }

  /** A connection that sees every row. */
  Connection observe() throws SQLException {
    PostgresAddress superuser = postgres.superuser();
    return new PostgresAddress(
            superuser.port(), postgres.owner().database(), superuser.user(), superuser.password())
        .connect();
  }

  @Override
  public void close() {
    nodes.forEach(GatewayNode::close);
    http.shutdownNow();
    simulator.close();
    redis.close();
    postgres.close();
  }
}
