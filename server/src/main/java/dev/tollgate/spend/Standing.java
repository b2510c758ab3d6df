package dev.tollgate.spend;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How all budgets of a call stand at the moment of a decision, and its organization's policy.
 *
 * @param budgets those that the call must be granted by; never empty
 * @param ladder the organization's policy
 */
public record Standing(
    List<BudgetStanding> budgets, Ladder ladder, Estimation estimation, boolean capAllowed) {

  public Standing {
    budgets = List.copyOf(budgets);
    if (budgets.isEmpty()) {
      throw new IllegalArgumentException("a call has a budget at least");
    }
  }

  /** Of one budget alone. */
  public static Standing of(
      String budget,
      @Nullable Money limit,
      @Nullable Money remaining,
      Ladder ladder,
      Estimation estimation,
      boolean capAllowed,
      @Nullable Instant resetsAt) {
    return new Standing(
        List.of(new BudgetStanding(budget, limit, remaining, resetsAt)),
        ladder,
        estimation,
        capAllowed);
  }

  /** The budget of which the least remains; the first one where all are unlimited. */
  public BudgetStanding tightest() {
    BudgetStanding tightest = budgets.getFirst();
    Money least = tightest.remaining();
    for (int i = 1; i < budgets.size(); i++) {
      Money remaining = budgets.get(i).remaining();
      if (remaining != null && (least == null || remaining.compareTo(least) < 0)) {
        tightest = budgets.get(i);
        least = remaining;
      }
    }
    return tightest;
  }

  /** What to call the tightest budget. */
  public String budget() {
    return tightest().budget();
  }

  /** The limit of the tightest budget; null: all are unlimited. */
  public @Nullable Money limit() {
    return tightest().limit();
  }

  /** What remains of the tightest budget; null: all are unlimited. */
  public @Nullable Money remaining() {
    return tightest().remaining();
  }

  /** When the tightest budget is reset by itself. */
  public @Nullable Instant resetsAt() {
    return tightest().resetsAt();
  }

  /** Whether {@code amount} is within what remains; nothing always is. */
  boolean admits(Money amount) {
    return admits(remaining(), amount);
  }

  static boolean admits(@Nullable Money remaining, Money amount) {
    return remaining == null || amount.nanos() <= 0 || amount.compareTo(remaining) <= 0;
  }

  /** Whether any limit applies. */
  public boolean limited() {
    return limit() != null;
  }

  /** The same policy over other budgets. */
  Standing over(List<BudgetStanding> others) {
    return new Standing(others, ladder, estimation, capAllowed);
  }

  /** Whether a call may be served by a cheaper model than it asked for. */
  public boolean downgrades() {
    return ladder.downgrades();
  }

  /**
   * What the ladder says of a call, by the budget that is hardest on it.
   *
   * @param tier the tier of the model that the call resolved to; null: in none
   * @param free whether that model is free: no budget concerns it
   * @param requestClass the client's own class of the request; null: not said
   */
  public Judgement judge(@Nullable Tier tier, boolean free, @Nullable String requestClass) {
    Judgement hardest = null;
    for (BudgetStanding each : budgets) {
      Judgement judgement = new Judgement(ladder.decide(each, tier, free, requestClass), each);
      if (hardest == null || judgement.isHarderThan(hardest)) {
        hardest = judgement;
      }
    }
    if (hardest == null) {
      throw new IllegalStateException("a call has a budget at least");
    }
    return hardest;
  }

  /**
   * A decision of the ladder.
   *
   * @param by the budget that it rests on
   */
  public record Judgement(Ladder.Decision decision, BudgetStanding by) {

    private boolean isHarderThan(Judgement other) {
      int own = severity(decision);
      int others = severity(other.decision);
      return own != others
          ? own > others
          : decision instanceof Ladder.Decision.Downgrade(_, Tier target)
              && other.decision instanceof Ladder.Decision.Downgrade(_, Tier above)
              && target.compareTo(above) > 0;
    }

    private static int severity(Ladder.Decision decision) {
      return switch (decision) {
        case Ladder.Decision.Keep _ -> 0;
        case Ladder.Decision.Warn _ -> 1;
        case Ladder.Decision.Downgrade _ -> 2;
        case Ladder.Decision.Decline _ -> 3;
        case Ladder.Decision.Block _ -> 4;
      };
    }
  }
}
