package dev.tollgate.bootstrap;

import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.http.engine.FrontDoorConfig;
import dev.tollgate.http.mcp.McpConfig;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.AutoConfig;
import dev.tollgate.models.Azure;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.models.RoutingConfig;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.JournalBounds;
import dev.tollgate.spend.Ladder;
import dev.tollgate.spend.SpendConfig;
import dev.tollgate.spend.Tier;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.upstreams.Endpoint;
import dev.tollgate.upstreams.UpstreamsConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From the one configuration to what each room is opened with. */
final class Wiring {

  private static final Map<Tier, String> ANTHROPIC_TIERS =
      Map.of(
          Tier.PREMIUM, "claude-opus-5-5",
          Tier.STANDARD, "claude-sonnet-5-5",
          Tier.ECONOMY, "claude-haiku-5-5");

  private Wiring() {}

  static GatewayConfig gateway(
      Config config,
      List<ProviderConfig> providers,
      StorageConfig storage,
      @Nullable RedisConfig redis,
      @Nullable Secret administratorKey,
      UUID nodeId,
      Path journal) {
    return new GatewayConfig(
        door(config),
        storage,
        redis,
        spend(config),
        models(config, providers),
        mcp(config),
        upstreams(config.connectors()),
        config.connectors().servers().stream().map(Wiring::server).toList(),
        config.connectors().allowPrivateAddresses(),
        new TrustConfig(config.secrets().keys(), config.listen().publicUrl(), config.mcp().oauth()),
        config.spend().pricesOverlay(),
        administratorKey,
        nodeId,
        config.listen().nodeUrl(),
        journal,
        config.telemetry().organizationLabels(),
        budget(config.spend()));
  }

  /** What a new organization starts with, but for its limit. */
  private static BudgetTerms budget(SpendSection spending) {
    return new BudgetTerms(
        null,
        switch (spending.ladder()) {
          case DEFAULT -> Ladder.DEFAULT;
          case PERCENT -> Ladder.PERCENT;
          case OFF -> Ladder.OFF;
        },
        spending.estimation(),
        true);
  }

  private static FrontDoorConfig door(Config config) {
    ListenSection.Tls tls = config.listen().tls();
    LimitsSection limits = config.limits();
    return new FrontDoorConfig(
        config.listen().host(),
        config.listen().port(),
        tls == null
            ? null
            : new FrontDoorConfig.Tls(tls.certificate(), tls.privateKey(), tls.clientCa()),
        limits.headerBytes().intBytes(),
        limits.bodyBytes().intBytes(),
        limits.bodiesInFlight().bytes(),
        limits.requestTimeout(),
        limits.drainNotice(),
        limits.drain(),
        Runtime.getRuntime().availableProcessors());
  }

  private static McpConfig mcp(Config config) {
    URI known = config.listen().publicUrl();
    return McpConfig.of(
        Node.isLoopback(config.listen().host()),
        Set.copyOf(config.connectors().origins()),
        known == null ? null : known.getHost());
  }

  private static UpstreamsConfig upstreams(ConnectorsSection connecting) {
    UpstreamsConfig preset = UpstreamsConfig.DEFAULT;
    return new UpstreamsConfig(
        connecting.messageBytes().intBytes(),
        preset.sessions(),
        preset.pool(),
        connecting.allowCommands());
  }

  private static ConfiguredConnectors.Server server(ConnectorsSection.Server server) {
    URI url = server.url();
    Endpoint endpoint =
        url != null
            ? new Endpoint.Http(url)
            : new Endpoint.Stdio(server.command(), server.environment());
    return new ConfiguredConnectors.Server(
        server.name(),
        endpoint,
        server.headers(),
        server.stateless(),
        server.price(),
        server.prices());
  }

  private static SpendConfig spend(Config config) {
    SpendConfig preset = SpendConfig.DEFAULT;
    return new SpendConfig(
        config.spend().heldWait(),
        preset.waiters(),
        config.spend().settleTimeout(),
        preset.outstanding(),
        preset.batch(),
        preset.leaseLifetime(),
        preset.accounts(),
        config.telemetry().organizationLabels(),
        preset.drain(),
        config.ledger().retention(),
        new JournalBounds(config.spend().journalSize().bytes(), config.spend().journalRetention()),
        preset.counting());
  }

  static List<ProviderConfig> providers(Config config) {
    return config.providers().stream().map(Wiring::provider).toList();
  }

  private static ProviderConfig provider(ProviderSection provider) {
    return new ProviderConfig(
        provider.name(),
        provider.dialect(),
        provider.baseUrl(),
        provider.apiKeys().stream()
            .map(key -> new ProviderConfig.ApiKey(key.key(), key.account()))
            .toList(),
        served(provider),
        provider.aliases(),
        provider.headers().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, header -> header.getValue().reveal())),
        provider.connectTimeout(),
        provider.firstByteTimeout(),
        provider.idleTimeout(),
        provider.connections(),
        provider.ownKeys(),
        provider.azure() == null
            ? null
            : new Azure(provider.azure().apiVersion(), provider.azure().deployments()));
  }

  private static RoutingConfig.Breaker breaker(RoutingSection.Breaker breaker) {
    return new RoutingConfig.Breaker(
        breaker.failurePercent(), breaker.calls(), breaker.leastCalls(), breaker.open());
  }

  /** Azure serves what is deployed. */
  private static @Nullable List<String> served(ProviderSection provider) {
    ProviderSection.Azure azure = provider.azure();
    return provider.models() == null && azure != null && !azure.deployments().isEmpty()
        ? List.copyOf(azure.deployments().keySet())
        : provider.models();
  }

  /** The simulator as a provider of both dialects: a provider like any other. */
  static List<ProviderConfig> simulated(String url) {
    Secret any = new Secret("simulated");
    return List.of(
        ProviderConfig.of("simulator", Dialect.ANTHROPIC, URI.create(url), any, null),
        ProviderConfig.of("simulator-openai", Dialect.OPENAI, URI.create(url + "/v1"), any, null));
  }

  private static ModelsConfig models(Config config, List<ProviderConfig> providers) {
    return new ModelsConfig(
        providers,
        tiers(config.tiers(), providers),
        config.aliases(),
        new RoutingConfig(
            config.routing().fallbacks(),
            config.routing().retries(),
            config.routing().retryBudget(),
            config.routing().backoff(),
            auto(config.routing().auto()),
            breaker(config.routing().breaker())),
        config.spend().unboundedInput(),
        config.spend().learning(),
        config.limits().streamDuration(),
        config.limits().jsonDepth(),
        config.spend().disconnect(),
        config.spend().drainTimeout());
  }

  private static AutoConfig auto(RoutingSection.Auto auto) {
    return new AutoConfig(
        auto.confidence(), auto.model(), auto.fallback(), auto.patience(), auto.lowComplexity());
  }

  private static Map<Tier, Map<String, String>> tiers(
      @Nullable TiersSection tiers, List<ProviderConfig> providers) {
    if (tiers != null) {
      return Map.of(
          Tier.PREMIUM, tiers.premium(),
          Tier.STANDARD, tiers.standard(),
          Tier.ECONOMY, tiers.economy());
    }
    Map<Tier, Map<String, String>> preset = new EnumMap<>(Tier.class);
    ANTHROPIC_TIERS.forEach((tier, model) ->
        preset.put(
            tier,
            providers.stream()
                .filter(provider -> provider.dialect() == Dialect.ANTHROPIC)
                .collect(Collectors.toMap(ProviderConfig::name, provider -> model))));
    return preset;
  }
}
