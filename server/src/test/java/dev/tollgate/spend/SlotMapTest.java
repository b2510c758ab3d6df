package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which slots are taken. */
class SlotMapTest {

  @ParameterizedTest(name = "{0} slots")
  @ValueSource(ints = {1, 63, 64, 65, 4_095, 4_096, 4_097, 10_000})
  void givesEachSlotOnceAndAllOfThem(int capacity) {
    SlotMap map = new SlotMap(capacity);
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < capacity; i++) {
      int slot = map.take();
      assertThat(slot).isBetween(0, capacity - 1);
      taken.add(slot);
    }
    assertThat(taken).hasSize(capacity);
    assertThat(map.take()).isEqualTo(SlotMap.FULL);
    map.give(capacity / 2);
    assertThat(map.take()).isEqualTo(capacity / 2);
    assertThat(map.take()).isEqualTo(SlotMap.FULL);
  }

  @Test
  void skipsWhatWasOccupiedFromTheStart() {
    SlotMap map = new SlotMap(130);
    for (int slot = 0; slot < 128; slot++) {
      map.occupy(slot);
    }
    assertThat(List.of(map.take(), map.take(), map.take()))
        .containsExactlyInAnyOrder(128, 129, SlotMap.FULL);
    map.give(7);
    assertThat(map.take()).isEqualTo(7);
  }

  /** Words fill and empty all the time, which is where a summary could stay behind. */
  @Test
  void losesNoSlotAmongEightThreadsThatFillIt() throws Exception {
    int capacity = 130;
    SlotMap map = new SlotMap(capacity);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> ends = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        Random random = new Random(thread);
        ends.add(threads.submit(() -> fillAndEmpty(map, random)));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    }
    Set<Integer> taken = new HashSet<>();
    for (int slot = map.take(); slot != SlotMap.FULL; slot = map.take()) {
      assertThat(taken.add(slot)).isTrue();
    }
    assertThat(taken).hasSize(capacity);
  }

  private static void fillAndEmpty(SlotMap map, Random random) {
    List<Integer> mine = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      int slot = random.nextInt(100) < 55 ? map.take() : SlotMap.FULL;
      if (slot != SlotMap.FULL) {
        mine.add(slot);
      } else if (!mine.isEmpty()) {
        map.give(mine.removeLast());
      }
    }
    mine.forEach(map::give);
  }
}
