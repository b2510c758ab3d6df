package dev.tollgate.limits;

import dev.tollgate.testing.ManualClock;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What nodes share limits by, as a model in memory: the same rules as Redis' scripts. */
final class SharedModel {

  private final Rules rules;
  private final ManualClock clock;
  private final Map<String, NavigableMap<Long, Long>> windows = new HashMap<>();
  private final Map<String, Map<String, Boolean>> known = new HashMap<>();
  private final Map<String, Map<String, Held>> slots = new HashMap<>();
  private final Queue<Runnable> under = new ArrayDeque<>();
  private boolean slow;
  private boolean down;
  int questions;

  private record Held(long slots, long untilMillis) {}

  SharedModel(Rules rules, ManualClock clock) {
    this.rules = rules;
    this.clock = clock;
  }

  /** The way of one node to it. */
  Shared of(String node) {
    return new Shared() {
      @Override
      public CompletionStage<Leased> lease(Lease lease) {
        return ask(() -> SharedModel.this.lease(node, lease));
      }

      @Override
      public CompletionStage<Long> slots(Slotting slotting) {
        return ask(() -> SharedModel.this.slots(node, slotting));
      }
    };
  }

  /** Answers wait for {@link #deliver}. */
  void slow(boolean now) {
    slow = now;
  }

  void down(boolean now) {
    down = now;
  }

  /** All is forgotten, as by a server without a disk. */
  void forget() {
    windows.clear();
    known.clear();
    slots.clear();
  }

  /** Whether there was an answer to give. */
  boolean deliver() {
    Runnable next = under.poll();
    if (next != null) {
      next.run();
    }
    return next != null;
  }

  private <T> CompletionStage<T> ask(Supplier<T> question) {
    questions++;
    CompletableFuture<T> answer = new CompletableFuture<>();
    Runnable run =
        () -> {
          if (down) {
            answer.completeExceptionally(new IllegalStateException("away"));
          } else {
            answer.complete(question.get());
          }
        };
    if (slow) {
      under.add(run);
    } else {
      run.run();
    }
    return answer;
  }

  private long now() {
    return clock.nanoTime() / 1_000_000;
  }

  private Shared.Leased lease(String node, Shared.Lease lease) {
    long grain = now() / rules.grain();
    NavigableMap<Long, Long> window =
        windows.computeIfAbsent(lease.name(), absent -> new TreeMap<>());
    lease
        .back()
        .forEach((at, units) ->
            window.computeIfPresent(at, (same, there) -> Math.max(0, there - units)));
    boolean heardOf =
        known.computeIfAbsent(lease.name(), absent -> new HashMap<>()).put(node, true) != null;
    long carry = heardOf ? lease.carry() : Math.max(lease.carry(), lease.recent());
    window.headMap(Math.floorDiv(now() - rules.keep(), rules.grain())).clear();
    long used = carry + window.values().stream().mapToLong(units -> units).sum();
    long free = lease.limit() - used;
    long units = free < lease.least() ? 0 : Math.max(0, Math.min(free, lease.want()));
    window.merge(grain, units + carry, Long::sum);
    long retry = 0;
    long lacking = lease.least() - free;
    for (Map.Entry<Long, Long> one : window.entrySet()) {
      if (lacking > 0) {
        lacking -= one.getValue();
        retry = lapses(one.getKey());
      }
    }
    return new Shared.Leased(units, grain, free - units, retry, lapses(window.lastKey()));
  }

  private long lapses(long grain) {
    return (grain + 1) * rules.grain() + rules.keep() - now();
  }

  private Long slots(String node, Shared.Slotting slotting) {
    Map<String, Held> nodes = slots.computeIfAbsent(slotting.name(), absent -> new HashMap<>());
    nodes.remove(node);
    nodes.values().removeIf(held -> held.untilMillis() <= now());
    long others = nodes.values().stream().mapToLong(Held::slots).sum();
    long granted = Math.max(slotting.open(), Math.min(slotting.want(), slotting.limit() - others));
    if (granted > 0) {
      nodes.put(node, new Held(granted, now() + rules.slots()));
    }
    return granted;
  }
}
