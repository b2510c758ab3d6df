package dev.tollgate.limits;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Counts what limits refused, by whose limit and of what; nine series and no more. */
final class LimitMeters {

  private final Map<Level, Map<Kind, Counter>> refused = new EnumMap<>(Level.class);

  LimitMeters(MeterRegistry registry, Away away) {
    for (Level level : Level.values()) {
      Map<Kind, Counter> kinds = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        kinds.put(
            kind,
            Counter.builder("rate.limited")
                .description("Calls that a limit of their key, user or organization refused")
                .tags("scope", level.wire(), "kind", kind.wire())
                .register(registry));
      }
      refused.put(level, kinds);
    }
    Gauge.builder("rate.limits.alone", away, one -> one.now() ? 1 : 0)
        .description("1 while Redis is away and this node goes by its share of each limit")
        .register(registry);
  }

  void refused(Level level, Kind kind) {
    Map<Kind, Counter> kinds = Objects.requireNonNull(refused.get(level));
    Objects.requireNonNull(kinds.get(kind)).increment();
  }
}
