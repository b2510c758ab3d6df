package dev.tollgate.bootstrap;

import dev.tollgate.catalogue.Catalogue;
import dev.tollgate.connectors.CatalogueConnectors;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.connectors.Connectors;
import dev.tollgate.credentials.Credentials;
import dev.tollgate.egress.Egress;
import dev.tollgate.http.admin.AdminRoutes;
import dev.tollgate.http.admin.Health;
import dev.tollgate.http.admin.HealthRoutes;
import dev.tollgate.http.admin.MetricsRoute;
import dev.tollgate.http.admin.PreviewRoutes;
import dev.tollgate.http.admin.Reach;
import dev.tollgate.http.anthropic.AnthropicRoutes;
import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.FrontDoor;
import dev.tollgate.http.engine.Route;
import dev.tollgate.http.engine.RouteNames;
import dev.tollgate.http.mcp.McpServer;
import dev.tollgate.http.openai.OpenAiRoutes;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Closer;
import dev.tollgate.keyring.Keyring;
import dev.tollgate.limits.Limits;
import dev.tollgate.models.BodyBytes;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.Envelope;
import dev.tollgate.models.ModelLoop;
import dev.tollgate.models.Models;
import dev.tollgate.models.RequestScan;
import dev.tollgate.models.Surface;
import dev.tollgate.objects.ProviderObjects;
import dev.tollgate.spend.Bounds;
import dev.tollgate.spend.PriceCatalogue;
import dev.tollgate.spend.Spend;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import dev.tollgate.telemetry.Telemetry;
import dev.tollgate.tenancy.FirstKeys;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.toolcache.CacheConfig;
import dev.tollgate.toolcache.ToolCache;
import dev.tollgate.upstreams.Upstreams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One node: every room, opened in the order in which they stand on each other.
 *
 * <p>The door opens first and answers 503 until the rooms behind it are ready; it closes first too,
 * so that what is under way ends and is charged before the money room flushes its ledger.
 */
final class Gateway implements AutoCloseable {

  private final GatewayConfig config;
  private final Clock clock = Clock.system();
  private final Closer closer = new Closer();
  private final Telemetry telemetry = closer.add(Telemetry.open());
  private final PriceCatalogue catalogue;
  private final FrontDoor door;

  private volatile @Nullable Rooms rooms;
  private volatile List<Route> served = List.of();

  /** The rooms that need the database. */
  private record Rooms(Storage storage, @Nullable Redis redis, Tenancy tenancy, Spend spend) {}

  private Gateway(GatewayConfig config) {
    this.config = config;
    this.catalogue = PriceCatalogue.load(config.pricesOverlay());
    this.door =
        FrontDoor.open(
            config.door(),
            HealthRoutes.routes(this::health),
            Dialects::errors,
            telemetry.registry(),
            clock);
  }

  /** Listens at once, and returns when calls are served. */
  static Gateway open(GatewayConfig config) {
    Gateway gateway = new Gateway(config);
    boolean opened = false;
    try {
      gateway.openRooms();
      opened = true;
      return gateway;
    } finally {
      // Whatever it was: some libraries throw checked exceptions that they do not declare.
      if (!opened) {
        gateway.close();
      }
    }
  }

  private void openRooms() {
    Storage.migrate(config.storage());
    Storage storage = closer.add(Storage.open(config.storage()));
    Redis redis = config.redis() == null ? null : closer.add(Redis.open(config.redis()));
    Tenancy tenancy = Tenancy.open(storage, redis, clock);
    tenancy.registerEnvironmentKey(config.administratorKey());
    Spend spend =
        closer.add(
            Spend.open(
                config.spend(),
                storage,
                clock,
                telemetry.registry(),
                config.nodeId(),
                NodeUrl.of(
                    config.nodeUrl(),
                    config.door().host(),
                    door.port(),
                    config.door().tls() != null),
                config.journal(),
                redis));
    Bounds bounds =
        closer.add(Bounds.open(storage, telemetry.registry(), config.models().learning()));
    Egress egress = closer.add(Egress.open(config.allowedAddresses()));
    Trust trust =
        Trust.open(
            config,
            door.port(),
            storage,
            redis,
            tenancy,
            egress,
            telemetry.registry(),
            clock,
            closer);
    Limits limits =
        closer.add(Limits.open(storage, redis, config.nodeId(), telemetry.registry(), clock));
    ProviderObjects objects =
        closer.add(ProviderObjects.open(storage, ProviderObjects.RETENTION, telemetry.registry()));
    Keyring keyring =
        Keyring.open(storage, trust.secrets(), redis, config.models().providerNames(), clock);
    Models models =
        Models.open(
            config.models(),
            catalogue,
            readers(),
            spend,
            objects,
            bounds,
            limits,
            keyring,
            telemetry.registry(),
            config.organizationLabels(),
            clock);
    Catalogue connectors = Catalogue.open(storage, redis, clock);
    ToolCache cache =
        closer.add(
            ToolCache.open(
                CacheConfig.DEFAULT, storage, redis, config.nodeId(), telemetry.registry(), clock));
    Upstreams upstreams =
        closer.add(
            Upstreams.open(
                config.upstreams(),
                config.trust().seal(),
                egress,
                config.nodeId(),
                Version.own(),
                telemetry.registry(),
                clock));
    Reach reach = new Reach(egress, config.upstreams().processes());
    McpServer mcp = mcp(storage, connectors, upstreams, trust.credentials(), cache, spend, limits);
    door.whenClosing(
        mcp::drain,
        () -> {
          mcp.end();
          return upstreams.drain();
        });
    rooms = new Rooms(storage, redis, tenancy, spend);
    door.serve(
        new Entrance(tenancy, spend),
        (vertx, deadlines) -> {
          List<Route> routes =
              routes(
                  models.on(vertx, deadlines),
                  models,
                  tenancy,
                  spend,
                  keyring,
                  trust.credentials());
          routes.addAll(
              AdminRoutes.connectors(tenancy, connectors, trust.credentials(), cache, reach));
          routes.addAll(AdminRoutes.providers(tenancy, keyring, models));
          routes.addAll(trust.admitting(mcp.on(vertx, deadlines)));
          routes.addAll(trust.routes());
          served = List.copyOf(routes);
          return routes;
        });
  }

  private McpServer mcp(
      Storage storage,
      Catalogue connectors,
      Upstreams upstreams,
      Credentials credentials,
      ToolCache cache,
      Spend spend,
      Limits limits) {
    return McpServer.open(
        config.mcp(),
        Connectors.open(
            new CatalogueConnectors(
                connectors, new ConfiguredConnectors(config.servers()), credentials),
            upstreams,
            cache,
            spend,
            telemetry.registry(),
            clock),
        limits,
        storage,
        config.nodeId(),
        clock);
  }

  private List<Route> routes(
      ModelLoop loop,
      Models models,
      Tenancy tenancy,
      Spend spend,
      Keyring keyring,
      Credentials credentials) {
    List<Route> routes = new ArrayList<>();
    routes.addAll(AnthropicRoutes.on(loop, config.models().jsonDepth()));
    routes.addAll(OpenAiRoutes.on(loop, config.models().jsonDepth()));
    routes.addAll(ModelLists.routes(models));
    routes.addAll(
        AdminRoutes.routes(
            tenancy,
            spend,
            keyring,
            credentials,
            config.firstBudget(),
            () -> RouteNames.of(served)));
    routes.addAll(previews(models, tenancy, spend).routes());
    routes.addAll(HealthRoutes.routes(this::health));
    routes.add(MetricsRoute.route(telemetry, Access.ADMINISTRATOR));
    return routes;
  }

  private PreviewRoutes previews(Models models, Tenancy tenancy, Spend spend) {
    int depth = config.models().jsonDepth();
    return new PreviewRoutes(
        tenancy,
        spend,
        models,
        RequestScan.factory(depth + 1),
        Map.of(
            Surface.MESSAGES, AnthropicRoutes.reader(depth),
            Surface.CHAT_COMPLETIONS, OpenAiRoutes.reader(depth),
            Surface.RESPONSES, OpenAiRoutes.responsesReader(depth)));
  }

  /** How conversations are read in each dialect. */
  private Map<Dialect, Function<BodyBytes, Envelope>> readers() {
    int depth = config.models().jsonDepth();
    return Map.of(
        Dialect.ANTHROPIC, AnthropicRoutes.reader(depth),
        Dialect.OPENAI, OpenAiRoutes.reader(depth));
  }

  private Health health() {
    Rooms opened = rooms;
    Map<String, String> checks = new LinkedHashMap<>();
    if (opened == null || door.leaving()) {
      checks.put("gateway", opened == null ? "starting" : "stopping");
      return new Health(false, checks);
    }
    boolean database = opened.storage().available();
    boolean leases = database && opened.spend().ready();
    checks.put("database", database ? "ok" : "down");
    checks.put("leases", leases ? "ok" : "down");
    if (opened.redis() != null) {
      checks.put("redis", opened.redis().available() ? "ok" : "degraded");
    }
    if (catalogue.staleAt(clock.now())) {
      checks.put("prices", "degraded");
    }
    return new Health(leases, checks);
  }

  /** Makes the first organization and the first keys, where there are none yet. */
  void firstStart(Consumer<FirstKeys> keep) {
    Rooms opened = rooms;
    if (opened != null) {
      opened
          .tenancy()
          .firstStart(
              (handle, organization) ->
                  Spend.openBudget(handle, organization.id(), config.firstBudget()),
              keep);
    }
  }

  int port() {
    return door.port();
  }

  /** What is served, as data. */
  List<Route> served() {
    return served;
  }

  Telemetry telemetry() {
    return telemetry;
  }

  FrontDoor door() {
    return door;
  }

  @Override
  public void close() {
    door.close();
    closer.close();
  }
}
