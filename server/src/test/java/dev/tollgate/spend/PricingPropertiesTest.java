package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.spend.CallShape.CacheWrite;
import dev.tollgate.spend.CallShape.Thinking;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every model, request and report; a failure names its seed. */
class PricingPropertiesTest {

  private static final Estimator ESTIMATOR = new Estimator(UnboundedInput.WINDOW);
  private static final int ROUNDS = 4_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20_261_123})
  void moreOfAnyClassNeverCostsLess(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      ModelEntry model = any(random);
      long[] less = counts(random);
      long[] more = less.clone();
      more[random.nextInt(more.length)] += random.nextInt(300_000);
      String tier = reportedTier(model, random);
      assertThat(cost(model, usage(more, tier)))
          .as("seed %d round %d: %s", seed, round, model.id())
          .isGreaterThanOrEqualTo(cost(model, usage(less, tier)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20_261_123})
  void aBoundIsNeverBelowTheCostOfAUsageThatTheShapeAdmits(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      ModelEntry model = any(random);
      CallShape shape = shape(model, random);
      if (ESTIMATOR.bound(model, shape, NOW) instanceof Estimate.Bounded bounded) {
        Usage usage = admitted(model, shape, bounded, random);
        assertThat(cost(model, usage))
            .as("seed %d round %d: %s %s %s", seed, round, model.id(), shape, usage)
            .isLessThanOrEqualTo(bounded.bound());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20_261_123})
  void aCapFitsWhatIsLeftAndCouldNotBeHigher(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      ModelEntry model = any(random);
      if (!(ESTIMATOR.bound(model, shape(model, random), NOW) instanceof Estimate.Bounded held)) {
        continue;
      }
      Money left = new Money(random.nextLong(held.bound().nanos() + 2));
      long output = held.outputWithin(left);
      String seen = "seed " + seed + " round " + round + ": " + model.id();
      assertThat(held.minOutput()).as(seen).isLessThanOrEqualTo(held.maxOutput());
      assertThat(output).as(seen).isLessThanOrEqualTo(held.maxOutput());
      if (output >= 0) {
        assertThat(held.boundAt(output)).as(seen).isLessThanOrEqualTo(left);
      } else {
        assertThat(held.input()).as(seen).isGreaterThan(left);
      }
      if (output < held.maxOutput()) {
        assertThat(held.boundAt(output + 1)).as(seen).isGreaterThan(left);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20_261_123})
  void aCutAnswerWithoutAnyReportIsNeverChargedBeyondItsHold(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      ModelEntry model = any(random);
      CallShape shape = shape(model, random);
      if (ESTIMATOR.bound(model, shape, NOW) instanceof Estimate.Bounded held) {
        Charge charge =
            Charge.withoutReport(model, shape, held, null, random.nextLong(400_000), NOW);
        assertThat(charge.cost())
            .as("seed %d round %d: %s", seed, round, model.id())
            .isBetween(held.input(), held.bound());
      }
    }
  }

  private static ModelEntry any(Random random) {
    List<ModelEntry> models = new ArrayList<>();
    Catalogues.SHIPPED
        .vendors()
        .forEach(vendor -> models.addAll(Catalogues.SHIPPED.models(vendor)));
    return models.get(random.nextInt(models.size()));
  }

  /** The shortcut for a factor of one changes no result. */
  @Test
  void pricesWhateverIsReported() {
    Usage most =
        new Usage(
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            "unheard-of",
            "unheard-of",
            "unheard-of");
    for (String vendor : Catalogues.SHIPPED.vendors()) {
      for (ModelEntry model : Catalogues.SHIPPED.models(vendor)) {
        Money cost = Pricing.cost(model, most, Map.of("file_search", Integer.MAX_VALUE), NOW);
        assertThat(cost == null || !cost.isNegative()).as(model.id()).isTrue();
      }
    }
  }

  @Test
  void timesAFactorIsTheProductOfEveryRate() {
    for (String vendor : Catalogues.SHIPPED.vendors()) {
      for (ModelEntry model : Catalogues.SHIPPED.models(vendor)) {
        for (Price price : model.prices()) {
          for (String factor : List.of("1", "1.0", "1.1", "0.5", "2", "6")) {
            BigDecimal by = new BigDecimal(factor);
            Rates rates = price.standard().base();
            assertThat(rates.times(by))
                .usingRecursiveComparison()
                .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                .isEqualTo(
                    new Rates(
                        rates.input().multiply(by),
                        rates.cacheRead().multiply(by),
                        rates.cacheWrite5m().multiply(by),
                        rates.cacheWrite1h().multiply(by),
                        rates.output().multiply(by),
                        rates.inputAudio().multiply(by),
                        rates.outputAudio().multiply(by)));
          }
        }
      }
    }
  }

  private static CallShape shape(ModelEntry model, Random random) {
    boolean anthropic = model.dialect().equals("anthropic");
    CallShape.Input input =
        new CallShape.Input(
            random.nextLong(600_000),
            ByteCounts.NONE,
            1 + random.nextInt(40),
            random.nextInt(3),
            random.nextInt(4),
            random.nextInt(10) == 0 ? 1 : 0,
            0,
            random.nextInt(20) == 0,
            anthropic ? pick(random, CacheWrite.values()) : CacheWrite.NONE);
    Long maximum = random.nextInt(4) == 0 ? null : Long.valueOf(random.nextLong(200_000));
    CallShape.Output output =
        new CallShape.Output(
            maximum,
            anthropic ? 1 : 1 + random.nextInt(4),
            random.nextBoolean() ? new Thinking.Unsaid() : new Thinking.Enabled(2_000),
            null);
    return new CallShape(
        input,
        output,
        new CallShape.Terms(
            pick(random, null, "auto", "priority", "flex", "standard", "unheard-of"),
            pick(random, null, "fast", "standard"),
            pick(random, null, "us", "global"),
            anthropic && random.nextInt(5) == 0 ? Map.of("web_search", 3) : Map.of()),
        new CallShape.Features(false, false, false, false, List.of()));
  }

  /** A report that a provider which keeps to its rules could send for {@code shape}. */
  private static Usage admitted(
      ModelEntry model, CallShape shape, Estimate.Bounded bounded, Random random) {
    Capabilities.Limits limits = model.capabilities().limits();
    Long context = limits.context();
    boolean window =
        shape.input().external()
            || shape.input().documents() > 0
            || !shape.terms().hostedTools().isEmpty();
    long most = Estimator.visibleTokens(limits, limits.tokensPerByte(), shape);
    if (context != null && window) {
      most = context;
    } else if (context != null && limits.rejectsOverlong()) {
      most = Math.min(most, context);
    }
    long prompt = random.nextInt(3) == 0 ? most : random.nextLong(most + 1);
    long read = random.nextLong(prompt + 1);
    CacheWrite write = shape.input().cacheWrite();
    boolean writes = write != CacheWrite.NONE || limits.automaticCacheWrites();
    long written = writes ? random.nextLong(prompt - read + 1) : 0;
    long hour = write == CacheWrite.ONE_HOUR ? random.nextLong(written + 1) : 0;
    long output = bounded.maxOutput() * shape.output().choices();
    return new Usage(
        prompt - read - written,
        read,
        written - hour,
        hour,
        random.nextInt(3) == 0 ? output : random.nextLong(output + 1),
        0,
        0,
        0,
        shape.terms().hostedTools().isEmpty() ? 0 : random.nextInt(4),
        served(shape.terms().serviceTier(), random),
        shape.terms().speed(),
        shape.terms().geo());
  }

  /** What was asked for, or the ordinary tier; {@code auto} may be served by any. */
  private static @Nullable String served(@Nullable String asked, Random random) {
    if (asked == null || random.nextInt(3) == 0) {
      return null;
    }
    return asked.equals("auto") ? pick(random, "priority", "flex", "surprise") : asked;
  }

  private static long[] counts(Random random) {
    long[] counts = new long[7];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = random.nextInt(3) == 0 ? 0 : random.nextLong(150_000);
    }
    return counts;
  }

  private static Usage usage(long[] n, @Nullable String tier) {
    return new Usage(n[0], n[1], n[2], n[3], n[4], 0, n[5], n[6], 0, tier, null, null);
  }

  private static @Nullable String reportedTier(ModelEntry model, Random random) {
    return pick(random, null, "batch", "priority", model.id());
  }

  private static Money cost(ModelEntry model, Usage usage) {
    return Objects.requireNonNull(Pricing.cost(model, usage, NOW));
  }

  @SafeVarargs
  private static <T extends @Nullable Object> T pick(Random random, T... from) {
    return from[random.nextInt(from.length)];
  }
}
