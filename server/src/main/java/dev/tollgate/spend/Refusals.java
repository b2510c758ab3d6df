package dev.tollgate.spend;

/** What callers are told when there is no money for them. */
final class Refusals {

  static final String AWAY = "the budget cannot be checked right now; try again";

  static final String UNKNOWN = "no budget is known for this organization";

  static final String CLOSING = "this node is shutting down; try again";

  static final String SUPERSEDED =
      "this node may not spend: another process runs under its node id; stop one of them, or give"
          + " it a data directory of its own";

  static final String UNSETTLED =
      "too many calls of this node are in flight or wait to be recorded; try again";

  static final String STOPPED =
      "this node does not record charges any more: its thread of commits ended; start it again";

  static final String JOURNAL_FULL =
      "this node's journal has no room for what PostgreSQL did not take yet; try again";

  static final String REPLAYING =
      "the database is behind this node and is brought up to date; try again";

  static final String CROWDED_NODE = "this node has as many active budgets as it may; try again";

  private Refusals() {}

  static String crowded(int waiting) {
    return waiting + " calls wait for this budget already; try again";
  }

  static String insufficient(Money amount, BudgetStanding standing) {
    Money remaining = standing.remaining();
    boolean empty = remaining != null && remaining.nanos() <= 0;
    return "%s is %s: %s, this call may cost %s; %s"
        .formatted(
            standing.budget(),
            empty ? "used up" : "too low",
            left(standing),
            amount,
            reset(standing));
  }

  static String held(BudgetStanding standing) {
    return "%s: %s, but calls in flight hold it; try again"
        .formatted(standing.budget(), left(standing));
  }

  private static String left(BudgetStanding standing) {
    Money remaining = standing.remaining();
    return remaining == null ? "it is unlimited" : remaining + " of " + standing.limit() + " left";
  }

  private static String reset(BudgetStanding standing) {
    return standing.resetsAt() == null
        ? "it is reset by an administrator"
        : "it is reset at " + standing.resetsAt();
  }
}
