package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.testing.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node's log of settled batches. */
class JournalTest {

  private static final UUID NODE = new UUID(1, 2);
  private static final String BOOT = "boot-1";
  private static final JournalBounds BOUNDS = new JournalBounds(16_384, Duration.ofDays(7), 2_048);

  @TempDir Path directory;
  private final ManualClock clock = new ManualClock();
  private Journal journal;

  @BeforeEach
  void open() {
    journal = next();
    journal.vouch();
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private Journal next() {
    return Journal.open(directory, BOUNDS, NODE, BOOT, clock);
  }

  private void reopen() {
    journal.close();
    journal = next();
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private void append(long batch) {
    journal.append(batch, 1, 3, text("batch " + batch));
  }

  private void fill(long first, long last) {
    for (long batch = first; batch <= last; batch++) {
      journal.append(batch, 1, 3, ByteBuffer.allocate(900));
    }
  }

  private List<Long> numbersAfter(long batch) {
    List<Long> numbers = new ArrayList<>();
    assertThat(journal.forEachAfter(batch, found -> numbers.add(found.number()))).isEmpty();
    return numbers;
  }

  private List<Path> segments() throws IOException {
    return OwnerFiles.list(directory, "batches$");
  }

  @Test
  void findsWhatAFormerProcessAppended() {
    append(1);
    clock.advance(Duration.ofSeconds(1));
    journal.append(5, 7, 9, text("five"));
    reopen();
    List<JournalBatch> found = new ArrayList<>();
    assertThat(journal.forEachAfter(0, found::add)).isEmpty();
    assertThat(found)
        .containsExactly(
            new JournalBatch(1, 1, 3, clock.now().minusSeconds(1), text("batch 1")),
            new JournalBatch(5, 7, 9, clock.now(), text("five")));
    assertThat(numbersAfter(1)).containsExactly(5L);
    assertThat(journal.lastBatch()).isEqualTo(5);
    assertThat(journal.recovery()).isEqualTo(new Recovery(1, 2, 0, 0, List.of(), true));
    assertThat(journal.recovery().trusted()).isTrue();
    append(6);
    reopen();
    assertThat(numbersAfter(0)).containsExactly(1L, 5L, 6L);
  }

  @Test
  void takesNumbersInAscendingOrderOnly() {
    append(5);
    assertThatIllegalArgumentException().isThrownBy(() -> append(5));
    journal.acknowledged(9);
    assertThatIllegalArgumentException().isThrownBy(() -> append(9));
    append(10);
    assertThat(numbersAfter(0)).containsExactly(5L, 10L);
  }

  @Test
  void trustsOnlyWhatWasVouchedForInThisStartOfTheMachine() {
    assertThat(journal.recovery().trusted()).isFalse();
    append(1);
    journal.close();
    journal = Journal.open(directory, BOUNDS, NODE, "boot-2", clock);
    assertThat(journal.recovery().sameBoot()).isFalse();
    journal.close();
    journal = Journal.open(directory, BOUNDS, NODE, "boot-2", clock);
    assertThat(journal.recovery().sameBoot()).as("nobody has vouched since").isFalse();
    journal.vouch();
    journal.close();
    journal = Journal.open(directory, BOUNDS, NODE, "boot-2", clock);
    assertThat(journal.recovery().trusted()).isTrue();
    assertThat(numbersAfter(0)).containsExactly(1L);
  }

  @Test
  void remembersWhatPostgresHas() {
    fill(1, 3);
    journal.acknowledged(2);
    journal.acknowledged(1);
    assertThat(journal.lastAcknowledged()).isEqualTo(2);
    reopen();
    assertThat(journal.lastAcknowledged()).isEqualTo(2);
    journal.unacknowledge(1);
    reopen();
    assertThat(journal.lastAcknowledged()).isEqualTo(1);
    assertThat(numbersAfter(1)).containsExactly(2L, 3L);
  }

  @Test
  void countsWhatPostgresDoesNotHave() {
    assertThat(journal.usedBytes()).isZero();
    fill(1, 5);
    long used = journal.usedBytes();
    assertThat(used).isEqualTo(5 * (900 + BatchRecord.HEAD) + 3 * SegmentHeader.BYTES);
    assertThat(journal.unacknowledgedBytes()).isEqualTo(used);
    journal.acknowledged(4);
    assertThat(journal.unacknowledgedBytes()).isEqualTo(900 + BatchRecord.HEAD + 72);
    journal.acknowledged(5);
    assertThat(journal.unacknowledgedBytes()).isZero();
    assertThat(journal.usedBytes()).isEqualTo(used);
  }

  @Test
  void dropsSegmentsThatPostgresHasAndAreOld() throws IOException {
    fill(1, 5);
    journal.acknowledged(3);
    clock.advance(Duration.ofDays(8));
    assertThat(segments()).hasSize(3);
    journal.acknowledged(4);
    assertThat(segments()).hasSize(1);
    assertThat(numbersAfter(0)).containsExactly(5L);
    reopen();
    assertThat(journal.recovery().trusted()).isTrue();
    assertThat(journal.lastBatch()).isEqualTo(5);
  }

  @Test
  void dropsSegmentsThatPostgresHasWhereTheBoundIsReached() {
    for (long batch = 1; batch <= 200; batch++) {
      fill(batch, batch);
      journal.acknowledged(batch);
      assertThat(journal.usedBytes()).isLessThanOrEqualTo(BOUNDS.maxBytes());
      assertThat(journal.room()).isTrue();
    }
    assertThat(numbersAfter(0)).hasSizeBetween(8, 16).endsWith(199L, 200L);
  }

  @Test
  void neverDropsWhatPostgresDoesNotHave() {
    long batch = 0;
    while (journal.room()) {
      batch++;
      fill(batch, batch);
    }
    assertThat(journal.unacknowledgedBytes()).isGreaterThan(BOUNDS.maxBytes() - BOUNDS.reserve());
    long before = batch;
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> fill(before + 1, before + 100))
        .satisfies(full -> assertThat(full.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    assertThat(journal.usedBytes()).isLessThanOrEqualTo(BOUNDS.maxBytes());
    assertThat(journal.lastBatch()).as("the reserve took some").isGreaterThan(before + 2);
    clock.advance(Duration.ofDays(30));
    reopen();
    assertThat(numbersAfter(0)).hasSize((int) journal.lastBatch()).startsWith(1L, 2L, 3L);
    journal.acknowledged(journal.lastBatch());
    assertThat(journal.room()).isTrue();
    fill(journal.lastBatch() + 1, journal.lastBatch() + 1);
  }

  @Test
  void givesABatchThatIsLargerThanASegmentOneOfItsOwn() throws IOException {
    append(1);
    journal.append(2, 1, 3, ByteBuffer.allocate(5_000));
    append(3);
    assertThat(segments()).hasSize(3);
    assertThat(numbersAfter(0)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void dropsNothingWhileItIsReplayed() {
    fill(1, 8);
    List<Long> seen = new ArrayList<>();
    journal.forEachAfter(
        0,
        batch -> {
          seen.add(batch.number());
          clock.advance(Duration.ofDays(8));
          journal.acknowledged(batch.number());
        });
    assertThat(seen).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    fill(9, 9);
    journal.acknowledged(9);
    assertThat(numbersAfter(0)).containsExactly(9L);
  }

  @Test
  void forcesWhatWasAppended() {
    fill(1, 5);
    journal.force();
    journal.force();
    fill(6, 7);
    journal.force();
    reopen();
    assertThat(numbersAfter(0)).hasSize(7);
  }

  @Test
  void isForcedByAThreadThatWasInterrupted() {
    fill(1, 3);
    Thread.currentThread().interrupt();
    journal.force();
    assertThat(Thread.interrupted()).isTrue();
    fill(4, 5);
    journal.force();
    assertThat(numbersAfter(0)).hasSize(5);
  }

  @Test
  void isForItsOwnerAlone() throws IOException {
    append(1);
    for (Path file : OwnerFiles.list(directory, ".")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(file.toString())
          .isEqualTo("rw-------");
    }
  }

  @Test
  void setsAsideWhatIsNotItsOwn() throws IOException {
    fill(1, 3);
    journal.close();
    journal = Journal.open(directory, BOUNDS, new UUID(3, 4), BOOT, clock);
    assertThat(journal.recovery().setAside()).isEqualTo(2);
    assertThat(journal.recovery().trusted()).isFalse();
    assertThat(numbersAfter(0)).isEmpty();
    assertThat(OwnerFiles.list(directory, "batches\\.aside")).hasSize(2);
    append(1);
    assertThat(numbersAfter(0)).containsExactly(1L);
  }

  @Test
  void reportsASegmentThatIsMissing() throws IOException {
    fill(1, 6);
    journal.close();
    Files.delete(segments().get(1));
    journal = next();
    assertThat(journal.recovery().damaged()).containsExactly(new Damage(2, 4, 0));
    assertThat(journal.recovery().trusted()).isFalse();
  }

  @Test
  void remembersThatItsTailWasCutUntilSomebodyVouches() throws IOException {
    append(1);
    journal.close();
    Files.write(segments().getFirst(), new byte[100], java.nio.file.StandardOpenOption.APPEND);
    journal = next();
    assertThat(journal.recovery().bytesCut()).isEqualTo(100);
    reopen();
    assertThat(journal.recovery().bytesCut()).isZero();
    assertThat(journal.recovery().trusted()).isFalse();
    journal.vouch();
    reopen();
    assertThat(journal.recovery().trusted()).isTrue();
    assertThat(OwnerFiles.list(directory, "batches\\.aside-")).hasSize(1);
  }

  @Test
  void startsFromNothingKnownWhenTheMarkIsDamaged() throws IOException {
    append(1);
    journal.acknowledged(1);
    journal.close();
    Path mark = directory.resolve("mark");
    byte[] bytes = Files.readAllBytes(mark);
    bytes[30]++;
    Files.write(mark, bytes);
    journal = next();
    assertThat(journal.lastAcknowledged()).isZero();
    assertThat(journal.recovery().sameBoot()).isFalse();
    assertThat(numbersAfter(0)).containsExactly(1L);
  }

  @Test
  void fallsBackToTheNumberBeforeWhenTheLastIsTorn() throws IOException {
    fill(1, 3);
    journal.acknowledged(2);
    journal.acknowledged(3);
    journal.close();
    Path mark = directory.resolve("mark");
    byte[] bytes = Files.readAllBytes(mark);
    bytes[1_024 + 15]++;
    Files.write(mark, bytes);
    journal = next();
    assertThat(journal.lastAcknowledged()).isEqualTo(2);
  }
}
