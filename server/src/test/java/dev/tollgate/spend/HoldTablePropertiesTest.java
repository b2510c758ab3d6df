package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table against a map, over seeds; and under eight threads. */
class HoldTablePropertiesTest {

  private static final UUID NODE = new UUID(1, 2);
  private static final String BOOT = "boot-1";

  @TempDir Path directory;

  private HoldTable open(int capacity) {
    return HoldTable.open(directory, capacity, NODE, BOOT, Instant.EPOCH);
  }

  /** A hold all of whose fields follow from its number. */
  private static int open(HoldTable table, long number) {
    return table.open(
        new UUID(number, ~number),
        (int) number,
        number * 3,
        number * 5,
        number * 7,
        number * 11,
        number * 13);
  }

  private static OpenHold hold(int slot, long number) {
    return new OpenHold(
        slot,
        new UUID(number, ~number),
        (int) number,
        number * 3,
        List.of(number * 5, number * 7, number * 11, number * 13));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void isAMapThatOutlivesItsProcess(long seed) {
    Random random = new Random(seed);
    int capacity = random.nextInt(1, 200);
    HoldTable table = open(capacity);
    table.vouch();
    Map<Integer, OpenHold> model = new HashMap<>();
    for (long number = 1; number <= 5_000; number++) {
      int choice = random.nextInt(100);
      if (choice < 55) {
        int slot = open(table, number);
        assertThat(slot == HoldTable.FULL).isEqualTo(model.size() == capacity);
        if (slot != HoldTable.FULL) {
          assertThat(model.put(slot, hold(slot, number))).isNull();
        }
      } else if (choice < 99 && !model.isEmpty()) {
        int slot = new ArrayList<>(model.keySet()).get(random.nextInt(model.size()));
        end(table, slot);
        model.remove(slot);
      } else if (choice == 99) {
        table = open(capacity);
        assertThat(table.trusted()).isTrue();
        assertThat(table.left()).containsExactlyInAnyOrderElementsOf(model.values());
      }
    }
    assertThat(table.open()).containsExactlyInAnyOrderElementsOf(model.values());
  }

  private static void end(HoldTable table, int slot) {
    for (OpenHold left : table.left()) {
      if (left.slot() == slot) {
        table.forget(left);
        return;
      }
    }
    table.close(slot);
  }

  @Test
  void givesASlotToOneOfEightThreadsAndShowsHoldsWhole() throws Exception {
    int capacity = 300;
    HoldTable table = open(capacity);
    Map<Integer, Long> owners = new ConcurrentHashMap<>();
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(9)) {
      CountDownLatch watching = new CountDownLatch(1);
      Future<Integer> seen = threads.submit(() -> watch(table, watching, done));
      watching.await();
      List<Future<?>> ends = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        Random random = new Random(thread);
        long first = thread * 1_000_000L + 1;
        ends.add(threads.submit(() -> hammer(table, owners, random, first)));
      }
      for (Future<?> end : ends) {
        end.get();
      }
      done.set(true);
      assertThat(seen.get()).isPositive();
    }
    assertThat(owners).isEmpty();
    assertThat(table.open()).isEmpty();
    for (int slot = 0; slot < capacity; slot++) {
      assertThat(open(table, 1)).isNotEqualTo(HoldTable.FULL);
    }
    assertThat(open(table, 1)).isEqualTo(HoldTable.FULL);
  }

  private static void hammer(
      HoldTable table, Map<Integer, Long> owners, Random random, long first) {
    List<Integer> mine = new ArrayList<>();
    for (long number = first; number < first + 100_000; number++) {
      if (mine.size() < 30 && random.nextBoolean()) {
        int slot = open(table, number);
        assertThat(slot).isNotEqualTo(HoldTable.FULL);
        assertThat(owners.put(slot, number)).isNull();
        mine.add(slot);
      } else if (!mine.isEmpty()) {
        int slot = mine.removeLast();
        assertThat(owners.remove(slot)).isNotNull();
        table.close(slot);
      }
    }
    for (int slot : mine) {
      owners.remove(slot);
      table.close(slot);
    }
  }

  private static int watch(HoldTable table, CountDownLatch watching, AtomicBoolean done) {
    watching.countDown();
    int seen = 0;
    while (!done.get()) {
      for (OpenHold hold : table.open()) {
        assertThat(hold).isEqualTo(hold(hold.slot(), hold.call().getMostSignificantBits()));
        seen++;
      }
    }
    return seen;
  }
}
