package dev.tollgate.spend;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How organizations stand against their budgets, in whole cents; serialized as it is.
 *
 * @param organizations in the order of their ids
 * @param nextCursor where the next page begins; null: this is the last
 */
public record BudgetHealth(
    List<Organization> organizations,
    int warningThreshold,
    int criticalThreshold,
    @Nullable String nextCursor) {

  /** Percent of a budget from which its status is {@code warning}. */
  public static final int WARNING = 80;

  /** Percent of a budget from which its status is {@code critical}. */
  public static final int CRITICAL = 90;

  /**
   * One organization.
   *
   * @param monthlyBudgetCents null: unlimited, and then so are the two below
   * @param remainingCents negative after an overshoot
   * @param percentUsed of the limit, to one decimal
   * @param status a {@link Status} in lower case
   */
  public record Organization(
      UUID organizationId,
      String name,
      @Nullable Long monthlyBudgetCents,
      long currentMonthSpendCents,
      @Nullable Long remainingCents,
      @Nullable Double percentUsed,
      String status) {

    static Organization of(
        UUID id, String name, @Nullable Money limit, Money spent, Ladder ladder) {
      return new Organization(
          id,
          name,
          limit == null ? null : limit.toCents(),
          spent.toCents(),
          limit == null ? null : limit.minus(spent).toCents(),
          limit == null ? null : Math.round(percent(limit, spent) * 10) / 10.0,
          Status.of(limit, spent, ladder).wire());
    }
  }

  /** How far a budget is used. */
  public enum Status {
    OK,
    WARNING,
    CRITICAL,
    /** Every call is refused: by the limit, or by a step of the ladder that blocks. */
    EXHAUSTED;

    static Status of(@Nullable Money limit, Money spent, Ladder ladder) {
      if (limit == null) {
        return OK;
      }
      if (spent.compareTo(limit) >= 0 || ladder.blocks(limit, limit.minus(spent))) {
        return EXHAUSTED;
      }
      double percent = percent(limit, spent);
      if (percent >= BudgetHealth.CRITICAL) {
        return CRITICAL;
      }
      return percent >= BudgetHealth.WARNING ? WARNING : OK;
    }

    /** The name on the wire. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static double percent(Money limit, Money spent) {
    return limit.nanos() == 0 ? 100 : 100.0 * spent.nanos() / limit.nanos();
  }
}
