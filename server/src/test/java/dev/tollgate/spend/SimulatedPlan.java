package dev.tollgate.spend;

import java.util.Random;

/**
 * What may happen in a run.
 *
 * @param restores the database goes back to a backup
 * @param machines machines crash, and lose what was not synced
 * @param limits limits change and windows are reset
 * @param excesses calls cost more than they held
 * @param windows budgets have windows that end by themselves
 * @param skewed clocks go wrong by up to one in a hundred
 * @param stragglers statements that were given up are done later
 * @param dear calls are large beside the limits
 */
record SimulatedPlan(
    int nodes,
    boolean restores,
    boolean machines,
    boolean limits,
    boolean excesses,
    boolean windows,
    boolean skewed,
    boolean stragglers,
    boolean dear) {

  /** A backup and a journal that was lost do not come together: nothing could survive that. */
  static SimulatedPlan of(Random random) {
    int disaster = random.nextInt(4);
    return new SimulatedPlan(
        1 + random.nextInt(3),
        disaster == 0,
        disaster == 1,
        random.nextInt(3) == 0,
        random.nextInt(3) == 0,
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextInt(3) == 0,
        random.nextInt(4) == 0);
  }

  /** Whether nothing happens that could take spending over a limit. */
  boolean bounded() {
    return !restores && !limits && !excesses;
  }
}
