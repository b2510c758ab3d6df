package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Scopes;
import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallCountsTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ManualClock clock = new ManualClock();
  private final OrgScope scope = Scopes.of(new UUID(0, 1));
  private final List<CallCounts.Row> written = new ArrayList<>();
  private Verdicts.Trial verdict = Verdicts.Trial.DONE;
  private final CallCounts counts = new CallCounts(this::write, clock, MINUTE);

  private Verdicts.Trial write(List<CallCounts.Row> rows) {
    if (verdict == Verdicts.Trial.DONE) {
      written.addAll(rows);
    }
    return verdict;
  }

  private void count(String tool, Outcome.Status status) {
    counts.count(scope, new CallFacts.Tool("r", "docs", tool), status, 10, 7);
  }

  @Test
  void writesOneRowForAKeyAToolAndAnOutcomeWhenTheirMinuteHasEnded() {
    clock.advance(Duration.ofSeconds(7));
    count("search", Outcome.Status.OK);
    count("search", Outcome.Status.OK);
    count("search", Outcome.Status.CACHED);
    counts.write(false);
    assertThat(written).isEmpty();
    clock.advance(MINUTE);
    counts.write(false);
    counts.write(false);
    assertThat(written)
        .extracting(row -> row.subject().status() + " " + row.tally())
        .containsExactlyInAnyOrder(
            "OK Tally[calls=2, totalMicros=20, upstreamMicros=14]",
            "CACHED Tally[calls=1, totalMicros=10, upstreamMicros=7]");
    assertThat(written)
        .allSatisfy(row -> {
          assertThat(row.subject().at())
              .isEqualTo(clock.now().minus(MINUTE).truncatedTo(ChronoUnit.MINUTES));
          assertThat(Ids.instant(row.id())).isEqualTo(row.subject().at());
        });
  }

  @Test
  void writesTheMinuteThatHasNotEndedWhenTheNodeStops() {
    count("search", Outcome.Status.OK);
    counts.write(true);
    assertThat(written).hasSize(1);
    assertThat(counts.waiting()).isZero();
  }

  @Test
  void triesTheSameRowsAgainWhileTheDatabaseIsAway() {
    count("search", Outcome.Status.OK);
    verdict = Verdicts.Trial.AGAIN;
    counts.write(true);
    count("search", Outcome.Status.ERROR);
    counts.write(true);
    verdict = Verdicts.Trial.DONE;
    counts.write(true);
    assertThat(written)
        .extracting(row -> row.subject().status())
        .containsExactly(Outcome.Status.OK, Outcome.Status.ERROR);
  }

  @Test
  void leavesOutWhatIsRefusedAndSaysSo() {
    count("search", Outcome.Status.OK);
    verdict = Verdicts.Trial.REJECTED;
    counts.write(true);
    verdict = Verdicts.Trial.DONE;
    count("other", Outcome.Status.OK);
    counts.write(true);
    assertThat(written).extracting(row -> row.subject().tool()).containsExactly("other");
    assertThat(counts.dropped()).isEqualTo(1);
  }

  @Test
  void keepsABoundedNumberOfRowsAndCountsOnInThose() {
    for (int tool = 0; tool < CallCounts.MOST + 10; tool++) {
      count("tool-" + tool, Outcome.Status.OK);
    }
    count("tool-0", Outcome.Status.OK);
    assertThat(counts.waiting()).isEqualTo(CallCounts.MOST);
    assertThat(counts.dropped()).isEqualTo(10);
    counts.write(true);
    assertThat(written.stream().mapToLong(row -> row.tally().calls()).sum())
        .isEqualTo(CallCounts.MOST + 1);
  }

  @Test
  void makesNamesThatPostgresqlTakes() {
    count("nul\0 \ud800 " + "x".repeat(1_000), Outcome.Status.OK);
    counts.write(true);
    assertThat(written.getFirst().subject().tool()).startsWith("nul ? x").hasSizeLessThan(201);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void losesAndDoublesNothingWhileItIsWritten(long seed) throws Exception {
    Map<String, Long> expected = new HashMap<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
      List<Future<Map<String, Long>>> told = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        Random random = new Random(seed * 10 + caller);
        told.add(callers.submit(() -> countAny(random)));
      }
      while (!told.stream().allMatch(Future::isDone)) {
        counts.write(true);
      }
      for (Future<Map<String, Long>> each : told) {
        each.get().forEach((tool, calls) -> expected.merge(tool, calls, Long::sum));
      }
    }
    counts.write(true);
    Map<String, Long> sums = new HashMap<>();
    written.forEach(row -> sums.merge(row.subject().tool(), row.tally().calls(), Long::sum));
    assertThat(sums).isEqualTo(expected);
    assertThat(written).extracting(CallCounts.Row::id).doesNotHaveDuplicates();
  }

  private Map<String, Long> countAny(Random random) {
    Map<String, Long> told = new HashMap<>();
    for (int call = 0; call < 5_000; call++) {
      String tool = "tool-" + random.nextInt(3);
      count(tool, Outcome.Status.OK);
      told.merge(tool, 1L, Long::sum);
      if (random.nextInt(100) == 0) {
        clock.advance(Duration.ofSeconds(30));
      }
    }
    return told;
  }
}
