package dev.tollgate.spend;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A call, and all that became of it. */
final class SimulatedCall {

  private final UUID id;
  private final long amount;
  private final List<UUID> budgets;
  @Nullable SimulatedProcess process;
  @Nullable Hold hold;
  @Nullable Long cost;
  boolean released;
  boolean told;
  @Nullable String refusal;

  SimulatedCall(UUID id, long amount, List<UUID> budgets) {
    this.id = id;
    this.amount = amount;
    this.budgets = budgets;
  }

  UUID id() {
    return id;
  }

  long amount() {
    return amount;
  }

  /** In the order of {@link BudgetScope}. */
  List<UUID> budgets() {
    return budgets;
  }

  void refused(String why) {
    refusal = why;
  }
}
