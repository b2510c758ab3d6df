package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.testing.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a damaged journal still tells, and what it must not. */
class JournalPropertiesTest {

  private static final UUID NODE = new UUID(1, 2);
  private static final String BOOT = "boot-1";
  private static final JournalBounds BOUNDS = new JournalBounds(1 << 20, Duration.ofDays(7), 2_048);

  @TempDir Path directory;
  private final ManualClock clock = new ManualClock();

  private Journal open(Path directory) {
    return Journal.open(directory, BOUNDS, NODE, BOOT, clock);
  }

  private static Map<Long, ByteBuffer> read(Journal journal, List<Damage> damages) {
    Map<Long, ByteBuffer> read = new TreeMap<>();
    damages.addAll(journal.forEachAfter(0, batch -> read.put(batch.number(), batch.payload())));
    return read;
  }

  private Map<Long, ByteBuffer> write(Random random, int batches) {
    Map<Long, ByteBuffer> written = new TreeMap<>();
    Journal journal = open(directory);
    long number = 0;
    for (int i = 0; i < batches; i++) {
      number += 1 + random.nextInt(2) * random.nextInt(3);
      byte[] payload = new byte[random.nextInt(600)];
      random.nextBytes(payload);
      journal.append(number, 1, 1, ByteBuffer.wrap(payload));
      written.put(number, ByteBuffer.wrap(payload));
    }
    journal.vouch();
    journal.close();
    return written;
  }

  private List<Path> segments() throws IOException {
    return OwnerFiles.list(directory, "batches$");
  }

  @Test
  void cutsTheLastBatchAtEveryByteItMayEndAt() throws IOException {
    Journal first = open(directory);
    first.append(1, 1, 1, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    long whole = first.usedBytes();
    first.append(2, 1, 1, ByteBuffer.wrap(new byte[] {4, 5, 6}));
    first.close();
    Path segment = segments().getFirst();
    byte[] bytes = Files.readAllBytes(segment);
    for (int length = (int) whole; length < bytes.length; length++) {
      Files.write(segment, Arrays.copyOf(bytes, length));
      Journal journal = open(directory);
      journal.vouch();
      assertThat(journal.recovery().bytesCut()).isEqualTo(length - whole);
      assertThat(journal.lastBatch()).isEqualTo(1);
      journal.append(2, 1, 1, ByteBuffer.wrap(new byte[] {7}));
      journal.close();
      journal = open(directory);
      assertThat(journal.recovery().trusted()).isTrue();
      assertThat(read(journal, new ArrayList<>()))
          .isEqualTo(
              Map.of(
                  1L, ByteBuffer.wrap(new byte[] {1, 2, 3}), 2L, ByteBuffer.wrap(new byte[] {7})));
      journal.close();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void tellsNoBatchWrongAndReportsEveryLoss(long seed) throws IOException {
    Random random = new Random(seed);
    Map<Long, ByteBuffer> written = write(random, 20);
    Map<Path, byte[]> files = new TreeMap<>();
    for (Path file : segments()) {
      files.put(file, Files.readAllBytes(file));
    }
    for (int round = 0; round < 60; round++) {
      for (Map.Entry<Path, byte[]> file : files.entrySet()) {
        Files.write(file.getKey(), file.getValue());
      }
      vouch();
      damage(random, List.copyOf(files.keySet()));
      Journal journal = open(directory);
      List<Damage> damages = new ArrayList<>();
      Map<Long, ByteBuffer> read = read(journal, damages);
      assertThat(written).as("seed %d round %d", seed, round).containsAllEntriesOf(read);
      if (!read.equals(written)) {
        assertThat(journal.recovery().trusted()).as("seed %d round %d", seed, round).isFalse();
      }
      journal.close();
    }
  }

  private void vouch() {
    Journal journal = open(directory);
    journal.vouch();
    journal.close();
  }

  /** Flips a bit, cuts a file short, or writes zeros over a part. */
  private static void damage(Random random, List<Path> files) throws IOException {
    Path file = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(file);
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(3)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes = Arrays.copyOf(bytes, at);
      default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(512)), (byte) 0);
    }
    Files.write(file, bytes);
  }

  @Test
  void readsOnBehindADamagedBatch() throws IOException {
    Journal journal = open(directory);
    for (int batch = 1; batch <= 5; batch++) {
      journal.append(batch, 1, 1, ByteBuffer.wrap(new byte[100]));
    }
    journal.close();
    Path segment = segments().getFirst();
    byte[] bytes = Files.readAllBytes(segment);
    bytes[SegmentHeader.BYTES + 2 * (BatchRecord.HEAD + 100) + 4] = 0x7F;
    Files.write(segment, bytes);
    journal = open(directory);
    List<Damage> damages = new ArrayList<>();
    assertThat(read(journal, damages).keySet()).containsExactly(1L, 2L, 4L, 5L);
    assertThat(damages).containsExactly(new Damage(2, 3, BatchRecord.HEAD + 100));
    assertThat(journal.recovery().damaged()).isEqualTo(damages);
    assertThat(journal.recovery().bytesCut()).isZero();
    journal.append(6, 1, 1, ByteBuffer.allocate(3));
    assertThat(journal.lastBatch()).isEqualTo(6);
    journal.close();
  }

  @Test
  void takesNoRecordOfAnotherSegmentForItsOwn() throws IOException {
    Journal journal = open(directory);
    for (int batch = 1; batch <= 30; batch++) {
      journal.append(batch, 1, 1, ByteBuffer.wrap(new byte[400]));
    }
    journal.close();
    List<Path> files = segments();
    byte[] last = Files.readAllBytes(files.getLast());
    byte[] first = Files.readAllBytes(files.getFirst());
    System.arraycopy(last, SegmentHeader.BYTES, first, SegmentHeader.BYTES, BatchRecord.HEAD + 400);
    Files.write(files.getFirst(), first);
    journal = open(directory);
    assertThat(read(journal, new ArrayList<>()).keySet()).hasSize(29).doesNotContain(1L);
    journal.close();
  }

  @Test
  void isForcedAcknowledgedAndReadWhileItGrows() throws Exception {
    Journal journal =
        Journal.open(
            directory, new JournalBounds(1 << 20, Duration.ZERO, 4_096), NODE, BOOT, clock);
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      Future<?> forced = threads.submit(() -> repeat(done, journal::force));
      Future<?> dropped =
          threads.submit(() -> repeat(done, () -> journal.acknowledged(journal.lastBatch())));
      Future<?> read = threads.submit(() -> repeat(done, () -> inOrder(journal)));
      for (int batch = 1; batch <= 3_000; batch++) {
        journal.append(batch, 1, 1, ByteBuffer.allocate(200));
        clock.advance(Duration.ofMillis(1));
      }
      done.set(true);
      forced.get();
      dropped.get();
      read.get();
    }
    journal.close();
    Journal next = open(directory);
    assertThat(next.lastBatch()).isEqualTo(3_000);
    assertThat(read(next, new ArrayList<>()).keySet()).endsWith(3_000L);
    next.close();
  }

  private static void repeat(AtomicBoolean done, Runnable action) {
    do {
      action.run();
    } while (!done.get());
  }

  private static void inOrder(Journal journal) {
    List<Long> seen = new ArrayList<>();
    assertThat(journal.forEachAfter(0, batch -> seen.add(batch.number()))).isEmpty();
    for (int i = 1; i < seen.size(); i++) {
      assertThat(seen.get(i)).isEqualTo(seen.get(i - 1) + 1);
    }
  }
}
