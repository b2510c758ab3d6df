package dev.tollgate.http.engine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code http_requests_total} and {@code http_request_duration_seconds}, by method, template of the
 * route and status: never by path, so that labels are bounded.
 */
final class HttpMeters {

  private static final Duration[] BUCKETS =
      millis(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000);

  private final MeterRegistry registry;
  private final List<Route> routes;
  private final @Nullable Timer[] durations;
  private final ConcurrentMap<Integer, Counter> counters = new ConcurrentHashMap<>();

  HttpMeters(MeterRegistry registry, List<Route> routes) {
    this.registry = registry;
    this.routes = routes;
    this.durations = new Timer[routes.size() + 1];
  }

  /** The index that stands for what no route knows. */
  int unknown() {
    return routes.size();
  }

  void record(int route, int status, long nanos) {
    duration(route).record(nanos, TimeUnit.NANOSECONDS);
    counters
        .computeIfAbsent(
            route * 1000 + status,
            key ->
                Counter.builder("http.requests")
                    .description("Requests answered")
                    .tags("method", method(route), "path", path(route))
                    .tag("status", Integer.toString(status))
                    .register(registry))
        .increment();
  }

  /** Made with the first request: most nodes never see most routes. */
  private Timer duration(int route) {
    Timer known = durations[route];
    if (known != null) {
      return known;
    }
    Timer made =
        Timer.builder("http.request.duration")
            .description("Time from a request's head to the end of its answer")
            .tags("method", method(route), "path", path(route))
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    durations[route] = made;
    return made;
  }

  private String method(int route) {
    return route < routes.size() ? routes.get(route).method().name() : "other";
  }

  private String path(int route) {
    return route < routes.size() ? routes.get(route).template() : "other";
  }

  private static Duration[] millis(long... millis) {
    Duration[] durations = new Duration[millis.length];
    for (int i = 0; i < millis.length; i++) {
      durations[i] = Duration.ofMillis(millis[i]);
    }
    return durations;
  }
}
