package dev.tollgate.spend;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.function.Supplier;

/** What is counted of bounds that were wrong. */
final class BoundMeters {

  private final MeterRegistry meters;

  BoundMeters(MeterRegistry meters, Supplier<Number> learned) {
    this.meters = meters;
    Gauge.builder("spend.bounds.learned", learned)
        .description("Classes of text, over all models, whose bound is below a token a byte")
        .strongReference(true)
        .register(meters);
  }

  /**
   * A report was above its bound.
   *
   * @param cause {@code text}: a learned factor was too low; {@code request}: more input than the
   *     request showed; {@code output}: more output than its maximum
   */
  void exceeded(String cause, long tokens) {
    DistributionSummary.builder("spend.bounds.exceeded")
        .description("Tokens by which reports were above their bound")
        .tag("cause", cause)
        .register(meters)
        .record((double) tokens);
  }

  void reset(Set<LearnedClass> classes) {
    for (LearnedClass of : classes) {
      Counter.builder("spend.bounds.resets")
          .description("Learned bounds that were put back to a token a byte")
          .tag("class", of.wire())
          .register(meters)
          .increment();
    }
  }
}
