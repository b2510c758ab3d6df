package dev.tollgate.spend;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way down a ladder whose steps have been reached. */
record Descent(List<Ladder.Step> reached) {

  Ladder.Decision decide(@Nullable Tier tier, boolean downgrades) {
    Ladder.Step warning = null;
    for (Ladder.Step step : reached) {
      switch (step.action()) {
        case Ladder.Action.Block _ -> {
          return new Ladder.Decision.Block(step.name());
        }
        case Ladder.Action.Warn _ -> warning = step;
        case Ladder.Action.Downgrade _ -> {}
      }
    }
    Landing landing = tier == null ? null : descend(tier);
    if (landing != null) {
      return downgrades
          ? new Ladder.Decision.Downgrade(landing.step(), landing.tier())
          : new Ladder.Decision.Decline(landing.step(), landing.tier());
    }
    return warning == null ? new Ladder.Decision.Keep() : new Ladder.Decision.Warn(warning.name());
  }

  /** Goes down as long as a step leads on; every step leads strictly down, so this ends. */
  private @Nullable Landing descend(Tier tier) {
    Landing landing = null;
    for (Landing next = lowest(tier); next != null; next = lowest(next.tier())) {
      landing = next;
    }
    return landing;
  }

  private @Nullable Landing lowest(Tier tier) {
    Landing lowest = null;
    for (Ladder.Step step : reached) {
      if (step.action() instanceof Ladder.Action.Downgrade(Tier from, Tier to)
          && from == tier
          && (lowest == null || to.compareTo(lowest.tier()) > 0)) {
        lowest = new Landing(step.name(), to);
      }
    }
    return lowest;
  }

  private record Landing(String step, Tier tier) {}
}
