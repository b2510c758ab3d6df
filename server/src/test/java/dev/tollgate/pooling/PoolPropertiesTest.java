package dev.tollgate.pooling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.pooling.PoolConfig.Bounds;
import dev.tollgate.pooling.PoolConfig.Times;
import dev.tollgate.pooling.Workshop.Thing;
import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random callers, failures, cancellations and drains under a clock that the test moves. */
class PoolPropertiesTest {

  private static final int STEPS = 400;
  private static final List<String> KEYS = List.of("a1", "a2", "b1", "b2");

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void holdsItsBoundsAndServesInOrder(long seed) {
    World world = new World(new Random(seed));
    for (int step = 0; step < STEPS; step++) {
      world.step();
      world.check();
    }
    world.end();
  }

  /** A caller, and what it still may get. */
  private static final class Caller {
    final String key;
    final long deadline;
    final CompletableFuture<Lease<Thing>> future;
    boolean gaveUp;

    Caller(String key, long deadline, CompletableFuture<Lease<Thing>> future) {
      this.key = key;
      this.deadline = deadline;
      this.future = future;
    }
  }

  private static final class World {

    private final Random random;
    private final Bounds bounds;
    private final ManualClock clock = new ManualClock();
    private final ManualTimer timer = new ManualTimer(clock);
    private final Workshop workshop = new Workshop();
    private final Pool<String, Thing> pool;
    private final Map<String, List<Caller>> lines = new HashMap<>();
    private final List<Lease<Thing>> lent = new ArrayList<>();
    private final Set<Thing> apart = new HashSet<>();

    World(Random random) {
      this.random = random;
      int max = 1 + random.nextInt(3);
      this.bounds =
          new Bounds(
              random.nextInt(max + 1),
              max,
              max + random.nextInt(3),
              3 + random.nextInt(4),
              4 + random.nextInt(5),
              1 + random.nextInt(2),
              20);
      this.pool =
          Pool.open(
              new PoolConfig(bounds, Times.DEFAULT), workshop, PoolListener.none(), timer, clock);
    }

    void step() {
      String key = KEYS.get(random.nextInt(KEYS.size()));
      switch (random.nextInt(13)) {
        case 0, 1, 2, 3 -> acquire(key);
        case 4, 5 -> giveBack(false);
        case 6 -> giveBack(random.nextInt(3) == 0);
        case 7 -> cancel(key);
        case 8, 9 -> deliver();
        case 10 -> timer.advance(Duration.ofMillis(random.nextInt(2_000)));
        case 11 -> setApart();
        default -> rare(key);
      }
    }

    private void rare(String key) {
      switch (random.nextInt(12)) {
        case 0 -> timer.advance(Duration.ofMinutes(random.nextInt(40)));
        case 1, 2 -> {
          lines.getOrDefault(key, List.of()).forEach(caller -> caller.gaveUp = true);
          pool.drain(key).toCompletableFuture().isDone();
        }
        case 3 -> workshop.alive().forEach(thing -> thing.works = random.nextInt(4) != 0);
        default -> timer.advance(Duration.ofSeconds(random.nextInt(6)));
      }
    }

    private void acquire(String key) {
      long deadline = clock.nanoTime() + Times.DEFAULT.acquire().toNanos();
      Caller caller = new Caller(key, deadline, pool.acquire(key));
      List<Caller> line = lines.computeIfAbsent(key, absent -> new ArrayList<>());
      line.add(caller);
      var _ = caller.future.whenComplete((lease, failure) -> ended(line, caller, lease));
    }

    private void ended(List<Caller> line, Caller caller, Lease<Thing> lease) {
      if (lease != null) {
        assertThat(caller.gaveUp).isFalse();
        assertThat(caller.deadline).isGreaterThanOrEqualTo(clock.nanoTime());
        assertThat(line.stream().filter(other -> !other.gaveUp).findFirst()).contains(caller);
        assertThat(lease.resource().closed).isZero();
        assertThat(lease.resource().key).isEqualTo(caller.key);
        lent.add(lease);
      }
      line.remove(caller);
    }

    private void giveBack(boolean broken) {
      if (!lent.isEmpty()) {
        Lease<Thing> lease = lent.remove(random.nextInt(lent.size()));
        if (broken) {
          lease.discard();
        } else {
          lease.close();
        }
      }
    }

    private void setApart() {
      if (!lent.isEmpty() && apart.size() < bounds.totalMax()) {
        Lease<Thing> lease = lent.get(random.nextInt(lent.size()));
        Thing thing = lease.resource();
        lease.setApart();
        if (thing.closed == 0) {
          apart.add(thing);
        }
      }
      apart.removeIf(thing -> thing.closed > 0);
    }

    private void cancel(String key) {
      List<Caller> line = lines.getOrDefault(key, List.of());
      if (!line.isEmpty()) {
        Caller caller = line.get(random.nextInt(line.size()));
        caller.gaveUp = true;
        caller.future.cancel(false);
      }
    }

    private void deliver() {
      if (!workshop.orders.isEmpty()) {
        String key = workshop.orders.get(random.nextInt(workshop.orders.size())).key();
        if (random.nextInt(5) == 0) {
          workshop.fail(key, new IllegalStateException("down"));
        } else {
          workshop.deliver(key);
        }
      }
    }

    void check() {
      Census all = pool.census(key -> true);
      assertThat(all.active() + all.idle() + all.creating()).isLessThanOrEqualTo(bounds.totalMax());
      for (String group : List.of("a", "b")) {
        Census own = pool.census(key -> key.startsWith(group));
        assertThat(own.active() + own.idle() + own.creating())
            .isLessThanOrEqualTo(bounds.groupMax());
      }
      for (String key : KEYS) {
        check(key);
      }
    }

    private void check(String key) {
      Census own = pool.census(key::equals);
      int size = own.active() + own.idle() + own.creating();
      assertThat(size).isLessThanOrEqualTo(bounds.hardMax());
      assertThat(own.waiting()).isEqualTo(lines.getOrDefault(key, List.of()).size());
      if (own.waiting() > 0) {
        assertThat(own.idle()).as("idle while somebody waits").isZero();
        boolean full = size >= own.limit();
        boolean enough = own.creating() * bounds.leasesPerResource() >= own.waiting();
        String group = key.substring(0, 1);
        boolean capped = standing("") >= bounds.totalMax() || standing(group) >= bounds.groupMax();
        assertThat(full || enough || capped).as("nothing is made for who waits").isTrue();
      }
    }

    /** Those of drained keys too, which the census leaves out. */
    private long standing(String prefix) {
      return workshop.alive(prefix)
          - apart.stream().filter(t -> t.closed == 0 && t.key.startsWith(prefix)).count()
          + workshop.orders.stream().filter(order -> order.key().startsWith(prefix)).count();
    }

    /** All is given back and closed, and nothing stays behind. */
    void end() {
      while (!lent.isEmpty()) {
        giveBack(false);
        while (!workshop.orders.isEmpty()) {
          deliver();
        }
      }
      var closed = pool.close().toCompletableFuture();
      while (!workshop.orders.isEmpty()) {
        deliver();
      }
      while (!lent.isEmpty()) {
        giveBack(false);
      }
      assertThat(closed).isCompleted();
      assertThat(workshop.made).allMatch(thing -> thing.closed == 1);
      timer.advance(Duration.ofMinutes(2));
      assertThat(timer.pending()).isZero();
      assertThat(lines.values()).allMatch(List::isEmpty);
    }
  }
}
