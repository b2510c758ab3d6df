package dev.tollgate.spend;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What makes the steps of a ladder senseless together: a name twice, or a step that another one
 * always forestalls. Thresholds in money and in percent cannot be held against each other without a
 * limit, and pass.
 *
 * @param items the same steps as they were read, for complaints
 */
record LadderRules(List<Ladder.Step> steps, List<Fields> items) {

  void check() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < steps.size(); i++) {
      if (!names.add(steps.get(i).name())) {
        throw items.get(i).wrong("name", "must be another than that of an earlier step");
      }
      for (int j = 0; j < steps.size(); j++) {
        if (i != j && forestalled(steps.get(i), steps.get(j)) && !mutual(i, j)) {
          throw items
              .get(i)
              .wrong(
                  "action", "is never reached: the step " + steps.get(j).name() + " comes first");
        }
      }
    }
  }

  /** Of two steps that forestall each other, the later one is to blame. */
  private boolean mutual(int i, int j) {
    return i < j && forestalled(steps.get(j), steps.get(i));
  }

  private static boolean forestalled(Ladder.Step step, Ladder.Step by) {
    return (by.requestClass() == null || by.requestClass().equals(step.requestClass()))
        && noLater(by.when(), step.when())
        && covers(by.action(), step.action());
  }

  private static boolean noLater(Ladder.Threshold one, Ladder.Threshold other) {
    return switch (one) {
      case Ladder.Threshold.RemainingBelow(Money amount) ->
          other instanceof Ladder.Threshold.RemainingBelow(Money below)
              && amount.compareTo(below) >= 0;
      case Ladder.Threshold.UsedAtLeast(BigDecimal percent) ->
          other instanceof Ladder.Threshold.UsedAtLeast(BigDecimal used)
              && percent.compareTo(used) <= 0;
    };
  }

  private static boolean covers(Ladder.Action by, Ladder.Action action) {
    return switch (by) {
      case Ladder.Action.Block _ -> true;
      case Ladder.Action.Warn _ -> false;
      case Ladder.Action.Downgrade(Tier from, Tier to) ->
          action instanceof Ladder.Action.Downgrade(Tier start, Tier end)
              && from == start
              && to.compareTo(end) >= 0;
    };
  }
}
