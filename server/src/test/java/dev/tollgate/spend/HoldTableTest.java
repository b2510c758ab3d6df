package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The open holds in their file. */
class HoldTableTest {

  private static final UUID NODE = new UUID(1, 2);
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final String BOOT = "boot-1";

  @TempDir Path directory;
  private HoldTable table;

  @BeforeEach
  void open() {
    table = next();
    table.vouch();
  }

  private HoldTable next() {
    return HoldTable.open(directory, 100, NODE, BOOT, NOW);
  }

  private Path file() {
    return directory.resolve("holds");
  }

  private static UUID call(long number) {
    return new UUID(0xABCD, number);
  }

  @Test
  void findsWhatAFormerProcessLeftOpen() {
    table.open(call(1), 0, 5, 10);
    int ended = table.open(call(2), 1, 6, 10, 11);
    table.open(call(3), 2, 7, 10, 11, 12);
    table.open(call(4), 3, 8, 10, 11, 12, 13);
    table.close(ended);
    HoldTable next = next();
    assertThat(next.trusted()).isTrue();
    assertThat(next.torn()).isZero();
    assertThat(next.left())
        .extracting(OpenHold::call, OpenHold::attempt, OpenHold::amount, OpenHold::leases)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(call(1), 0, 5L, List.of(10L)),
            org.assertj.core.groups.Tuple.tuple(call(3), 2, 7L, List.of(10L, 11L, 12L)),
            org.assertj.core.groups.Tuple.tuple(call(4), 3, 8L, List.of(10L, 11L, 12L, 13L)));
  }

  @Test
  void keepsWhatWasLeftUntilItIsForgotten() {
    table.open(call(1), 0, 5, 10);
    HoldTable second = next();
    OpenHold left = second.left().getFirst();
    assertThat(second.open(call(2), 0, 6, 10)).isNotEqualTo(left.slot());
    assertThat(second.open()).extracting(OpenHold::call).containsOnly(call(1), call(2));
    second.forget(left);
    second.forget(left);
    assertThat(second.left()).isEmpty();
    assertThat(second.open()).extracting(OpenHold::call).containsExactly(call(2));
    assertThat(next().left()).extracting(OpenHold::call).containsExactly(call(2));
  }

  @Test
  void forgetsOnlyWhatWasLeft() {
    int slot = table.open(call(1), 0, 5, 10);
    table.forget(table.open().getFirst());
    assertThat(table.open()).extracting(OpenHold::slot).containsExactly(slot);
  }

  @Test
  void saysWhenItIsFullAndUsesFreedSlotsAgain() {
    List<Integer> slots = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      slots.add(table.open(call(i), 0, 1, 1));
    }
    assertThat(slots).doesNotHaveDuplicates().allMatch(slot -> slot >= 0 && slot < 100);
    assertThat(table.open(call(100), 0, 1, 1)).isEqualTo(HoldTable.FULL);
    table.close(slots.get(42));
    assertThat(table.open(call(101), 0, 1, 1)).isEqualTo(slots.get(42));
    assertThat(table.open(call(102), 0, 1, 1)).isEqualTo(HoldTable.FULL);
  }

  @Test
  void endsAHoldOnce() {
    int slot = table.open(call(1), 0, 5, 10);
    table.close(slot);
    assertThatIllegalStateException().isThrownBy(() -> table.close(slot));
    assertThatIllegalStateException().isThrownBy(() -> table.close(99));
  }

  @Test
  void trustsOnlyWhatWasVouchedForInThisStartOfTheMachine() {
    assertThat(table.trusted()).as("there was no file").isFalse();
    assertThat(table.kept()).isFalse();
    assertThat(next().trusted()).isTrue();
    HoldTable rebooted = HoldTable.open(directory, 100, NODE, "boot-2", NOW);
    assertThat(rebooted.trusted()).isFalse();
    assertThat(rebooted.kept()).isTrue();
    assertThat(HoldTable.open(directory, 100, NODE, "boot-2", NOW).trusted())
        .as("nobody has vouched since")
        .isFalse();
    rebooted.vouch();
    assertThat(HoldTable.open(directory, 100, NODE, "boot-2", NOW).trusted()).isTrue();
    assertThat(HoldTable.open(directory, 100, NODE, BootId.UNKNOWN, NOW).trusted()).isFalse();
  }

  @Test
  void neverTrustsAMachineThatCannotTellItsStarts() {
    HoldTable.open(directory, 100, NODE, BootId.UNKNOWN, NOW).vouch();
    assertThat(HoldTable.open(directory, 100, NODE, BootId.UNKNOWN, NOW).trusted()).isFalse();
  }

  @Test
  void reportsEveryFlippedBitOfAnOpenSlot() throws IOException {
    int slot = table.open(call(1), 3, 5, 10, 11);
    byte[] whole = Files.readAllBytes(file());
    for (int bit = 0; bit < 80 * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[HoldTableFile.HEADER + slot * Slots.BYTES + bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file(), flipped);
      HoldTable next = next();
      assertThat(next.torn()).as("bit %d", bit).isEqualTo(1);
      assertThat(next.left()).isEmpty();
      assertThat(next.trusted()).isFalse();
    }
  }

  @Test
  void keepsATornSlotUntilSomebodyVouches() throws IOException {
    int slot = table.open(call(1), 3, 5, 10);
    byte[] bytes = Files.readAllBytes(file());
    bytes[HoldTableFile.HEADER + slot * Slots.BYTES + 40]++;
    Files.write(file(), bytes);
    assertThat(next().torn()).isEqualTo(1);
    HoldTable next = next();
    assertThat(next.torn()).isEqualTo(1);
    next.vouch();
    assertThat(next.torn()).isZero();
    assertThat(next.open(call(2), 0, 1, 1)).isEqualTo(slot);
    assertThat(next().trusted()).isTrue();
  }

  @Test
  void setsAsideEveryFileThatIsNotItsOwn() throws IOException {
    table.open(call(1), 0, 5, 10);
    for (HoldTable other :
        List.of(
            HoldTable.open(directory, 101, NODE, BOOT, NOW),
            HoldTable.open(directory, 101, new UUID(3, 4), BOOT, NOW))) {
      assertThat(other.kept()).isFalse();
      assertThat(other.trusted()).isFalse();
      assertThat(other.left()).isEmpty();
    }
    assertThat(OwnerFiles.list(directory, "^holds\\.aside-\\d{6}$")).hasSize(2);
  }

  @Test
  void setsAsideAFileWithADamagedHeaderAndKeepsAFewOfThem() throws IOException {
    byte[] whole = Files.readAllBytes(file());
    for (int at = 0; at < 116; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      Files.write(file(), damaged);
      assertThat(next().kept()).as("byte %d", at).isFalse();
    }
    Files.write(file(), java.util.Arrays.copyOf(whole, 500));
    assertThat(next().kept()).isFalse();
    assertThat(OwnerFiles.list(directory, "aside")).hasSize(OwnerFiles.KEPT_ASIDE);
  }

  @Test
  void isForItsOwnerAlone() throws IOException {
    HoldTable.open(directory.resolve("a/b"), 100, NODE, BOOT, NOW);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a/b"))))
        .isEqualTo("rwx------");
  }

  @Test
  void tellsThisStartOfTheMachine() {
    assertThat(BootId.read()).isEqualTo(BootId.read()).hasSizeLessThanOrEqualTo(64);
  }
}
