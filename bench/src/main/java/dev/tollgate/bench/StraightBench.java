package dev.tollgate.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.models.RoutingConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What fallbacks, breakers, several keys and limits cost a call that needs none of them: bytes
 * allocated and CPU a call, through a gateway without and one with all of them, in turn.
 *
 * <p>Gateways, simulators, caller and database's clients share this process, so the absolute
 * figures hold all of them; what differs is the gateway. Arguments: seconds a measurement (10),
 * rounds (5), connections (8), and which of {@link Part} the second gateway has (all), by commas;
 * {@code none} to see how far two that are equal differ.
 */
public final class StraightBench {

  private static final String MODEL = "claude-haiku-4-5";

  private static final String LIMITS =
      "{\"limits\":{\"requestsPerMinute\":1000000000,\"tokensPerMinute\":1000000000000,"
          + "\"concurrentStreams\":1000000}}";

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private StraightBench() {}

  /** What a call may need, and this one does not. */
  private enum Part {
    FALLBACKS,
    BREAKERS,
    KEYS,
    LIMITS
  }

  private record Figures(double bytes, double micros) {}

  public static void main(String[] arguments) throws Exception {
    int seconds = argument(arguments, 0, 10);
    int rounds = argument(arguments, 1, 5);
    int connections = argument(arguments, 2, 8);
    Set<Part> parts = parts(arguments.length > 3 ? arguments[3] : "");
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try (TestGateway plain =
            TestGateway.start(wishes -> wishes.models(with(wishes.models(), Set.of())));
        TestGateway full =
            TestGateway.start(wishes -> wishes.models(with(wishes.models(), parts)))) {
      Load without = load(vertx, plain, plain.tenant(100_000_000L), connections);
      Tenant tenant = parts.contains(Part.LIMITS) ? limited(full) : full.tenant(100_000_000L);
      Load with = load(vertx, full, tenant, connections);
      double[] bytes = new double[rounds];
      double[] micros = new double[rounds];
      for (int round = 0; round <= rounds; round++) {
        Figures first = measure(without, connections, seconds);
        Figures second = measure(with, connections, seconds);
        System.out.printf(
            "%s without %,.0f bytes %.1f us, with %,.0f bytes %.1f us a call%n",
            round == 0 ? "(warm-up)" : "round " + round,
            first.bytes(),
            first.micros(),
            second.bytes(),
            second.micros());
        if (round > 0) {
          bytes[round - 1] = second.bytes() - first.bytes();
          micros[round - 1] = second.micros() - first.micros();
        }
      }
      Arrays.sort(bytes);
      Arrays.sort(micros);
      System.out.printf(
          "median of the differences: %,.0f bytes, %.1f us of CPU a call%n",
          bytes[rounds / 2], micros[rounds / 2]);
    } finally {
      vertx.close().await();
    }
    System.exit(0);
  }

  private static int argument(String[] arguments, int at, int preset) {
    return arguments.length > at ? Integer.parseInt(arguments[at]) : preset;
  }

  private static Load load(Vertx vertx, TestGateway gateway, Tenant tenant, int connections) {
    gateway.simulator().behave("input-tokens=300 output-tokens=100 answer-bytes=1500");
    Buffer body =
        Buffer.buffer(
            "{\"model\":\"%s\",\"max_tokens\":1000,\"messages\":[{\"role\":\"user\","
                    .formatted(MODEL)
                + "\"content\":\""
                + "word ".repeat(185)
                + "\"}]}");
    return Load.ofMessages(vertx, gateway.port(), tenant.key(), body, connections);
  }

  private static Figures measure(Load load, int connections, int seconds)
      throws InterruptedException {
    long bytes = THREADS.getTotalThreadAllocatedBytes();
    long cpu = SYSTEM.getProcessCpuTime();
    Load.Result result = load.run(connections, Duration.ofSeconds(seconds));
    if (result.failed() > 0) {
      throw new IllegalStateException(result.failed() + " calls failed");
    }
    return new Figures(
        (double) (THREADS.getTotalThreadAllocatedBytes() - bytes) / result.answered(),
        (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / result.answered());
  }

  private static Set<Part> parts(String names) {
    return names.isEmpty()
        ? EnumSet.allOf(Part.class)
        : Arrays.stream(names.split(","))
            .filter(name -> !name.equals("none"))
            .map(name -> Part.valueOf(name.toUpperCase(Locale.ROOT)))
            .collect(Collectors.toSet());
  }

  /** Without any: one key a provider, no breaker, nothing to fall back on. */
  private static ModelsConfig with(ModelsConfig models, Set<Part> parts) {
    List<ProviderConfig> providers = models.providers();
    RoutingConfig routing = models.routing();
    if (parts.contains(Part.KEYS)) {
      providers = providers.stream().map(StraightBench::twoKeys).toList();
    }
    if (parts.contains(Part.FALLBACKS)) {
      routing =
          new RoutingConfig(
              Map.of(MODEL, List.of("claude-sonnet-5-5", "gpt-4o-mini")),
              2,
              Duration.ofSeconds(2),
              Duration.ofMillis(100));
    }
    return with(
        models,
        providers,
        parts.contains(Part.BREAKERS) ? routing : routing.with(RoutingConfig.Breaker.NEVER));
  }

  private static ModelsConfig with(
      ModelsConfig models, List<ProviderConfig> providers, RoutingConfig routing) {
    return new ModelsConfig(
        providers,
        models.tiers(),
        models.aliases(),
        routing,
        models.unboundedInput(),
        models.learning(),
        models.streamDuration(),
        models.jsonDepth(),
        models.disconnect(),
        models.drainTimeout());
  }

  private static ProviderConfig twoKeys(ProviderConfig plain) {
    Dialect dialect = plain.dialect();
    return new ProviderConfig(
        plain.name(),
        dialect,
        plain.baseUrl(),
        List.of(
            new ProviderConfig.ApiKey(new Secret("sk-one"), null),
            new ProviderConfig.ApiKey(new Secret("sk-two"), null)),
        plain.models(),
        plain.aliases(),
        plain.headers(),
        plain.connectTimeout(),
        plain.firstByteTimeout(),
        plain.idleTimeout(),
        plain.connections(),
        plain.ownKeys(),
        plain.azure());
  }

  /** A tenant whose organization and key have limits that are never reached. */
  private static Tenant limited(TestGateway gateway) {
    Tenant tenant = gateway.tenant(100_000_000L);
    String organization = "/admin/v1/organizations/" + tenant.id();
    gateway.admin("PATCH", organization, LIMITS, 200);
    String key =
        gateway
            .admin("GET", organization + "/keys", "", 200)
            .path("items")
            .path(0)
            .path("id")
            .stringValue();
    gateway.admin("PATCH", organization + "/keys/" + key, LIMITS, 200);
    return tenant;
  }
}
