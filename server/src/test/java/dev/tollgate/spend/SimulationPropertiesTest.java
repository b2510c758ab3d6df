package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Two hundred runs of {@link Simulation}; {@code -Dsimulation.seed=} runs one, and the bench runs
 * as many as one likes.
 */
class SimulationPropertiesTest {

  private static final int SEEDS = 200;

  @Test
  void keepsItsInvariantsThroughCrashesPausesAndLostAnswers() {
    Long one = Long.getLong("simulation.seed");
    long from = one == null ? 1 : one;
    long charged = 0;
    for (long seed = from; seed < from + (one == null ? SEEDS : 1); seed++) {
      charged += Simulation.run(seed).charged();
    }
    assertThat(charged).as("charges in all runs").isPositive();
  }
}
