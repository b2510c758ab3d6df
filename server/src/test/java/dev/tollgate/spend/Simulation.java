package dev.tollgate.spend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A run of the money room under faults, and what must be true after it. The seed reproduces it.
 *
 * <p>A minute of calls and faults; then everything is well again, every call ends, every journal is
 * replayed and every lease that nobody has is resolved.
 */
final class Simulation {

  private static final long FAULTS = 60 * SimulatedWorld.SECOND;
  private static final long RECOVERY = 45 * SimulatedWorld.SECOND;

  /** What a presumption still counts as held for. */
  private static final long LATELY = 310 * SimulatedWorld.SECOND;

  final SimulatedWorld world;
  private @Nullable StoreModel backup;

  private Simulation(SimulatedWorld world) {
    this.world = world;
  }

  /** What happened in a run. */
  record Report(long steps, int calls, long charged, long presumed) {}

  /**
   * Runs one seed.
   *
   * @throws AssertionError with the end of the trace, where an invariant was broken
   */
  static Report run(long seed) {
    return run(seed, new SimulatedWorld(seed), Simulation::minuteOfFaults);
  }

  /** As {@link #run(long)}, with other misfortunes before all is well again. */
  static Report run(long seed, SimulatedWorld world, Consumer<Simulation> misfortunes) {
    Simulation simulation = new Simulation(world);
    try {
      misfortunes.accept(simulation);
      return simulation.recovered();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "-Dsimulation.seed=%d: %s%n%s".formatted(seed, e.getMessage(), simulation.world.trace()),
          e);
    }
  }

  private void minuteOfFaults() {
    long end = world.now() + FAULTS;
    calls(end);
    faults(end);
    world.run(end);
  }

  private Report recovered() {
    recover();
    world.run(world.now() + RECOVERY);
    checkRecovered();
    long presumed = 0;
    for (StoreModel.Row row : world.store().rows()) {
      presumed += row.presumed;
    }
    if (presumed > 0) {
      world.run(world.now() + LATELY);
    }
    spendToTheEnd();
    return new Report(world.steps, world.calls.size(), world.store().charges(), presumed);
  }

  /** Calls come in until {@code end}. */
  void calls(long end) {
    if (world.now() < end) {
      world.call();
      long gap = world.random.nextLong(2 * 60 * SimulatedWorld.MILLI);
      world.after(world.random.nextInt(200) == 0 ? 40 * gap : gap, null, null, () -> calls(end));
    }
  }

  private void faults(long end) {
    long next = world.random.nextLong(4 * SimulatedWorld.SECOND);
    if (world.now() + next < end) {
      world.after(
          next,
          null,
          null,
          () -> {
            fault();
            faults(end);
          });
    }
  }

  // What goes wrong
  // ----------------------------------------------------------------------------------

  private void fault() {
    SimulatedDisk disk = world.disks.get(world.random.nextInt(world.disks.size()));
    switch (world.random.nextInt(10)) {
      case 0, 1 -> kill(disk, false);
      case 2 -> kill(disk, world.plan.machines());
      case 3 -> pause(disk);
      case 4 -> {
        world.away(upTo(12));
        world.trace("PostgreSQL is away");
      }
      case 5, 6 -> {
        world.lossy(world.random.nextInt(3) == 0 ? 0 : world.random.nextInt(200));
        world.trace("answers get lost");
      }
      case 7 -> {
        if (world.plan.limits()) {
          change();
        }
      }
      default -> {
        if (world.plan.restores()) {
          restore();
        }
      }
    }
  }

  private long upTo(int seconds) {
    long most = world.random.nextInt(3) == 0 ? seconds : Math.max(1, seconds / 8);
    return world.random.nextLong(most * SimulatedWorld.SECOND);
  }

  private void kill(SimulatedDisk disk, boolean machine) {
    world.kill(disk, machine);
    world.after(upTo(20), null, null, () -> world.start(disk));
  }

  private void pause(SimulatedDisk disk) {
    SimulatedProcess process = world.running(disk);
    if (process != null) {
      process.pausedUntil = world.now() + upTo(24);
      world.trace(process + " is paused");
    }
  }

  private void change() {
    List<UUID> limited = new ArrayList<>(world.limits().keySet());
    UUID id = limited.get(world.random.nextInt(limited.size()));
    if (world.random.nextInt(3) == 0) {
      world.store().reset(id);
      world.trace("budget " + id.getLeastSignificantBits() + " is reset");
    } else {
      world.limit(id, world.random.nextLong(30_000));
      world.trace("limit " + id.getLeastSignificantBits() + " is " + world.limits().get(id));
    }
  }

  private void restore() {
    StoreModel saved = backup;
    if (saved == null || world.random.nextInt(3) > 0) {
      backup = world.store().snapshot();
      world.trace("a backup is made");
    } else {
      world.store().restore(saved);
      world.trace("the database is restored");
      world.checkTold();
    }
  }

  // What must be true when all is well again
  // ---------------------------------------------------------

  private void recover() {
    world.trace("all is well again");
    world.heal();
    world.disks.forEach(world::start);
    world.processes.forEach(process -> process.pausedUntil = 0);
  }

  private void checkRecovered() {
    for (SimulatedCall call : world.calls.values()) {
      StoreModel.Entry charged = world.store().charged(call.id(), 1);
      Long cost = call.cost;
      if (call.told && charged == null) {
        throw new AssertionError(
            "I2: told and not charged: " + call.id() + " of " + world.journaled(call));
      }
      if (charged != null && (cost == null || charged.cost() != cost)) {
        throw new AssertionError("I3: charged " + charged + ", it cost " + cost);
      }
      boolean decided = call.hold != null || call.refusal != null;
      if (!decided && call.process != null && call.process.alive) {
        throw new AssertionError("never decided: " + call.id());
      }
    }
    if (!world.plan.restores()) {
      checkPresumed();
    }
    for (SimulatedProcess process : world.processes) {
      if (!process.quiet()) {
        throw new AssertionError(process + " has charges left");
      }
    }
  }

  /** What is presumed is what calls held that were open when their process ended. */
  private void checkPresumed() {
    Map<Long, Long> open = new HashMap<>();
    for (SimulatedDisk disk : world.disks) {
      for (UUID id : disk.cut()) {
        SimulatedCall call = world.calls.get(id);
        Hold hold = call == null ? null : call.hold;
        if (hold != null && world.store().charged(id, 1) == null) {
          hold.parts()
              .forEach(part -> open.merge(part.lease().id(), hold.amount().nanos(), Long::sum));
        }
      }
    }
    for (StoreModel.Row row : world.store().rows()) {
      long most = open.getOrDefault(row.id, 0L);
      boolean doubted =
          world.disks.stream()
              .anyMatch(disk -> disk.node.equals(row.node) && disk.doubts(row.epoch));
      if (row.presumed > most && !doubted) {
        throw new AssertionError("presumed of what was not held, beyond " + most + ": " + row);
      }
    }
  }

  /** Whatever is not spent can be spent, by one caller, at any node. */
  private void spendToTheEnd() {
    UUID id = world.limits().keySet().iterator().next();
    StoreModel.Budget budget = world.store().budget(id);
    Long limit = budget.limit();
    long left = (limit == null ? 0 : limit) - world.store().spent(id, budget.window());
    if (left > 0) {
      SimulatedProcess process = world.processes.get(world.random.nextInt(world.processes.size()));
      SimulatedCall last = world.call(process, left, List.of(id));
      world.run(world.now() + 10 * SimulatedWorld.SECOND);
      if (last.hold == null) {
        throw new AssertionError("the last %d are not granted: %s".formatted(left, last.refusal));
      }
    }
    List.copyOf(world.processes).forEach(SimulatedProcess::close);
    world.run(world.now() + 40 * SimulatedWorld.SECOND);
    for (StoreModel.Row row : world.store().rows()) {
      if (row.granted != row.spent) {
        throw new AssertionError("granted, not spent and not given back: " + row);
      }
    }
  }
}
