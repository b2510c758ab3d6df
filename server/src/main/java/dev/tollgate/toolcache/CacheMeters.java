package dev.tollgate.toolcache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Hits and misses by connector and tool. There are at most {@value #LABELS} pairs; what comes after
 * those is counted as {@code other}.
 */
final class CacheMeters {

  private static final int LABELS = 2_000;
  private static final String OTHER = "other";

  private final MeterRegistry registry;
  private final Map<Label, Tool> tools = new ConcurrentHashMap<>();
  private final Map<String, Provider> providers = new ConcurrentHashMap<>();
  private final AtomicInteger places = new AtomicInteger(LABELS);

  CacheMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  private record Label(String provider, String tool) {}

  private record Tool(Counter hits, Counter misses) {}

  private static final class Provider {
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final AtomicLong bytes = new AtomicLong();

    double rate() {
      return CacheHealth.rate(hits.sum(), misses.sum());
    }
  }

  void hit(String provider, String tool) {
    provider(provider).hits.increment();
    tool(provider, tool).hits().increment();
  }

  void miss(String provider, String tool) {
    provider(provider).misses.increment();
    tool(provider, tool).misses().increment();
  }

  void weighs(String provider, int more) {
    provider(provider).bytes.addAndGet(more);
  }

  private Tool tool(String provider, String tool) {
    Label label = new Label(provider, tool);
    Tool known = tools.get(label);
    if (known != null) {
      return known;
    }
    boolean room = places.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    return tools.computeIfAbsent(room ? label : new Label(provider, OTHER), this::register);
  }

  private Tool register(Label label) {
    Tags tags = Tags.of("provider", label.provider(), "tool", label.tool());
    return new Tool(
        Counter.builder("mcp.cache.hits")
            .description("Reads that the cache answered")
            .tags(tags)
            .register(registry),
        Counter.builder("mcp.cache.misses")
            .description("Reads that went upstream for want of an answer")
            .tags(tags)
            .register(registry));
  }

  private Provider provider(String name) {
    return providers.computeIfAbsent(name, this::gauges);
  }

  private Provider gauges(String name) {
    Provider provider = new Provider();
    Gauge.builder("mcp.cache.hit.rate", provider, Provider::rate)
        .description("Hits of all reads that the cache was asked for")
        .tag("provider", name)
        .strongReference(true)
        .register(registry);
    Gauge.builder("mcp.cache.size", provider, of -> of.bytes.get())
        .description("What answers weigh in this process")
        .baseUnit("bytes")
        .tag("provider", name)
        .strongReference(true)
        .register(registry);
    return provider;
  }

  CacheHealth health() {
    Map<String, CacheHealth.Provider> all = new TreeMap<>();
    providers.forEach((name, counts) ->
        all.put(name, CacheHealth.Provider.of(counts.hits.sum(), counts.misses.sum())));
    return CacheHealth.of(all);
  }
}
