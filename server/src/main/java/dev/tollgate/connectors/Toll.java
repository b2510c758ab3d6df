package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.spend.BudgetStanding;
import dev.tollgate.spend.Ladder;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Proposal;
import dev.tollgate.spend.Standing;

/**
 * Asks for the price of one call of a tool. The ladder may block it; there is nothing cheaper that
 * it could be given to.
 */
record Toll(String tool, Money price) implements Proposal.Planner<Money> {

  @Override
  public Proposal<Money> propose(Standing standing) {
    Standing.Judgement judgement = standing.judge(null, false, null);
    if (judgement.decision() instanceof Ladder.Decision.Block(String step)) {
      return refuse(ErrorCode.BUDGET_EXHAUSTED, judgement.by(), "calls are blocked (" + step + ")");
    }
    Money remaining = standing.remaining();
    return remaining == null || price.compareTo(remaining) <= 0
        ? new Proposal.Take<>(price, price)
        : refuse(
            ErrorCode.BUDGET_INSUFFICIENT,
            standing.tightest(),
            "a call of " + tool + " costs " + price);
  }

  private static Proposal<Money> refuse(ErrorCode code, BudgetStanding by, String why) {
    String resets =
        by.resetsAt() == null ? "an administrator resets it" : "it resets at " + by.resetsAt();
    return new Proposal.Refuse<>(
        code,
        by.budget()
            + " has "
            + by.remaining()
            + " left of "
            + by.limit()
            + ": "
            + why
            + "; "
            + resets);
  }
}
