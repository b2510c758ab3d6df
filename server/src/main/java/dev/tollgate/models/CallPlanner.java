package dev.tollgate.models;

import dev.tollgate.classification.Category;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.spend.Bounds;
import dev.tollgate.spend.BudgetStanding;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.Estimate;
import dev.tollgate.spend.Estimation;
import dev.tollgate.spend.Estimator;
import dev.tollgate.spend.Factors;
import dev.tollgate.spend.Fit;
import dev.tollgate.spend.Ladder;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Proposal;
import dev.tollgate.spend.Rewrite;
import dev.tollgate.spend.Standing;
import dev.tollgate.spend.Tier;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides on one call by how its organization stands: which model serves it, and how much is held.
 *
 * <p>Pure, so that it can be asked again whenever money moved while the call waited.
 *
 * @param asked what the request resolved to, before the ladder
 * @param bound whether no other provider than that of {@code asked} can serve it: it names what is
 *     kept there
 * @param allowed whether the caller may use a model
 * @param trivial whether the economy tier will do for it
 * @param at the instant whose prices hold for the call
 */
record CallPlanner(
    Directory directory,
    Estimator estimator,
    Bounds bounds,
    Surface surface,
    CallShape shape,
    @Nullable String requestClass,
    Choice asked,
    boolean bound,
    Predicate<Choice> allowed,
    boolean trivial,
    Instant at)
    implements Proposal.Planner<Plan> {

  /** The step of a call that the economy tier serves because it is trivial, not for the budget. */
  static final String LOW_COMPLEXITY = "low_complexity";

  @Override
  public Proposal<Plan> propose(Standing standing) {
    Proposal<Plan> spared = trivial ? spared(standing) : null;
    return spared != null ? spared : proposeAsAsked(standing);
  }

  /** On the economy tier; null: it does not fit, saves nothing, or the ladder has a say in it. */
  private @Nullable Proposal<Plan> spared(Standing standing) {
    Choice cheaper =
        directory.tier(Tier.ECONOMY, surface.dialect(), asked.provider(), asked.category());
    if (cheaper == null
        || !standing.downgrades()
        || !allowed.test(cheaper)
        || (bound && cheaper.provider() != asked.provider())
        || cheaper.model().equals(asked.model())
        || !(Fit.between(surface.dialect().wire(), asked.entry(), cheaper.entry(), shape)
            instanceof Fit.Fits fits)
        || !isCheaper(standing, cheaper)) {
      return null;
    }
    Proposal<Plan> proposal =
        hold(standing, cheaper, LOW_COMPLEXITY, surface.written(fits.rewrites()));
    return switch (standing
        .judge(cheaper.tier(), cheaper.entry().free(), requestClass)
        .decision()) {
      case Ladder.Decision.Keep _ -> proposal;
      case Ladder.Decision.Warn warn -> warned(proposal, warn.step());
      case Ladder.Decision.Downgrade _, Ladder.Decision.Decline _, Ladder.Decision.Block _ -> null;
    };
  }

  private Proposal<Plan> proposeAsAsked(Standing standing) {
    Standing.Judgement judgement = standing.judge(asked.tier(), asked.entry().free(), requestClass);
    BudgetStanding by = judgement.by();
    return switch (judgement.decision()) {
      case Ladder.Decision.Keep _ -> hold(standing, asked, null, List.of());
      case Ladder.Decision.Warn warn -> warned(hold(standing, asked, null, List.of()), warn.step());
      case Ladder.Decision.Downgrade downgrade ->
          downgrade(standing, by, downgrade.step(), downgrade.target());
      case Ladder.Decision.Block block ->
          refuse(ErrorCode.BUDGET_EXHAUSTED, by, "calls are blocked (" + block.step() + ")");
      case Ladder.Decision.Decline decline ->
          refuse(
              ErrorCode.BUDGET_INSUFFICIENT,
              by,
              "this call would go to the "
                  + decline.target().wire()
                  + " tier ("
                  + decline.step()
                  + "), and the organization has opted out of downgrades");
    };
  }

  private static Proposal<Plan> warned(Proposal<Plan> proposal, String step) {
    return proposal instanceof Proposal.Take<Plan>(Money amount, Plan plan)
        ? new Proposal.Take<>(amount, plan.warned(step))
        : proposal;
  }

  /** The bound of the call on the model that was asked for; null: it has none, or no price. */
  @Nullable Money bound(Standing standing) {
    Factors factors = bounds.factors(asked.provider().name(), asked.entry());
    return estimate(standing, asked, factors) instanceof Estimate.Bounded bounded
        ? bounded.bound()
        : null;
  }

  /** What would become of the call. */
  Preview preview(Standing standing) {
    Standing.Judgement judgement = standing.judge(asked.tier(), asked.entry().free(), requestClass);
    String step =
        switch (judgement.decision()) {
          case Ladder.Decision.Keep _, Ladder.Decision.Warn _ -> null;
          case Ladder.Decision.Downgrade(String name, Tier _) -> name;
          case Ladder.Decision.Decline(String name, Tier _) -> name;
          case Ladder.Decision.Block(String name) -> name;
        };
    return switch (propose(standing)) {
      case Proposal.Take<Plan>(Money amount, Plan plan) ->
          new Preview(
              asked.model(),
              plan.choice().model(),
              plan.choice().provider().name(),
              plan.step(),
              plan.warning(),
              plan.step() == null && plan.warning() == null
                  ? standing.budget()
                  : judgement.by().budget(),
              plan.cap(),
              null,
              null,
              plan.estimate() == null ? null : amount,
              standing,
              null,
              null);
      case Proposal.Refuse<Plan>(ErrorCode code, String message) ->
          new Preview(
              asked.model(),
              null,
              null,
              step,
              null,
              step == null ? standing.budget() : judgement.by().budget(),
              null,
              code,
              message,
              bound(standing),
              standing,
              null,
              null);
    };
  }

  private Proposal<Plan> downgrade(Standing standing, BudgetStanding by, String step, Tier target) {
    Choice cheaper = directory.tier(target, surface.dialect(), asked.provider(), asked.category());
    if (cheaper == null) {
      return unfit(by, step, "no model of the " + target.wire() + " tier is configured");
    }
    if (bound && cheaper.provider() != asked.provider()) {
      return unfit(
          by,
          step,
          "it names what is kept by " + asked.provider().name() + ", which has no cheaper one");
    }
    if (!surface.convertible()) {
      return unfit(by, step, "the vectors of another model cannot stand in for this one's");
    }
    if (cheaper.model().equals(asked.model())) {
      return hold(standing, asked, null, List.of());
    }
    if (!allowed.test(cheaper)) {
      return unfit(by, step, "this key may not use " + cheaper.model());
    }
    return switch (Fit.between(surface.dialect().wire(), asked.entry(), cheaper.entry(), shape)) {
      case Fit.Misfit misfit ->
          unfit(by, step, cheaper.model() + " cannot serve it: " + misfit.reason());
      case Fit.Fits fits ->
          isCheaper(standing, cheaper)
              ? hold(standing, cheaper, step, surface.written(fits.rewrites()))
              : unfit(by, step, cheaper.model() + " would not cost less for it");
    };
  }

  /** By what is proven: of two models one may have learned more than the other. */
  private boolean isCheaper(Standing standing, Choice cheaper) {
    return estimate(standing, cheaper, Factors.PROVEN) instanceof Estimate.Bounded low
        && (!(estimate(standing, asked, Factors.PROVEN) instanceof Estimate.Bounded high)
            || low.bound().compareTo(high.bound()) < 0);
  }

  private Proposal<Plan> unfit(BudgetStanding by, String step, String reason) {
    return refuse(
        ErrorCode.BUDGET_INSUFFICIENT,
        by,
        "the budget is so low that this call would be served by a cheaper model ("
            + step
            + "), but "
            + reason);
  }

  private Estimate estimate(Standing standing, Choice choice, Factors factors) {
    Category category = choice.category();
    return estimator.estimate(
        choice.entry(),
        shape,
        at,
        standing.estimation(),
        factors,
        category == null ? null : category.wire(),
        choice.tier());
  }

  private Proposal<Plan> hold(
      Standing standing, Choice choice, @Nullable String step, List<Rewrite> rewrites) {
    Factors factors = bounds.factors(choice.provider().name(), choice.entry());
    return switch (estimate(standing, choice, factors)) {
      case Estimate.Bounded bounded -> bounded(standing, choice, bounded, step, rewrites);
      case Estimate.Unpriced unpriced ->
          standing.limited()
              ? new Proposal.Refuse<>(
                  ErrorCode.UNPRICED_MODEL,
                  "the model "
                      + choice.model()
                      + " has no price, and "
                      + standing.budget()
                      + " has a limit; add its price to the operator's overlay or mark it free")
              : new Proposal.Take<>(Money.ZERO, new Plan(choice, null, null, step, rewrites));
      case Estimate.Unbounded unbounded ->
          standing.limited()
              ? new Proposal.Refuse<>(ErrorCode.UNBOUNDED_ESTIMATE, unbounded.reason())
              : new Proposal.Take<>(Money.ZERO, new Plan(choice, null, null, step, rewrites));
    };
  }

  private Proposal<Plan> bounded(
      Standing standing,
      Choice choice,
      Estimate.Bounded bounded,
      @Nullable String step,
      List<Rewrite> rewrites) {
    Money remaining = standing.remaining();
    if (remaining == null || bounded.bound().compareTo(remaining) <= 0) {
      return new Proposal.Take<>(bounded.bound(), new Plan(choice, bounded, null, step, rewrites));
    }
    if (standing.estimation() == Estimation.CAPPED && standing.capAllowed()) {
      long cap = bounded.outputWithin(remaining);
      if (cap >= bounded.minOutput() && cap > 0) {
        Estimate.Bounded capped =
            new Estimate.Bounded(
                bounded.input(), bounded.nanosPerOutput(), cap, bounded.minOutput());
        return new Proposal.Take<>(
            capped.bound(), new Plan(choice, capped, cap, step, under(cap, choice, rewrites)));
      }
    }
    return refuse(
        ErrorCode.BUDGET_INSUFFICIENT,
        standing.tightest(),
        "this call may cost up to " + bounded.bound() + " on " + choice.model());
  }

  /** A budget of thinking that a rewrite sets must leave room below the cap, too. */
  private List<Rewrite> under(long cap, Choice choice, List<Rewrite> rewrites) {
    return !rewrites.isEmpty()
            && Fit.between(
                    surface.dialect().wire(), asked.entry(), choice.entry(), shape.capped(cap))
                instanceof Fit.Fits fits
        ? surface.written(fits.rewrites())
        : rewrites;
  }

  private static Proposal<Plan> refuse(ErrorCode code, BudgetStanding standing, String why) {
    String resets =
        standing.resetsAt() == null
            ? "an administrator resets it"
            : "it resets at " + standing.resetsAt();
    return new Proposal.Refuse<>(
        code,
        standing.budget()
            + " has "
            + standing.remaining()
            + " left of "
            + standing.limit()
            + ": "
            + why
            + "; "
            + resets);
  }
}
