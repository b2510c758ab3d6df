package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** What is counted and measured of holds, leases and commits. */
final class SpendMeters {

  private final MeterRegistry meters;
  private final OrganizationLabels labels;
  private final Map<String, Counter> rejections = new ConcurrentHashMap<>();
  private final Timer commits;
  private final DistributionSummary entries;
  private final Counter overshoots;
  private final Counter overshootCents;

  SpendMeters(MeterRegistry meters, OrganizationLabels labels) {
    this.meters = meters;
    this.labels = labels;
    this.commits = Timer.builder("spend.commit").description("Commits of charges").register(meters);
    this.entries =
        DistributionSummary.builder("spend.commit.entries")
            .description("Charges in a commit")
            .register(meters);
    this.overshoots =
        Counter.builder("spend.overshoots")
            .description("Calls that cost more than they held")
            .register(meters);
    this.overshootCents =
        Counter.builder("spend.overshoot.cents")
            .description("By how much calls cost more than they held, in cents")
            .register(meters);
  }

  <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
    Gauge.builder(name, of, value).description(description).strongReference(true).register(meters);
  }

  void committed(int charges, long nanos) {
    commits.record(nanos, TimeUnit.NANOSECONDS);
    entries.record(charges);
  }

  void overshot(long nanos) {
    overshoots.increment();
    overshootCents.increment(nanos / (double) Money.NANOS_PER_CENT);
  }

  /** A call was decided; counts it where a budget refused it. */
  void decided(UUID organization, Admission<?> admission) {
    if (admission instanceof Admission.Refused<?> refusal && byBudget(refusal.code())) {
      rejections
          .computeIfAbsent(
              labels.of(organization),
              label ->
                  Counter.builder("ai_requests_rejected_budget")
                      .description("Calls that a budget refused")
                      .tag(OrganizationLabels.NAME, label)
                      .register(meters))
          .increment();
    }
  }

  private static boolean byBudget(ErrorCode code) {
    return WaitingLine.forMoney(code) || code == ErrorCode.BUDGET_HELD;
  }
}
