package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.NOW;
import static dev.tollgate.spend.Catalogues.model;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.spend.CallShape.CacheWrite;
import dev.tollgate.spend.CallShape.Thinking;
import dev.tollgate.spend.Estimate.Bounded;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstimatorTest {

  private static final String HAIKU = "claude-haiku-4-5";
  private static final Estimator WINDOW = new Estimator(UnboundedInput.WINDOW);
  private static final Estimator REFUSE = new Estimator(UnboundedInput.REFUSE);

  @Test
  void boundsTextByAByteAToken() {
    Bounded bound = bound(HAIKU, Shapes.text(1_000, 200L));
    assertThat(bound.input()).isEqualTo(new Money((1_000 + 16) * 1_000));
    assertThat(bound.perOutputToken()).isEqualTo(new Money(5_000));
    assertThat(bound.maxOutput()).isEqualTo(200);
    assertThat(bound.bound()).isEqualTo(new Money((1_000 + 16) * 1_000 + 200 * 5_000));
  }

  @Test
  void addsImagesAndTheOverheadOfTools() {
    assertThat(bound(HAIKU, Shapes.text(0, 1L).images(2)).input())
        .isEqualTo(new Money((16 + 2 * 2_000) * 1_000));
    assertThat(bound(HAIKU, Shapes.text(0, 1L).tools(3)).input())
        .isEqualTo(new Money((16 + 1_024) * 1_000));
  }

  @Test
  void neverExceedsTheWindowThatTheProviderKeepsTo() {
    assertThat(bound(HAIKU, Shapes.text(5_000_000, 1L)).input())
        .isEqualTo(new Money(200_000 * 1_000));
  }

  @Test
  void readsAPromptTwiceThatMayBeSummedUpFirst() {
    Shapes prompt = Shapes.text(150_000, 200L);
    Bounded once = bound(HAIKU, prompt.compacts(150_017));
    assertThat(once).isEqualTo(bound(HAIKU, prompt));
    Bounded twice = bound(HAIKU, prompt.compacts(150_016));
    assertThat(twice.input()).isEqualTo(new Money(2 * once.input().nanos() + 64_000L * 5_000));
    assertThat(twice.maxOutput()).isEqualTo(200);
  }

  @Test
  void hasNoBoundForSummariesBetweenCallsOfHostedTools() {
    CallShape shape = Shapes.text(10, 1L).hosted("web_search_20250305", 2).compacts(0).shape();
    assertThat(WINDOW.bound(model(HAIKU), shape, NOW)).isInstanceOf(Estimate.Unbounded.class);
  }

  @Test
  void countsWhatIsNotInTheBodyAsTheWindow() {
    Money window = new Money(200_000 * 1_000);
    assertThat(bound(HAIKU, Shapes.text(10, 1L).external()).input()).isEqualTo(window);
    assertThat(bound(HAIKU, Shapes.text(10, 1L).documents(1)).input()).isEqualTo(window);
    assertThat(bound(HAIKU, Shapes.text(10, 1L).audios(1)).input()).isEqualTo(window);
  }

  @Test
  void refusesExternalInputWhereThePolicySaysSo() {
    CallShape shape = Shapes.text(10, 1L).external().shape();
    assertThat(REFUSE.bound(model(HAIKU), shape, NOW))
        .isInstanceOfSatisfying(
            Estimate.Unbounded.class,
            unbounded -> assertThat(unbounded.reason()).contains("not in its body"));
    CallShape embedded = Shapes.text(10, 1L).documents(1).shape();
    assertThat(REFUSE.bound(model(HAIKU), embedded, NOW)).isInstanceOf(Bounded.class);
  }

  @Test
  void refusesExternalInputToAModelWhoseWindowIsNotKnown() {
    ModelEntry priced =
        new ModelEntry(
            "v",
            "m",
            "m",
            "openai",
            null,
            false,
            model("gpt-4o").prices(),
            java.util.Map.of(),
            Capabilities.UNKNOWN);
    assertThat(WINDOW.bound(priced, Shapes.text(10, 1L).external().shape(), NOW))
        .isInstanceOf(Estimate.Unbounded.class);
  }

  @Test
  void addsTheFeesOfHostedTools() {
    Bounded bound = bound(HAIKU, Shapes.text(10, 1L).hosted("web_search_20250305", 5));
    assertThat(bound.input()).isEqualTo(new Money(200_000 * 1_000 + 5 * 10_000_000));
  }

  @Test
  void refusesHostedToolsWithoutMaximumOrPrice() {
    assertThat(WINDOW.bound(model(HAIKU), Shapes.text(9, 1L).hosted("web_search", -1).shape(), NOW))
        .isInstanceOfSatisfying(
            Estimate.Unbounded.class,
            unbounded -> assertThat(unbounded.reason()).contains("web_search", "max_uses"));
    assertThat(WINDOW.bound(model(HAIKU), Shapes.text(9, 1L).hosted("crystal", 1).shape(), NOW))
        .isInstanceOf(Estimate.Unbounded.class);
  }

  @ParameterizedTest
  @CsvSource({"NONE, 1000", "FIVE_MINUTES, 1250", "ONE_HOUR, 2000"})
  void pricesInputAtTheDearestCacheWrite(CacheWrite write, long nanos) {
    assertThat(bound(HAIKU, Shapes.text(84, 1L).cacheWrite(write)).input())
        .isEqualTo(new Money(100 * nanos));
  }

  @Test
  void countsCacheWritesThatTheProviderMakesUnasked() {
    assertThat(bound("gpt-6-sol", Shapes.text(84, 1L)).input()).isEqualTo(new Money(100 * 2_500));
  }

  @Test
  void takesTheLongContextTierThatTheBoundReaches() {
    assertThat(bound("claude-haiku-5-5", Shapes.text(99_984, 1L)).bound())
        .isEqualTo(new Money(100_000 * 100 + 500));
    assertThat(bound("claude-haiku-5-5", Shapes.text(99_985, 1L)).bound())
        .isEqualTo(new Money(100_001 * 500 + 2_500));
  }

  @ParameterizedTest
  @CsvSource({
    ", 100",
    "auto, 200",
    "priority, 200",
    "fast, 200",
    "default, 100",
    "flex, 100",
    "warp, 200"
  })
  void takesTheDearestServiceTierThatMayServe(@Nullable String tier, long percent) {
    Bounded plain = bound("gpt-5", Shapes.text(1_000, 100L));
    Bounded asked = bound("gpt-5", Shapes.text(1_000, 100L).terms(tier, null, null));
    assertThat(asked.bound().nanos() * 100).isEqualTo(plain.bound().nanos() * percent);
  }

  @Test
  void multipliesBySpeedAndGeography() {
    Bounded plain = bound("claude-opus-5-5", Shapes.text(984, 100L));
    Bounded asked = bound("claude-opus-5-5", Shapes.text(984, 100L).terms(null, "fast", "us"));
    assertThat(asked.bound().nanos() * 10).isEqualTo(plain.bound().nanos() * 22);
  }

  @Test
  void multipliesTheOutputByTheChoices() {
    Bounded bound = bound("gpt-4o-mini", Shapes.text(0, 10L).choices(4));
    assertThat(bound.perOutputToken()).isEqualTo(new Money(4 * 600));
    assertThat(bound.bound()).isEqualTo(new Money(16 * 150 + 10 * 4 * 600));
  }

  @Test
  void takesTheModelsMaximumWhereTheRequestHasNone() {
    assertThat(bound(HAIKU, Shapes.text(0, null)).maxOutput()).isEqualTo(64_000);
  }

  @Test
  void takesARequestsMaximumAsItIsUpToTheWindow() {
    assertThat(bound(HAIKU, Shapes.text(0, 100_000L)).maxOutput()).isEqualTo(100_000);
    assertThat(bound(HAIKU, Shapes.text(0, Long.MAX_VALUE)).maxOutput()).isEqualTo(200_000);
  }

  @Test
  void leavesACappedAnswerItsThinking() {
    assertThat(bound(HAIKU, Shapes.text(0, 8_000L)).minOutput()).isEqualTo(1_024);
    assertThat(bound(HAIKU, Shapes.text(0, 500L)).minOutput()).isEqualTo(500);
    Shapes thinking = Shapes.text(0, 8_000L).thinking(new Thinking.Enabled(4_000));
    assertThat(bound(HAIKU, thinking).minOutput()).isEqualTo(5_024);
  }

  @Test
  void saysHowMuchOutputAnAmountPaysFor() {
    Bounded bound = bound(HAIKU, Shapes.text(984, 1_000L));
    assertThat(bound.outputWithin(bound.bound())).isEqualTo(1_000);
    assertThat(bound.outputWithin(new Money(1_000_000 + 5_000 * 7 + 4_999))).isEqualTo(7);
    assertThat(bound.outputWithin(new Money(1_000_000))).isZero();
    assertThat(bound.outputWithin(new Money(999_999))).isEqualTo(-1);
  }

  @Test
  void boundsAFreeModelByNothing() {
    ModelEntry paid = model(HAIKU);
    ModelEntry free =
        new ModelEntry(
            "v",
            "m",
            "m",
            "anthropic",
            null,
            true,
            java.util.List.of(),
            java.util.Map.of(),
            paid.capabilities());
    Bounded bound = (Bounded) WINDOW.bound(free, Shapes.text(10, null).external().shape(), NOW);
    assertThat(bound.bound()).isEqualTo(Money.ZERO);
    assertThat(bound.outputWithin(Money.ZERO)).isEqualTo(64_000);
  }

  @Test
  void hasNoBoundForAModelWithoutAPrice() {
    ModelEntry unknown = ModelEntry.unknown("v", "openai", "m");
    assertThat(WINDOW.bound(unknown, Shapes.text(1, 1L).shape(), NOW))
        .isEqualTo(new Estimate.Unpriced());
    assertThat(estimate(unknown, Estimation.EXPECTED, "quick", null))
        .isEqualTo(new Estimate.Unpriced());
  }

  @ParameterizedTest
  @CsvSource({
    "ultrabrain, , 5000, 3000",
    "visual, ECONOMY, 3000, 2000",
    "writing, , 2000, 1500",
    "artistry, , 3000, 2500",
    "quick, PREMIUM, 500, 300",
    "unheard, PREMIUM, 5000, 3000",
    ", STANDARD, 3000, 2500",
    ", ECONOMY, 500, 300",
    ", , 5000, 3000",
  })
  void expectsTheAverageOfTheCategory(
      @Nullable String category, @Nullable Tier tier, long input, long output) {
    Bounded expected = (Bounded) estimate(model(HAIKU), Estimation.EXPECTED, category, tier);
    assertThat(expected.input()).isEqualTo(new Money(input * 1_000));
    assertThat(expected.maxOutput()).isEqualTo(output);
  }

  @Test
  void expectsNoMoreOutputThanTheRequestAllows() {
    CallShape shape = Shapes.text(10, 100L).external().shape();
    Bounded expected =
        (Bounded)
            REFUSE.estimate(
                model(HAIKU), shape, NOW, Estimation.EXPECTED, Factors.PROVEN, "quick", null);
    assertThat(expected.maxOutput()).isEqualTo(100);
  }

  @Test
  void strictAndCappedStartFromTheSameBound() {
    assertThat(estimate(model(HAIKU), Estimation.STRICT, "quick", null))
        .isEqualTo(estimate(model(HAIKU), Estimation.CAPPED, "quick", null));
  }

  private static Estimate estimate(
      ModelEntry model, Estimation mode, @Nullable String category, @Nullable Tier tier) {
    return WINDOW.estimate(
        model, Shapes.text(10, null).shape(), NOW, mode, Factors.PROVEN, category, tier);
  }

  private static Bounded bound(String model, Shapes shapes) {
    return (Bounded) WINDOW.bound(model(model), shapes.shape(), NOW);
  }
}
