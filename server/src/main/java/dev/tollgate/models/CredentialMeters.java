package dev.tollgate.models;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** How the keys of providers fare. The operator's are told apart, organizations' own are not. */
final class CredentialMeters {

  private final MeterRegistry registry;

  CredentialMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void watch(String provider, Credential credential) {
    gauge(provider, credential.fingerprint(), () -> number(credential.state()));
  }

  /** The worst of the organizations' own keys. */
  void watchOwn(String provider, Supplier<Number> worst) {
    gauge(provider, "own", worst);
  }

  private void gauge(String provider, String credential, Supplier<Number> state) {
    Gauge.builder("provider.breaker.state", state)
        .description("Whether calls are sent with a key: 0 yes, 1 a few try, 2 none is")
        .tags("provider", provider, "credential", credential)
        .strongReference(true)
        .register(registry);
  }

  static int number(State state) {
    return switch (state) {
      case CLOSED, DISABLED, METRICS_ONLY -> 0;
      case HALF_OPEN -> 1;
      case OPEN, FORCED_OPEN -> 2;
    };
  }

  void cooled(String provider) {
    count("provider.key.cooldowns", "429s that a key of a provider got", provider);
  }

  void rejected(String provider) {
    count("provider.key.rejections", "401s and 403s that a key of a provider got", provider);
  }

  private void count(String name, String description, String provider) {
    Counter.builder(name)
        .description(description)
        .tags("provider", provider)
        .register(registry)
        .increment();
  }
}
