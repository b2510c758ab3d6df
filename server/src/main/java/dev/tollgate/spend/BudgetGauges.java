package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What organizations spent and have left, as gauges. Read from PostgreSQL when a scrape finds the
 * figures older than a second, so that a scrape blocks and nothing is read that nobody looks at.
 *
 * <p>{@code lock} guards the reading; a scrape that finds it taken shows the figures before.
 */
final class BudgetGauges {

  private static final Logger LOG = LoggerFactory.getLogger(BudgetGauges.class);

  private static final long FRESH_NANOS = 1_000_000_000L;
  private static final String REMAINING = "organization_budget_remaining_cents";
  private static final String SPEND = "organization_budget_spend_cents";

  private final MeterRegistry meters;
  private final OrganizationLabels labels;
  private final Supplier<List<HealthQueries.OrganizationBudget>> source;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Gauge> spends = new HashMap<>();
  private final Map<String, Gauge> remainders = new HashMap<>();
  private volatile Map<String, Figures> figures = new ConcurrentHashMap<>();
  private volatile long readAt;

  /**
   * @param remaining null: unlimited
   */
  private record Figures(double spent, @Nullable Double remaining) {

    static Figures of(HealthQueries.OrganizationBudget budget) {
      Money limit = budget.limit();
      return new Figures(
          cents(budget.spent()),
          limit == null ? null : (Double) cents(limit.minus(budget.spent())));
    }

    Figures plus(Figures more) {
      return new Figures(spent + more.spent, sum(remaining, more.remaining));
    }

    private static @Nullable Double sum(@Nullable Double a, @Nullable Double b) {
      if (a == null || b == null) {
        return a == null ? b : a;
      }
      return a + b;
    }

    private static double cents(Money money) {
      return money.nanos() / (double) Money.NANOS_PER_CENT;
    }
  }

  BudgetGauges(
      MeterRegistry meters,
      OrganizationLabels labels,
      Supplier<List<HealthQueries.OrganizationBudget>> source,
      Clock clock) {
    this.meters = meters;
    this.labels = labels;
    this.source = source;
    this.clock = clock;
    this.readAt = clock.nanoTime() - FRESH_NANOS;
  }

  /** Reads all figures, and brings the gauges in line with the organizations there are. */
  void refresh() {
    lock.lock();
    try {
      // Also when it fails: a scrape asks a database that is away once, not once a gauge.
      readAt = clock.nanoTime();
      read();
    } catch (RuntimeException e) {
      LOG.debug("the figures of budgets could not be read", e);
    } finally {
      lock.unlock();
    }
  }

  private void read() {
    List<HealthQueries.OrganizationBudget> budgets = source.get();
    forgetAllBut(budgets);
    figures =
        budgets.stream()
            .collect(
                Collectors.toConcurrentMap(
                    budget -> labels.of(budget.id()), Figures::of, Figures::plus));
    figures.forEach(this::register);
  }

  private void forgetAllBut(List<HealthQueries.OrganizationBudget> budgets) {
    Map<UUID, HealthQueries.OrganizationBudget> there =
        budgets.stream()
            .collect(Collectors.toMap(HealthQueries.OrganizationBudget::id, each -> each));
    for (UUID known : List.copyOf(labels.known())) {
      if (!there.containsKey(known)) {
        labels.remove(known);
        drop(spends, known.toString());
        drop(remainders, known.toString());
      }
    }
  }

  private void register(String label, Figures now) {
    Tags tags = Tags.of(OrganizationLabels.NAME, label);
    spends.computeIfAbsent(
        label,
        key ->
            Gauge.builder(SPEND, () -> spent(key))
                .description("Spent in the window that is open, in cents")
                .tags(tags)
                .register(meters));
    if (now.remaining() == null) {
      drop(remainders, label);
    } else {
      remainders.computeIfAbsent(
          label,
          key ->
              Gauge.builder(REMAINING, () -> remaining(key))
                  .description("Limit less what is settled, in cents")
                  .tags(tags)
                  .register(meters));
    }
  }

  private void drop(Map<String, Gauge> gauges, String label) {
    Gauge gauge = gauges.remove(label);
    if (gauge != null) {
      meters.remove(gauge);
    }
  }

  private double spent(String label) {
    Figures found = look(label);
    return found == null ? Double.NaN : found.spent();
  }

  private double remaining(String label) {
    Figures found = look(label);
    return found == null || found.remaining() == null ? Double.NaN : found.remaining();
  }

  private @Nullable Figures look(String label) {
    if (clock.nanoTime() - readAt > FRESH_NANOS && lock.tryLock()) {
      try {
        refresh();
      } finally {
        lock.unlock();
      }
    }
    return figures.get(label);
  }
}
