package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.NOW;
import static dev.tollgate.spend.Catalogues.model;
import static dev.tollgate.spend.Catalogues.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reports as providers send them, to the nano. */
class UsageReportCostTest {

  private static final String OPUS = "claude-opus-5-5";

  @Test
  void pricesCacheWritesByTheirLifetime() {
    assertThat(nanos(OPUS, cache(0, 1_000, 0))).isEqualTo(5_000_000);
    assertThat(nanos(OPUS, cache(0, 0, 1_000))).isEqualTo(8_000_000);
    assertThat(nanos(OPUS, cache(1_000, 0, 0))).isEqualTo(200_000);
  }

  @Test
  void chargesReasoningAsOutputAndOnlyOnce() {
    Usage report = new Usage(100, 0, 0, 0, 1_500, 1_400, 0, 0, 0, null, null, null);
    assertThat(nanos("o3", report)).isEqualTo(100 * 2_000 + 1_500 * 8_000);
  }

  @Test
  void pricesTheWholeRequestByTheLongContextTierBeyondItsThreshold() {
    assertThat(nanos("claude-haiku-5-5", Usage.of(100_000, 1_000)))
        .isEqualTo(100_000 * 100 + 1_000 * 500);
    assertThat(nanos("claude-haiku-5-5", Usage.of(100_001, 1_000)))
        .isEqualTo(100_001 * 500 + 1_000 * 2_500);
  }

  @Test
  void countsCacheReadsAndWritesTowardsTheThreshold() {
    Usage below = new Usage(10, 90_000, 9_990, 0, 0, 0, 0, 0, 0, null, null, null);
    Usage above = new Usage(10, 90_000, 9_991, 0, 0, 0, 0, 0, 0, null, null, null);
    assertThat(nanos("claude-haiku-5-5", below)).isEqualTo(1_000 + 900_000 + 9_990 * 125);
    assertThat(nanos("claude-haiku-5-5", above)).isEqualTo(5_000 + 4_500_000 + 9_991 * 625);
  }

  @Test
  void raisesOutputLessThanInputWhereTheProviderDoes() {
    assertThat(nanos("gpt-6-sol", Usage.of(272_000, 10))).isEqualTo(272_000 * 2_000L + 100_000);
    assertThat(nanos("gpt-6-sol", Usage.of(272_001, 10))).isEqualTo(272_001 * 4_000L + 150_000);
    assertThat(nanos("claude-sonnet-4-5", Usage.of(200_000, 10)))
        .isEqualTo(200_000 * 3_000L + 150_000);
    assertThat(nanos("claude-sonnet-4-5", Usage.of(200_001, 10)))
        .isEqualTo(200_001 * 6_000L + 225_000);
  }

  @Test
  void pricesServiceTiers() {
    assertThat(nanos(OPUS, terms("standard", null, null))).isEqualTo(24_000_000);
    assertThat(nanos(OPUS, terms("batch", null, null))).isEqualTo(12_000_000);
    assertThat(nanos(OPUS, terms("priority", null, null))).isEqualTo(24_000_000);
    assertThat(nanos("gpt-5", terms("flex", null, null))).isEqualTo(5_625_000);
    assertThat(nanos("gpt-5", terms("priority", null, null))).isEqualTo(22_500_000);
    assertThat(nanos("gpt-4o-mini", terms("priority", null, null))).isEqualTo(1_250_000);
    assertThat(nanos("o4-mini", terms("priority", null, null))).isEqualTo(10_000_000);
  }

  @Test
  void multipliesSpeedByGeography() {
    assertThat(nanos(OPUS, terms(null, "fast", null))).isEqualTo(48_000_000);
    assertThat(nanos(OPUS, terms(null, null, "us"))).isEqualTo(26_400_000);
    assertThat(nanos(OPUS, terms("standard", "fast", "us"))).isEqualTo(52_800_000);
    assertThat(nanos("claude-haiku-4-5", terms("standard", null, "not_available")))
        .isEqualTo(6_000_000);
  }

  @Test
  void takesTermsThatItDoesNotKnowAtTheDearest() {
    Usage report = terms("warp", null, null);
    assertThat(nanos("gpt-5", report)).isEqualTo(22_500_000);
    assertThat(Pricing.knowsTerms(model("gpt-5"), report, NOW)).isFalse();
    assertThat(nanos(OPUS, terms(null, null, "mars"))).isEqualTo(26_400_000);
    assertThat(Pricing.knowsTerms(model(OPUS), terms("standard", "fast", "us"), NOW)).isTrue();
  }

  @Test
  void chargesSearchesOnTopWithoutAnyFactor() {
    Usage report = new Usage(0, 0, 0, 0, 0, 0, 0, 0, 3, "batch", null, "us");
    assertThat(nanos(OPUS, report)).isEqualTo(30_000_000);
    assertThat(nanos("gpt-4o", report)).isEqualTo(30_000_000);
  }

  @Test
  void roundsUpOnceAtTheSum() {
    Usage odd = new Usage(1, 1, 1, 0, 1, 0, 0, 0, 0, "batch", null, "us");
    // (100 + 10 + 125 + 500) x 0.5 x 1.1 = 404.25
    assertThat(nanos("claude-haiku-5-5", odd)).isEqualTo(405);
    // 0.0025 USD a million: 37.5 + 37.5 nanos are 75, not 76
    assertThat(nanos("gpt-4o-mini", cache(1, 0, 0))).isEqualTo(75);
  }

  @Test
  void takesThePriceThatHeldAtTheTime() {
    Usage reads = cache(1_000_000, 0, 0);
    ModelEntry sonnet = model("claude-sonnet-5-5");
    assertThat(Pricing.cost(sonnet, reads, Instant.parse("2026-10-06T23:59:59Z")))
        .isEqualTo(Money.ofCents(20));
    assertThat(Pricing.cost(sonnet, reads, Instant.parse("2026-10-07T00:00:00Z")))
        .isEqualTo(Money.ofCents(10));
  }

  @Test
  void hasNoPriceBeforeTheFirst() {
    ModelEntry haiku = model("claude-haiku-5-5");
    Instant before = Instant.parse("2026-10-06T23:59:59Z");
    assertThat(Pricing.cost(haiku, Usage.of(1, 1), before)).isNull();
    assertThat(haiku.pricedAt(before)).isFalse();
    assertThat(haiku.pricedAt(NOW)).isTrue();
  }

  @Test
  void neverTurnsANegativeCountIntoMoneyBack() {
    assertThat(nanos(OPUS, Usage.of(-5, 1))).isEqualTo(20_000);
  }

  private static Usage cache(long read, long write5m, long write1h) {
    return new Usage(0, read, write5m, write1h, 0, 0, 0, 0, 0, null, null, null);
  }

  /** A thousand tokens in and a thousand out. */
  private static Usage terms(@Nullable String tier, @Nullable String speed, @Nullable String geo) {
    return new Usage(1_000, 0, 0, 0, 1_000, 0, 0, 0, 0, tier, speed, geo);
  }
}
