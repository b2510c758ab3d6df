package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Failure;
import dev.tollgate.testing.ChildJvm;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that was killed leaves to the next. */
class JournalCrashTest {

  private static final UUID NODE = new UUID(1, 2);
  private static final String BOOT = "boot-1";

  @TempDir Path directory;

  /** Opens, closes and appends as fast as it can, and says from time to time how far it is. */
  static final class Busy {
    public static void main(String[] arguments) {
      Path directory = Path.of(arguments[0]);
      HoldTable table =
          HoldTable.open(directory, HoldTable.DEFAULT_CAPACITY, NODE, BOOT, Clock.system().now());
      Journal journal = Journal.open(directory, JournalBounds.DEFAULT, NODE, BOOT, Clock.system());
      table.vouch();
      journal.vouch();
      // Odd calls stay open; even ones end at once.
      for (long number = 1; ; number++) {
        int slot = table.open(new UUID(number, number), 0, number, number, number + 1);
        if (number % 2 == 0 || number > 20_000) {
          table.close(slot);
        }
        journal.append(number, 1, 1, ByteBuffer.allocate(300).putLong(0, number));
        if (number % 1_000 == 0) {
          System.out.println("at " + number);
        }
      }
    }
  }

  @Test
  void opensAndAppendsOutliveAKill() throws Exception {
    long said = 0;
    try (ChildJvm child = ChildJvm.start(Busy.class, directory.toString())) {
      while (said < 5_000) {
        said = Long.parseLong(child.awaitLine("at "));
      }
      child.kill();
    }
    HoldTable table =
        HoldTable.open(directory, HoldTable.DEFAULT_CAPACITY, NODE, BOOT, Clock.system().now());
    assertThat(table.trusted()).isTrue();
    Journal journal = Journal.open(directory, JournalBounds.DEFAULT, NODE, BOOT, Clock.system());
    assertThat(journal.recovery().damaged()).isEmpty();
    assertThat(journal.lastBatch()).isGreaterThanOrEqualTo(said);
    List<Long> batches = new ArrayList<>();
    journal.forEachAfter(0, batch -> batches.add(batch.payload().getLong(0)));
    assertThat(batches).hasSize((int) journal.lastBatch());
    assertThat(open(table)).containsAll(odd(Math.min(20_000, journal.lastBatch())));
    assertThat(table.left().size())
        .isBetween(
            odd(Math.min(20_000, journal.lastBatch())).size(),
            odd(Math.min(20_000, journal.lastBatch())).size() + 1);
    journal.close();
  }

  private static Set<Long> open(HoldTable table) {
    Set<Long> open = new HashSet<>();
    for (OpenHold hold : table.left()) {
      assertThat(hold.leases()).containsExactly(hold.amount(), hold.amount() + 1);
      assertThat(hold.call()).isEqualTo(new UUID(hold.amount(), hold.amount()));
      open.add(hold.amount());
    }
    return open;
  }

  private static Set<Long> odd(long last) {
    Set<Long> odd = new HashSet<>();
    for (long number = 1; number <= last; number += 2) {
      odd.add(number);
    }
    return odd;
  }

  /** Appends until the system refuses a write in the middle of a record, and then a smaller one. */
  static final class Bounded {
    public static void main(String[] arguments) {
      Journal journal =
          Journal.open(Path.of(arguments[0]), JournalBounds.DEFAULT, NODE, BOOT, Clock.system());
      long number = 0;
      try {
        while (number < 1_000) {
          journal.append(number + 1, 1, 1, ByteBuffer.allocate(5_000));
          number++;
        }
      } catch (Failure full) {
        System.out.println("refused " + full.code() + " " + (number + 1));
      }
      journal.append(number + 1, 1, 1, ByteBuffer.allocate(10));
      journal.force();
      System.out.println("appended " + (number + 1));
    }
  }

  @Test
  void aWriteThatTheSystemRefusesLeavesTheJournalUsable() throws Exception {
    long refused;
    // Of 512 bytes each, in every shell: a file ends within the thirteenth record.
    List<String> limited = List.of("sh", "-c", "ulimit -f 128; exec \"$@\"", "sh");
    try (ChildJvm child = ChildJvm.start(limited, Bounded.class, directory.toString())) {
      refused = Long.parseLong(child.awaitLine("refused UNAVAILABLE "));
      assertThat(child.awaitLine("appended ")).isEqualTo(String.valueOf(refused));
    }
    Journal journal = Journal.open(directory, JournalBounds.DEFAULT, NODE, BOOT, Clock.system());
    assertThat(journal.recovery().bytesCut()).isZero();
    assertThat(journal.recovery().damaged()).isEmpty();
    assertThat(journal.lastBatch()).isEqualTo(refused);
    List<Integer> sizes = new ArrayList<>();
    journal.forEachAfter(0, batch -> sizes.add(batch.payload().limit()));
    assertThat(sizes).hasSize((int) refused).endsWith(5_000, 10);
    journal.close();
  }
}
