package dev.tollgate.models;

import dev.tollgate.kernel.Clock;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Makes the circuit breakers of credentials: where too many of the last calls failed, nothing is
 * sent for a while; then two calls try.
 *
 * <p>How long a call takes is no sign of anything here: a long answer is a good one.
 */
final class Breakers {

  static final int PROBES = 2;

  private final RoutingConfig.Breaker terms;
  private final CircuitBreakerConfig config;

  Breakers(RoutingConfig.Breaker terms, Clock clock) {
    this.terms = terms;
    this.config =
        CircuitBreakerConfig.custom()
            .slidingWindowType(SlidingWindowType.COUNT_BASED)
            .slidingWindowSize(terms.calls())
            .minimumNumberOfCalls(terms.leastCalls())
            .failureRateThreshold(Math.min(100, terms.failurePercent()))
            .slowCallDurationThreshold(Duration.ofDays(1))
            .waitDurationInOpenState(terms.open())
            .permittedNumberOfCallsInHalfOpenState(PROBES)
            .clock(new Monotonic(clock, ZoneOffset.UTC))
            .build();
  }

  CircuitBreaker open(String name) {
    CircuitBreaker breaker = CircuitBreaker.of(name, config);
    if (terms.never()) {
      breaker.transitionToDisabledState();
    }
    return breaker;
  }

  /** How long nothing is sent. */
  Duration open() {
    return terms.open();
  }

  /** Breakers wait by a clock that nobody sets. */
  private static final class Monotonic extends java.time.Clock {

    private final Clock clock;
    private final ZoneId zone;

    Monotonic(Clock clock, ZoneId zone) {
      this.clock = clock;
      this.zone = zone;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochSecond(0, clock.nanoTime());
    }

    @Override
    public ZoneId getZone() {
      return zone;
    }

    @Override
    public java.time.Clock withZone(ZoneId other) {
      return new Monotonic(clock, other);
    }
  }
}
