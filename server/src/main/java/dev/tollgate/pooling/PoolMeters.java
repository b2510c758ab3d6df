package dev.tollgate.pooling;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * What a pool does, as meters: {@code <name>_acquisitions_total}, {@code <name>_timeouts_total},
 * {@code <name>_evictions_total}, {@code <name>_size} by {@code state} (active, idle) and {@code
 * <name>_acquire_seconds}; each by {@code provider}.
 *
 * <p>The function from a key to its provider must have few values: they become labels.
 */
public final class PoolMeters<K> implements PoolListener<K> {

  private static final Duration[] STEPS = {
    Duration.ofNanos(10_000),
    Duration.ofNanos(100_000),
    Duration.ofMillis(1),
    Duration.ofMillis(10),
    Duration.ofMillis(100),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  private final MeterRegistry registry;
  private final String name;
  private final Function<K, String> provider;
  private final Map<String, Meters> meters = new ConcurrentHashMap<>();
  private final List<Pool<K, ?>> pools = new CopyOnWriteArrayList<>();

  /**
   * Measures under {@code name}, such as {@code mcp.pool}.
   *
   * @param provider the label of a key
   */
  public PoolMeters(MeterRegistry registry, String name, Function<K, String> provider) {
    this.registry = registry;
    this.name = name;
    this.provider = provider;
  }

  private record Meters(Counter acquisitions, Counter timeouts, Counter evictions, Timer waits) {}

  /** Tells sizes of {@code measured} too from now on. */
  public void measure(Pool<K, ?> measured) {
    pools.add(measured);
  }

  private Meters of(K key) {
    return meters.computeIfAbsent(provider.apply(key), this::register);
  }

  private Meters register(String label) {
    Tags tags = Tags.of("provider", label);
    size(label, "active", Census::active);
    size(label, "idle", Census::idle);
    return new Meters(
        counter("acquisitions", "Times that a resource was lent", tags),
        counter("timeouts", "Callers that waited for one in vain", tags),
        counter("evictions", "Resources that were closed", tags),
        Timer.builder(name + ".acquire")
            .description("How long callers waited for one")
            .serviceLevelObjectives(STEPS)
            .tags(tags)
            .register(registry));
  }

  private Counter counter(String what, String about, Tags tags) {
    return Counter.builder(name + "." + what).description(about).tags(tags).register(registry);
  }

  private void size(String label, String state, ToIntFunction<Census> count) {
    Gauge.builder(
            name + ".size",
            this,
            self ->
                self.pools.stream()
                    .map(each -> each.census(key -> self.provider.apply(key).equals(label)))
                    .mapToInt(count)
                    .sum())
        .description("Resources that somebody or nobody has")
        .tags("provider", label, "state", state)
        .strongReference(true)
        .register(registry);
  }

  @Override
  public void acquired(K key, long waitedNanos) {
    Meters own = of(key);
    own.acquisitions().increment();
    own.waits().record(waitedNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void timedOut(K key) {
    of(key).timeouts().increment();
  }

  @Override
  public void closed(K key, Reason reason) {
    of(key).evictions().increment();
  }
}
