package dev.tollgate.spend;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The charges of a process on their way, as {@link Intake} and {@link GroupCommit} take them. */
final class SimulatedCommits {

  private static final long RETRY = 100_000_000L;

  /** A charge, and who waits to hear of it. */
  private record Pending(Hold hold, SimulatedCall call, StoreModel.Entry entry, long since) {}

  private record Group(long number, List<Pending> charges) {}

  private final SimulatedWorld world;
  private final SimulatedProcess process;
  private final SimulatedDisk disk;
  private final Deque<Pending> queue = new ArrayDeque<>();
  private final Deque<Group> backlog = new ArrayDeque<>();
  private @Nullable Group underWay;
  private boolean busy;
  private boolean failing;
  private boolean behind;
  private boolean again;
  private boolean superseded;
  private long reached;
  private long acknowledged;
  private long last;

  SimulatedCommits(SimulatedWorld world, SimulatedProcess process) {
    this.world = world;
    this.process = process;
    this.disk = process.disk;
    long known = process.node.batch();
    last = LastRun.last(known, disk.lastBatch(), disk.acknowledged());
    acknowledged = last;
    behind = LastRun.replayFrom(known, disk.acknowledged()) < last;
  }

  boolean replaying() {
    return behind;
  }

  long acknowledged() {
    return acknowledged;
  }

  boolean idle() {
    return !busy && !behind && queue.isEmpty() && backlog.isEmpty();
  }

  void append(Hold hold, SimulatedCall call, long cost) {
    List<Hold.Part> parts = hold.parts();
    StoreModel.Entry entry =
        new StoreModel.Entry(
            call.id(),
            1,
            hold.amount().nanos(),
            cost,
            parts.stream().map(part -> part.lease().id()).toList(),
            parts.stream().map(part -> part.lease().budget()).toList(),
            parts.stream().map(part -> part.lease().window()).toList());
    queue.add(new Pending(hold, call, entry, process.clock().nanoTime()));
    pump();
  }

  /** What the thread does: one thing at a time, and then the next. */
  void pump() {
    if (busy) {
      return;
    }
    if (behind) {
      catchUp();
      return;
    }
    Group next = backlog.isEmpty() ? number() : backlog.remove();
    if (next != null) {
      busy = true;
      underWay = next;
      commit(next);
    }
  }

  private @Nullable Group number() {
    List<Pending> charges = new ArrayList<>();
    while (charges.size() < SimulatedWorld.CONFIG.batch() && !queue.isEmpty()) {
      charges.add(queue.remove());
    }
    if (charges.isEmpty()) {
      return null;
    }
    Group group = new Group(++last, charges);
    disk.append(
        new SimulatedDisk.Batch(group.number(), charges.stream().map(Pending::entry).toList()));
    return group;
  }

  private void commit(Group group) {
    world.query(
        process,
        "settle " + group.number(),
        () ->
            world
                .store()
                .settle(
                    process.node,
                    acknowledged,
                    group.number(),
                    group.charges().stream().map(Pending::entry).toList()),
        done -> {
          failing = done == null;
          if (done == null) {
            world.after(RETRY, process, null, () -> commit(group));
          } else {
            committed(group, done);
          }
        });
  }

  private void committed(Group group, StoreModel.Settled done) {
    check(done, acknowledged);
    for (Pending charge : group.charges()) {
      process.ended(charge.hold());
      world.told(charge.call());
    }
    acknowledged = Math.max(acknowledged, group.number());
    if (!behind) {
      disk.acknowledge(group.number());
    }
    underWay = null;
    busy = false;
    pump();
  }

  private void check(StoreModel.Settled done, long expected) {
    if (done.superseded()) {
      distrust();
    } else if (done.known() < expected) {
      disk.unacknowledge(done.known());
      distrust();
    }
  }

  void fellBehind(long known) {
    if (!behind) {
      disk.unacknowledge(known);
      distrust();
    }
  }

  void distrust() {
    again = behind;
    if (!behind && !superseded) {
      behind = true;
      process.startOver();
      pump();
    }
  }

  private void catchUp() {
    busy = true;
    world.query(
        process,
        "start over",
        () -> {
          Long known = world.store().startOver(process.node);
          return known == null ? -1L : known;
        },
        known -> {
          if (known == null) {
            world.after(RETRY, process, null, this::catchUp);
          } else if (known < 0) {
            superseded = true;
            process.supersede();
            behind = false;
            busy = false;
            pump();
          } else {
            reached = LastRun.replayFrom(known, disk.acknowledged());
            disk.unacknowledge(reached);
            again(new ArrayDeque<>(disk.after(reached, acknowledged)));
          }
        });
  }

  private void again(Deque<SimulatedDisk.Batch> batches) {
    SimulatedDisk.Batch batch = batches.peek();
    if (batch == null) {
      disk.acknowledge(acknowledged);
      if (again) {
        again = false;
        catchUp();
        return;
      }
      behind = false;
      process.replayed();
      busy = false;
      pump();
      return;
    }
    world.query(
        process,
        "replay " + batch.number(),
        () -> world.store().settle(process.node, reached, batch.number(), batch.entries()),
        done -> {
          if (done == null) {
            world.after(RETRY, process, null, () -> again(batches));
          } else {
            check(done, reached);
            reached = batches.remove().number();
            again(batches);
          }
        });
  }

  /** Where PostgreSQL is away or slow, callers are told when the journal is synced. */
  void secure() {
    long now = process.clock().nanoTime();
    Group current = underWay;
    Pending oldest =
        current != null
            ? current.charges().getFirst()
            : backlog.isEmpty() ? queue.peek() : backlog.element().charges().getFirst();
    boolean late = oldest != null && now - oldest.since() > GroupCommit.PATIENCE.toNanos();
    if (!failing && !late) {
      return;
    }
    for (Group group = number(); group != null; group = number()) {
      backlog.add(group);
    }
    disk.force();
    backlog.forEach(group -> group.charges().forEach(charge -> world.told(charge.call())));
    if (current != null) {
      current.charges().forEach(charge -> world.told(charge.call()));
    }
  }
}
