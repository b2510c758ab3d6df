package dev.tollgate.bootstrap;

import static org.awaitility.Awaitility.await;

import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.egress.AddressRange;
import dev.tollgate.http.engine.FrontDoorConfig;
import dev.tollgate.http.engine.Route;
import dev.tollgate.http.mcp.McpConfig;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.models.RoutingConfig;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.secrets.MasterKeys;
import dev.tollgate.simulator.Simulator;
import dev.tollgate.spend.Books;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.Estimation;
import dev.tollgate.spend.Ladder;
import dev.tollgate.spend.SpendConfig;
import dev.tollgate.spend.Tier;
import dev.tollgate.spend.UnboundedInput;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.Scratch;
import dev.tollgate.testing.TestDatabase;
import dev.tollgate.upstreams.UpstreamsConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole node on real servers: a database of its own, a simulator of its own, and administration
 * over HTTP as an administrator does it.
 */
public final class TestGateway implements AutoCloseable {

  public static final String ADMIN_KEY = "an-administrator-of-tests";

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final StorageConfig database;
  private final Simulator simulator;
  private final Gateway gateway;
  private final HttpClient http = HttpClient.newHttpClient();

  /** What a test may want otherwise. */
  public record Wishes(
      SpendConfig spend,
      ModelsConfig models,
      FrontDoorConfig door,
      UpstreamsConfig upstreams,
      List<ConfiguredConnectors.Server> servers,
      TrustConfig trust,
      @Nullable RedisConfig redis) {
    public Wishes spend(SpendConfig other) {
      return new Wishes(other, models, door, upstreams, servers, trust, redis);
    }

    public Wishes models(ModelsConfig other) {
      return new Wishes(spend, other, door, upstreams, servers, trust, redis);
    }

    public Wishes door(FrontDoorConfig other) {
      return new Wishes(spend, models, other, upstreams, servers, trust, redis);
    }

    public Wishes upstreams(UpstreamsConfig other) {
      return new Wishes(spend, models, door, other, servers, trust, redis);
    }

    public Wishes servers(ConfiguredConnectors.Server... others) {
      return new Wishes(spend, models, door, upstreams, List.of(others), trust, redis);
    }

    /** Several gateways that share what nodes share. */
    public Wishes redis(RedisConfig other) {
      return new Wishes(spend, models, door, upstreams, servers, trust, other);
    }

    /** Several gateways with one master key. */
    public Wishes masterKey(MasterKey key) {
      return trust(new TrustConfig(new MasterKeys(key, null), null, null));
    }

    Wishes trust(TrustConfig other) {
      return new Wishes(spend, models, door, upstreams, servers, other, redis);
    }
  }

  /** An organization and a key of it. */
  public record Tenant(UUID id, String key) {}

  private TestGateway(StorageConfig database, Simulator simulator, Gateway gateway) {
    this.database = database;
    this.simulator = simulator;
    this.gateway = gateway;
  }

  public static TestGateway start() {
    return start(wishes -> wishes);
  }

  public static TestGateway start(UnaryOperator<Wishes> change) {
    return start(TestDatabase.freshPlainOwner(), change);
  }

  public static TestGateway start(StorageConfig database, UnaryOperator<Wishes> change) {
    BlockedLoops.listen();
    Simulator simulator = Simulator.start();
    try {
      return new TestGateway(database, simulator, open(database, simulator, change));
    } catch (RuntimeException failed) {
      simulator.close();
      throw failed;
    }
  }

  private static Gateway open(
      StorageConfig database, Simulator simulator, UnaryOperator<Wishes> change) {
    Wishes wishes =
        change.apply(
            new Wishes(
                SpendConfig.DEFAULT,
                models(simulator.url()),
                door(),
                UpstreamsConfig.DEFAULT,
                List.of(),
                new TrustConfig(
                    new MasterKeys(MasterKey.parse(MasterKey.generate()), null), null, null),
                null));
    return Gateway.open(
        new GatewayConfig(
            wishes.door(),
            database,
            wishes.redis(),
            wishes.spend(),
            wishes.models(),
            McpConfig.of(true, Set.of(), null),
            wishes.upstreams(),
            wishes.servers(),
            List.of(AddressRange.parse("127.0.0.0/8")),
            wishes.trust(),
            null,
            new Secret(ADMIN_KEY),
            Ids.next(),
            null,
            Scratch.directory("journal"),
            200,
            new BudgetTerms(null, Ladder.DEFAULT, Estimation.CAPPED, true)));
  }

  /** The simulator as provider of both dialects, and the default tiers. */
  public static ModelsConfig models(String simulator) {
    return new ModelsConfig(
        List.of(
            ProviderConfig.of(
                "anthropic", Dialect.ANTHROPIC, URI.create(simulator), new Secret("sk-up"), null),
            ProviderConfig.of(
                "openai",
                Dialect.OPENAI,
                URI.create(simulator + "/v1"),
                new Secret("sk-up"),
                null)),
        Map.of(
            Tier.PREMIUM, Map.of("anthropic", "claude-opus-5-5"),
            Tier.STANDARD, Map.of("anthropic", "claude-sonnet-5-5"),
            Tier.ECONOMY, Map.of("anthropic", "claude-haiku-5-5")),
        Map.of("fast", "claude-haiku-5-5"),
        // Faults that one test asks for are not to concern another.
        RoutingConfig.DEFAULT.with(RoutingConfig.Breaker.NEVER),
        UnboundedInput.WINDOW,
        true,
        Duration.ofMinutes(60),
        128,
        ModelsConfig.Disconnect.CANCEL,
        Duration.ofSeconds(2));
  }

  private static FrontDoorConfig door() {
    return new FrontDoorConfig(
        "127.0.0.1",
        0,
        null,
        64 * 1024,
        32 * 1024 * 1024,
        256L * 1024 * 1024,
        Duration.ofSeconds(60),
        Duration.ZERO,
        Duration.ofSeconds(10),
        2);
  }

  public String url() {
    return "http://127.0.0.1:" + gateway.port();
  }

  public int port() {
    return gateway.port();
  }

  /** Every route that is served. */
  public List<Route> routes() {
    return gateway.served();
  }

  /** Where the node counts. */
  public MeterRegistry meters() {
    return gateway.telemetry().registry();
  }

  /** As when the files of the certificate have changed. */
  public void reloadCertificates() {
    gateway.door().reloadCertificates();
  }

  public Simulator simulator() {
    return simulator;
  }

  public StorageConfig database() {
    return database;
  }

  /** An organization with this budget; null: unlimited. */
  public Tenant tenant(@Nullable Long monthlyBudgetCents) {
    String budget = monthlyBudgetCents == null ? "null" : monthlyBudgetCents.toString();
    JsonNode made =
        admin(
            "POST",
            "/admin/v1/organizations",
            "{\"name\":\"acme\",\"monthlyBudgetCents\":" + budget + "}",
            201);
    UUID id = UUID.fromString(made.path("id").stringValue());
    JsonNode key =
        admin("POST", "/admin/v1/organizations/" + id + "/keys", "{\"name\":\"test\"}", 201);
    return new Tenant(id, key.path("key").stringValue());
  }

  /**
   * An organization with a key of its own for {@code provider}: what becomes of that key, such as a
   * cool-down, concerns no other test.
   */
  public Tenant tenantWithKey(@Nullable Long monthlyBudgetCents, String provider) {
    Tenant made = tenant(monthlyBudgetCents);
    admin(
        "POST",
        "/admin/v1/organizations/" + made.id() + "/provider-keys",
        "{\"provider\":\"" + provider + "\",\"key\":\"sk-" + made.id() + "\"}",
        201);
    return made;
  }

  /** Sets an organization's budget; {@code body} as the administration takes it. */
  public JsonNode budget(Tenant tenant, String body) {
    return admin("PUT", "/admin/v1/organizations/" + tenant.id() + "/budget", body, 200);
  }

  /** What has been charged. */
  public JsonNode ledger(Tenant tenant) {
    awaitCharges();
    return admin("GET", "/admin/v1/organizations/" + tenant.id() + "/ledger?limit=1000", "", 200)
        .path("items");
  }

  /**
   * Waits until each charge is in PostgreSQL. An answer may be ahead of its own, which is then safe
   * in the journal.
   */
  public void awaitCharges() {
    // In this order: what has just left the queue is in the journal until PostgreSQL has it.
    awaitZero("spend.commit.queue");
    awaitZero("spend.journal.unacknowledged.bytes");
  }

  private void awaitZero(String gauge) {
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .until(() -> meters().get(gauge).gauge().value() == 0);
  }

  /** Whether every counter is the sum of its entries, as {@code books verify} finds it. */
  public Books.Report books() {
    try (Storage storage = Storage.open(database)) {
      return Books.verify(storage);
    }
  }

  /** A request of an administrator, whose answer must have this status. */
  public JsonNode admin(String method, String path, String body, int status) {
    HttpResponse<String> response = send(method, path, ADMIN_KEY, body);
    if (response.statusCode() != status) {
      throw new AssertionError(
          method + " " + path + " gave " + response.statusCode() + ": " + response.body());
    }
    return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
  }

  /** Any request with a bearer's key. */
  public HttpResponse<String> send(String method, String path, String key, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(url() + path))
            .header("authorization", "Bearer " + key)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  public HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    gateway.close();
    simulator.close();
    http.close();
    BlockedLoops.assertNone();
  }
}
