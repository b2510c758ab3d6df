package dev.tollgate.models;

import dev.tollgate.spend.Charge;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.Money;
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

  /** Models of which it was told that their terms are not known; at most as many as there are. */
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

  Cost cost(Plan plan, CallPlanner planner, Answer answer) {
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
    return new Cost(Pricing.cost(plan.choice().entry(), billed, planner.at()), usage);
  }

  /** Once a model: what it reports will be the same with every call. */
  void warn(ModelEntry model, Usage billed, Instant at) {
    if (!Pricing.knowsTerms(model, billed, at) && told.add(model.id())) {
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

  private static Cost partial(Plan plan, CallPlanner planner, Answer answer) {
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
