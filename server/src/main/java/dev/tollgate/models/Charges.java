package dev.tollgate.models;

import dev.tollgate.spend.Charge;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.PriceCatalogue;
import dev.tollgate.spend.Pricing;
import dev.tollgate.spend.Usage;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an answer costs: by the provider's report, or by what was seen of it. */
final class Charges {

  private static final String AUTO = "auto";

  private static final Logger LOG = LoggerFactory.getLogger(Charges.class);

  private final PriceCatalogue catalogue;

  private static final int MOST_TOLD = 4_096;

  /** Models of which it was told what is not known of them. */
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /**
   * A charge.
   *
   * @param cost null: the model has no price
   * @param usage null: no classes of tokens are known
   */
  record Cost(@Nullable Money cost, @Nullable Usage usage) {}

  Charges(PriceCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** The catalogue's version, for the ledger. */
  String version() {
    return catalogue.version();
  }

  /** What breaks here is not to keep a call from its end: then the hold is what it costs. */
  Cost cost(Plan plan, CallPlanner planner, Answer answer) {
    try {
      return priced(plan, planner, answer);
    } catch (RuntimeException defect) {
      LOG.error("a report could not be priced, so its call is charged as it was held", defect);
      return new Cost(plan.estimate() == null ? null : plan.estimate().bound(), null);
    }
  }

  private Cost priced(Plan plan, CallPlanner planner, Answer answer) {
    return switch (answer.charge()) {
      case NOTHING -> new Cost(Money.ZERO, null);
      case REPORT -> reported(plan, planner, answer);
      case PARTIAL -> partial(plan, planner, answer);
    };
  }

  private Cost reported(Plan plan, CallPlanner planner, Answer answer) {
    Usage usage = answer.usage();
    if (usage == null) {
      return partial(plan, planner, answer);
    }
    Usage billed = withRequestedTier(usage, planner.shape().terms().serviceTier());
    warn(plan.choice().entry(), billed, planner.at());
    return new Cost(
        Pricing.cost(plan.choice().entry(), billed, answer.uses(), planner.at()), usage);
  }

  /** Once a model: what it reports will be the same with every call. */
  void warn(ModelEntry model, Usage billed, Instant at) {
    if (!Pricing.knowsTerms(model, billed, at) && told.size() < MOST_TOLD && told.add(model.id())) {
      LOG.warn(
          "{} reports terms that the catalogue does not know (service tier {}, speed {}, place {}):"
              + " they are charged at the dearest ones of the model; add them to"
              + " spend.prices-overlay",
          model.id(),
          billed.serviceTier(),
          billed.speed(),
          billed.geo());
    }
  }

  private Cost partial(Plan plan, CallPlanner planner, Answer answer) {
    if (answer.status() == Outcome.Status.OK) {
      warnOfNoReport(plan.choice());
    }
    if (plan.estimate() != null) {
      Charge charge =
          Charge.withoutReport(
              plan.choice().entry(),
              planner.shape(),
              plan.estimate(),
              answer.usage(),
              answer.deliveredBytes(),
              planner.at());
      return new Cost(charge.cost(), charge.usage());
    }
    Usage usage = answer.usage();
    return new Cost(
        usage == null ? null : Pricing.cost(plan.choice().entry(), usage, planner.at()), usage);
  }

  private void warnOfNoReport(Choice choice) {
    String name = choice.provider().name() + '/' + choice.model();
    if (told.size() < MOST_TOLD && told.add(name)) {
      LOG.warn(
          "{} gave a whole answer without a report of its usage that can be read: such answers are"
              + " charged by the bound of their prompt and what was delivered",
          name);
    }
  }

  /** A tier that was asked for and not reported back is taken to have served. */
  private static Usage withRequestedTier(Usage usage, @Nullable String requested) {
    if (usage.serviceTier() != null || requested == null || requested.equals(AUTO)) {
      return usage;
    }
    return new Usage(
        usage.input(),
        usage.cacheRead(),
        usage.cacheWrite5m(),
        usage.cacheWrite1h(),
        usage.output(),
        usage.reasoning(),
        usage.inputAudio(),
        usage.outputAudio(),
        usage.webSearches(),
        requested,
        usage.speed(),
        usage.geo());
  }
}
