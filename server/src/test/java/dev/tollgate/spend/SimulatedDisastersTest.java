package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@link Simulation} does not come upon by itself, or came upon once: by scripts, and by seeds
 * that failed before.
 */
class SimulatedDisastersTest {

  private static final int SEEDS = 40;

  @Test
  void oneOfTwoProcessesWithOneNodeIdStopsGranting() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimulatedWorld world = new SimulatedWorld(seed, plan(false));
      Simulation.Report report =
          Simulation.run(
              seed,
              world,
              simulation -> {
                long start = world.now();
                simulation.calls(start + seconds(40));
                world.run(start + seconds(10));
                SimulatedProcess first = world.processes.getFirst();
                SimulatedProcess second = world.copy(first.disk);
                world.run(start + seconds(40));
                assertThat(first.alive).as("the one whose place was taken").isFalse();
                assertThat(second.alive).as("the one that started last").isTrue();
              });
      assertThat(report.charged()).isPositive();
    }
  }

  @Test
  void aMachineThatCrashedAndADatabaseThatIsRestoredLaterLoseNothing() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimulatedWorld world = new SimulatedWorld(seed, plan(true));
      Simulation.run(
          seed,
          world,
          simulation -> {
            long start = world.now();
            simulation.calls(start + seconds(60));
            world.run(start + seconds(10));
            SimulatedDisk crashed = world.disks.getFirst();
            world.kill(crashed, true);
            world.run(start + seconds(12));
            world.start(crashed);
            world.run(start + seconds(40));
            StoreModel backup = world.store().snapshot();
            world.run(start + seconds(50));
            world.store().restore(backup);
            world.checkTold();
            world.run(start + seconds(60));
          });
    }
  }

  @Test
  void aMachineThatCrashesWhileTheDatabaseIsRestoredLosesNothingThatItSynced() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimulatedWorld world = new SimulatedWorld(seed, plan(true));
      Simulation.run(
          seed,
          world,
          simulation -> {
            long start = world.now();
            simulation.calls(start + seconds(60));
            world.run(start + seconds(20));
            StoreModel backup = world.store().snapshot();
            world.run(start + seconds(30));
            SimulatedDisk disk = world.disks.getFirst();
            disk.force();
            world.kill(disk, true);
            world.store().restore(backup);
            world.checkTold();
            world.run(start + seconds(32));
            world.start(disk);
            world.run(start + seconds(60));
          });
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "63, the late answer to a request of a lease that is gone is not another one's",
    "37, a return that was given up and is done late gives nothing back twice",
    "36, no lease has the identifier of one that a backup does not know",
    "12, late charges of a restored lease presume nothing negative",
    "65, a window that opens after a restore knows what was charged to it before",
    "747, the first batch after a restore does not hide what is missing before it",
    "853, nor where its answer is lost",
    "437, a second restore in the midst of a replay is seen",
    "648, also where the process ends meanwhile",
    "533, a restore during the replay for another begins it anew",
    "5227, money that a backup says to be in a lease is not taken for the node's",
    "6358, so that the last of a budget is granted"
  })
  void staysMended(long seed, String what) {
    assertThat(Simulation.run(seed).charged()).as(what).isPositive();
  }

  private static long seconds(int seconds) {
    return seconds * SimulatedWorld.SECOND;
  }

  /** Two nodes, wrong clocks and windows that roll; the scripts see to the rest. */
  private static SimulatedPlan plan(boolean restores) {
    return new SimulatedPlan(2, restores, false, false, false, true, true, false, false);
  }
}
