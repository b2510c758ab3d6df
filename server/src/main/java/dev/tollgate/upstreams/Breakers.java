package dev.tollgate.upstreams;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps calls from servers that fail all the time: a breaker for each connector with each
 * credential, so that one caller's revoked token stops nobody else. Thread-safe.
 */
final class Breakers {

  private static final Logger log = LoggerFactory.getLogger(Breakers.class);

  /** For how long nothing is sent. */
  static final Duration OPEN = Duration.ofSeconds(5);

  /** Of how many calls half must fail. */
  static final int CALLS = 10;

  /** Within which trial calls answer, or others are let through in their place. */
  private static final Duration TRIAL = Patience.DEFAULT.silence();

  private static final int MOST = 10_000;
  private static final int PROBES = 3;

  private final CircuitBreakerConfig config;

  private final Cache<String, CircuitBreaker> breakers =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterAccess(Duration.ofMinutes(30)).build();

  private final MeterRegistry registry;

  Breakers(MeterRegistry registry) {
    this(registry, TRIAL);
  }

  /**
   * Those with a patience of their own.
   *
   * @param trial within which trial calls answer; one whose client is gone may never
   */
  Breakers(MeterRegistry registry, Duration trial) {
    this.registry = registry;
    this.config =
        CircuitBreakerConfig.custom()
            .slidingWindowSize(2 * CALLS)
            .minimumNumberOfCalls(CALLS)
            .failureRateThreshold(50)
            .waitDurationInOpenState(OPEN)
            .permittedNumberOfCallsInHalfOpenState(PROBES)
            .maxWaitDurationInHalfOpenState(trial)
            .build();
  }

  /** That of a server with one authority. */
  CircuitBreaker of(Target target) {
    return breakers.get(target.key(), key -> make(key, target.name(), target.provider()));
  }

  private CircuitBreaker make(String key, String name, String provider) {
    CircuitBreaker made = CircuitBreaker.of(key, config);
    made.getEventPublisher()
        .onStateTransition(
            event -> changed(name, provider, event.getStateTransition().getToState()));
    return made;
  }

  private void changed(String name, String provider, State state) {
    if (state == State.OPEN) {
      count("mcp.breaker.opened", "Times that a server failed too often to be asked", provider);
      log.warn("connector {} fails too often; for {} s nothing is sent", name, OPEN.toSeconds());
    } else if (state == State.CLOSED) {
      log.info("connector {} answers again", name);
    }
  }

  /** A call was not sent. */
  void refused(Target target) {
    count("mcp.breaker.refused", "Calls that were not sent to a failing server", target.provider());
  }

  private void count(String name, String about, String provider) {
    Counter.builder(name)
        .description(about)
        .tag("provider", provider)
        .register(registry)
        .increment();
  }
}
