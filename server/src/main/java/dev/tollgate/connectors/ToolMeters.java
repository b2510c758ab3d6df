package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What calls of tools count. There are at most {@value #LABELS} pairs of connector and tool; what
 * comes after those is counted as {@code other}.
 */
final class ToolMeters {

  private static final int LABELS = 2_000;
  private static final String OTHER = "other";
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30),
    Duration.ofSeconds(120),
  };

  private final MeterRegistry registry;
  private final Map<Label, Meters> tools = new ConcurrentHashMap<>();
  private final Map<ErrorCode, Counter> refusals = new ConcurrentHashMap<>();
  private final AtomicInteger places = new AtomicInteger(LABELS);

  private record Label(String provider, String tool) {}

  private record Meters(Counter succeeded, Counter failed, Timer duration) {}

  ToolMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A call came back, or was given up. */
  void ended(String provider, String tool, boolean success, long micros) {
    Meters meters = meters(new Label(provider, tool));
    (success ? meters.succeeded() : meters.failed()).increment();
    meters.duration().record(micros, TimeUnit.MICROSECONDS);
  }

  /** A call was not sent for want of money. */
  void refused(ErrorCode code) {
    refusals
        .computeIfAbsent(
            code,
            key ->
                Counter.builder("mcp.tool.refused")
                    .description("Calls of tools that were not sent for want of money, by code")
                    .tag("code", key.wire())
                    .register(registry))
        .increment();
  }

  private Meters meters(Label label) {
    Meters known = tools.get(label);
    if (known != null) {
      return known;
    }
    boolean room = places.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    return tools.computeIfAbsent(room ? label : new Label(label.provider(), OTHER), this::register);
  }

  private Meters register(Label label) {
    Tags tags = Tags.of("provider", label.provider(), "tool", label.tool());
    return new Meters(
        counter(tags.and("success", "true")),
        counter(tags.and("success", "false")),
        Timer.builder("mcp.tool.duration")
            .description("From a call's beginning to its answer")
            .tags(tags)
            .serviceLevelObjectives(BUCKETS)
            .register(registry));
  }

  private Counter counter(Tags tags) {
    return Counter.builder("mcp.tool.calls")
        .description("Calls that were sent to servers")
        .tags(tags)
        .register(registry);
  }
}
