package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.model;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is learned, over several nodes and restarts. */
class BoundsIT {

  private static final ModelEntry MODEL = model("gpt-4o");
  private static final CallShape PROSE = prose(10_000);

  private final StorageConfig database = TestDatabase.freshPlainOwner();
  private final Storage storage = Storage.open(database);
  private final MeterRegistry meters = new SimpleMeterRegistry();

  @AfterEach
  void close() {
    storage.close();
  }

  @Test
  void nodesLearnTogetherAndARestartForgetsNothing() {
    try (Bounds one = open();
        Bounds other = open()) {
      report(one, 130, 4_000);
      report(other, 130, 4_000);
      one.share();
      assertThat(factors(one)).isEqualTo(Factors.UNIT);
      other.share();
      assertThat(factors(other)).isEqualTo(78);
      one.share();
      assertThat(factors(one)).isEqualTo(78);
    }
    try (Bounds next = open()) {
      assertThat(factors(next)).isEqualTo(78);
      next.share();
      next.share();
      report(next, 1, 4_000);
      next.share();
      assertThat(factors(next)).isEqualTo(78);
    }
  }

  @Test
  void aResetOfOneNodeResetsAll() {
    try (Bounds one = open();
        Bounds other = open()) {
      report(one, 300, 4_000);
      one.share();
      other.share();
      report(other, 1, 7_000);
      assertThat(factors(other)).as("at once, before it is shared").isEqualTo(Factors.UNIT);
      report(one, 5_000, 4_000);
      one.share();
      assertThat(factors(one)).as("it does not know yet").isLessThan(Factors.UNIT);
      other.share();
      one.share();
      assertThat(factors(one)).isEqualTo(Factors.UNIT);
      assertThat(factors(other)).isEqualTo(Factors.UNIT);
      report(one, 400, 4_000);
      one.share();
      assertThat(factors(one)).as("twice as many reports are needed now").isEqualTo(Factors.UNIT);
      report(other, 200, 4_000);
      other.share();
      assertThat(factors(other)).as("the excess itself is evidence too").isEqualTo(Factors.UNIT);
    }
  }

  @Test
  void learnsNothingWhileTheDatabaseIsAwayButForgetsAtOnce(@TempDir Path home) {
    Storage lost;
    Bounds bounds;
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home)) {
      StorageConfig config =
          new StorageConfig(
              server.owner().jdbcUrl(),
              server.owner().user(),
              server.owner().password(),
              4,
              Duration.ofSeconds(30));
      Storage.migrate(config);
      lost = Storage.open(config);
      bounds = Bounds.open(lost, meters, true);
      report(bounds, 300, 4_000);
      bounds.share();
      assertThat(factors(bounds)).isEqualTo(78);
    }
    try (lost;
        bounds) {
      report(bounds, 5_000, 4_000);
      bounds.share();
      assertThat(factors(bounds)).isEqualTo(78);
      report(bounds, 1, 7_000);
      bounds.share();
      assertThat(factors(bounds)).isEqualTo(Factors.UNIT);
    }
  }

  @Test
  void learnsNothingWhereItIsSwitchedOff() {
    try (Bounds learning = open()) {
      report(learning, 300, 4_000);
    }
    try (Bounds off = Bounds.open(storage, meters, false)) {
      report(off, 1_000, 4_000);
      off.share();
      assertThat(off.factors("p", MODEL)).isSameAs(Factors.PROVEN);
    }
  }

  private Bounds open() {
    return Bounds.shared(storage, meters);
  }

  private static int factors(Bounds bounds) {
    return bounds.factors("p", MODEL).part(LearnedClass.WORDS);
  }

  private static void report(Bounds bounds, int reports, long tokens) {
    for (int i = 0; i < reports; i++) {
      bounds.report("p", MODEL, PROSE, null, Usage.of(tokens, 1));
    }
  }

  private static CallShape prose(long bytes) {
    long[] counts = new long[ByteClass.COUNT];
    counts[ByteClass.WORDS.slot()] = bytes;
    return Shapes.text(bytes, 100L).classes(ByteCounts.of(counts)).shape();
  }
}
