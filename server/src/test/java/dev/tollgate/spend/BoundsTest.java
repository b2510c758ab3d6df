package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.NOW;
import static dev.tollgate.spend.Catalogues.model;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BoundsTest {

  private static final ModelEntry MODEL = model("gpt-4o");
  private static final Estimator ESTIMATOR = new Estimator(UnboundedInput.WINDOW);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Bounds bounds = Bounds.alone(meters);

  @Test
  void cappedCountsByWhatIsLearnedAndStrictByWhatIsProven() {
    Shapes prose = of(ByteClass.WORDS, 10_000);
    report(300, prose, 4_000);
    Factors learned = bounds.factors("p", MODEL);
    assertThat(tokens(Estimation.STRICT, prose, learned)).isEqualTo(10_000 + 16);
    assertThat(tokens(Estimation.CAPPED, prose, learned)).isEqualTo(10_000 * 78 / 128 + 1 + 16);
    assertThat(bounds.factors("other", MODEL)).isSameAs(Factors.PROVEN);
    assertThat(bounds.factors("p", model("gpt-4.1"))).isSameAs(Factors.PROVEN);
  }

  @Test
  void learnsOnlyOfTheClassThatTheTextIsMadeOf() {
    report(300, of(ByteClass.HAN, 10_000), 4_000);
    report(300, of(ByteClass.HANGUL, 2_000, ByteClass.ARABIC, 2_000), 1_600);
    report(300, of(ByteClass.GREEK, 1_000), 300);
    assertThat(part(LearnedClass.HAN)).isLessThan(Factors.UNIT);
    assertThat(
            Stream.of(LearnedClass.HANGUL, LearnedClass.ARABIC, LearnedClass.GREEK).map(this::part))
        .containsOnly(Factors.UNIT);
  }

  @Test
  void setsAllTokensAgainstTheClassThatIsMostOfTheText() {
    report(300, of(ByteClass.HAN, 8_000, ByteClass.DENSE, 2_000), 4_000);
    assertThat(part(LearnedClass.HAN)).as("half a token a byte, and the margin").isEqualTo(96);
  }

  @Test
  void boundsProseAndCodeTogetherByWhatTheyHaveTogether() {
    Shapes agent = of(ByteClass.WORDS, 5_000, ByteClass.MARKUP, 5_000);
    report(300, agent, 3_000);
    assertThat(part(LearnedClass.WORDS)).isEqualTo(Factors.UNIT);
    assertThat(tokens(Estimation.CAPPED, agent, bounds.factors("p", MODEL)))
        .isEqualTo(Math.ceilDiv(10_000 * 59, 128) + 16);
  }

  @ParameterizedTest
  @MethodSource("untelling")
  void learnsNothingOfRequestsThatAreMoreThanText(Shapes shapes) {
    report(1_000, shapes, 4_000);
    assertThat(part(LearnedClass.WORDS)).isEqualTo(Factors.UNIT);
  }

  static List<Shapes> untelling() {
    Shapes prose = of(ByteClass.WORDS, 10_000);
    return List.of(
        prose.images(1),
        prose.documents(1),
        prose.audios(1),
        prose.external(),
        prose.hosted("web_search", 1),
        prose.features(new CallShape.Features(false, false, true, false, List.of())));
  }

  @Test
  void learnsNothingOfSearchesAndAudioThatWereOnlyReported() {
    Shapes prose = of(ByteClass.WORDS, 10_000);
    for (int i = 0; i < 1_000; i++) {
      Usage searched = new Usage(4_000, 0, 0, 0, 1, 0, 0, 0, 1, null, null, null);
      Usage heard = new Usage(4_000, 0, 0, 0, 1, 0, 7, 0, 0, null, null, null);
      bounds.report("p", MODEL, prose.shape(), null, searched);
      bounds.report("p", MODEL, prose.shape(), null, heard);
    }
    bounds.share();
    assertThat(part(LearnedClass.WORDS)).isEqualTo(Factors.UNIT);
  }

  @Test
  void takesCachedInputAsPartOfThePrompt() {
    for (int i = 0; i < 300; i++) {
      Usage cached = new Usage(100, 3_000, 500, 400, 1, 0, 0, 0, 0, null, null, null);
      bounds.report("p", MODEL, of(ByteClass.WORDS, 10_000).shape(), null, cached);
    }
    bounds.share();
    assertThat(part(LearnedClass.WORDS)).isEqualTo(78);
  }

  @Test
  void anExcessResetsTheClassThatCanHaveCausedItAndNoOther() {
    Shapes prose = of(ByteClass.WORDS, 10_000);
    Shapes chinese = of(ByteClass.HAN, 10_000);
    report(300, prose, 4_000);
    report(300, chinese, 4_000);
    report(1, of(ByteClass.WORDS, 500, ByteClass.HAN, 9_000), 8_000);
    assertThat(part(LearnedClass.HAN)).isEqualTo(Factors.UNIT);
    assertThat(part(LearnedClass.WORDS)).isEqualTo(78);
    assertThat(resets("han")).isEqualTo(1);
    assertThat(exceeded("text")).isPositive();
  }

  @Test
  void anExcessThatNoneCanHaveCausedAloneResetsAllThatTookPart() {
    report(300, of(ByteClass.HANGUL, 10_000), 4_000);
    report(300, of(ByteClass.HAN, 10_000), 4_000);
    report(300, of(ByteClass.GREEK, 10_000), 4_000);
    report(1, of(ByteClass.HANGUL, 5_000, ByteClass.HAN, 5_000), 10_000);
    assertThat(part(LearnedClass.HANGUL)).isEqualTo(Factors.UNIT);
    assertThat(part(LearnedClass.HAN)).isEqualTo(Factors.UNIT);
    assertThat(part(LearnedClass.GREEK)).isEqualTo(78);
  }

  @Test
  void inputThatTheRequestDidNotShowResetsNothing() {
    Shapes prose = of(ByteClass.WORDS, 10_000);
    report(300, prose, 4_000);
    report(1, prose, 10_017);
    assertThat(part(LearnedClass.WORDS)).isEqualTo(78);
    assertThat(exceeded("request")).isEqualTo(1);
    report(1, prose, Long.MAX_VALUE);
    assertThat(part(LearnedClass.WORDS)).isEqualTo(78);
  }

  @Test
  void countsOutputBeyondItsMaximum() {
    Shapes prose = of(ByteClass.WORDS, 10_000).choices(2);
    Estimate.Bounded held = (Estimate.Bounded) ESTIMATOR.bound(MODEL, prose.shape(), NOW);
    bounds.report("p", MODEL, prose.shape(), held, Usage.of(10, 200));
    assertThat(exceeded("output")).isZero();
    bounds.report("p", MODEL, prose.shape(), held, Usage.of(10, 201));
    assertThat(exceeded("output")).isEqualTo(1);
  }

  @Test
  void crowdsOfAbsurdReportsDoNotLowerABoundThatFewHonestOnesKeepUp() {
    Shapes prose = of(ByteClass.WORDS, 10_000);
    report(20, prose, 4_000);
    report(18_000, prose, 1_600);
    assertThat(part(LearnedClass.WORDS)).isEqualTo(Math.ceilDiv(52 * 125, 100));
    report(100_000, prose, 3);
    assertThat(part(LearnedClass.WORDS)).isEqualTo(Math.ceilDiv(52 * 125, 100));
  }

  /** Of any mixture: never above the proven bound, and exactly that where nothing is learned. */
  @Test
  void aLearnedBoundIsNeverAboveTheProvenOne() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      int[] parts = random.ints(LearnedClass.COUNT, 1, Factors.UNIT + 1).toArray();
      long[] counts = random.longs(ByteClass.COUNT, 0, 5_000).toArray();
      ByteCounts of = ByteCounts.of(counts);
      long bytes = of.sum() + random.nextInt(1_000);
      BigDecimal perByte = new BigDecimal(random.nextBoolean() ? "1" : "1.7");
      long proven = Factors.PROVEN.textTokens(bytes, of, perByte);
      assertThat(Factors.of(parts).textTokens(bytes, of, perByte))
          .as("seed %s, round %s", seed, i)
          .isBetween(bytes / Factors.UNIT, proven);
      assertThat(Factors.of(parts).textTokens(of.sum() - 1, of, perByte))
          .as("counts that cannot be")
          .isEqualTo(Factors.PROVEN.textTokens(of.sum() - 1, of, perByte));
    }
  }

  private void report(int reports, Shapes shapes, long tokens) {
    for (int i = 0; i < reports; i++) {
      bounds.report("p", MODEL, shapes.shape(), null, Usage.of(tokens, 1));
    }
    bounds.share();
  }

  private int part(LearnedClass of) {
    return bounds.factors("p", MODEL).part(of);
  }

  private long exceeded(String cause) {
    var summary = meters.find("spend.bounds.exceeded").tag("cause", cause).summary();
    return summary == null ? 0 : summary.count();
  }

  private double resets(String of) {
    return meters.get("spend.bounds.resets").tag("class", of).counter().count();
  }

  private static long tokens(Estimation mode, Shapes shapes, Factors factors) {
    Estimate.Bounded bounded =
        (Estimate.Bounded)
            ESTIMATOR.estimate(MODEL, shapes.shape(), NOW, mode, factors, null, null);
    return bounded.input().nanos() / 2_500;
  }

  private static Shapes of(ByteClass of, long bytes) {
    return of(Map.of(of, bytes));
  }

  private static Shapes of(ByteClass one, long bytes, ByteClass other, long others) {
    return of(Map.of(one, bytes, other, others));
  }

  private static Shapes of(Map<ByteClass, Long> bytes) {
    long[] counts = new long[ByteClass.COUNT];
    bytes.forEach((of, count) -> counts[of.slot()] = count);
    ByteCounts classes = ByteCounts.of(counts);
    return Shapes.text(classes.sum(), 100L).classes(classes);
  }
}
