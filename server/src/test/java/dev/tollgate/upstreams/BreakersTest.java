package dev.tollgate.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakersTest {

  @Test
  void trialCallsThatNeverEndLetOthersThroughInTheirPlace() {
    CircuitBreaker breaker =
        new Breakers(new SimpleMeterRegistry(), Duration.ofSeconds(2))
            .of(Node.target(URI.create("http://127.0.0.1:1/mcp")));
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();
    while (breaker.tryAcquirePermission()) {
      assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    }
    await().atMost(Duration.ofSeconds(60)).until(breaker::tryAcquirePermission);
  }
}
