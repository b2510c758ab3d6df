package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Secret;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.PriceCatalogue;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttemptsTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** A monotonic clock may read less than nothing. */
  private static final long NOW = -5 * SECOND;

  private static final ModelEntry ENTRY =
      Objects.requireNonNull(PriceCatalogue.load(null).find("openai", "gpt-4o-mini"));

  private static final Choice FIRST = choice("first");
  private static final Choice SECOND_ONE = choice("second");

  private static Choice choice(String provider) {
    ProviderConfig config =
        ProviderConfig.of(
            provider,
            Dialect.OPENAI,
            URI.create("http://127.0.0.1/v1"),
            new Secret("key of " + provider),
            null);
    return new Choice(new Provider(config, 0), "gpt-4o-mini", ENTRY, null, null);
  }

  private static Attempts attempts(int retries, double jitter, Choice... fallbacks) {
    return new Attempts(
        new RoutingConfig(Map.of(), retries, Duration.ofSeconds(2), Duration.ofMillis(100)),
        FIRST,
        () -> List.of(fallbacks),
        () -> jitter);
  }

  private static @Nullable Choice choice(Attempts.@Nullable Next next) {
    return next == null ? null : next.choice();
  }

  private static long millis(Attempts.@Nullable Next next) {
    return TimeUnit.NANOSECONDS.toMillis(Objects.requireNonNull(next).delayNanos());
  }

  @Test
  void passesAFailureOnWhereNothingIsConfigured() {
    assertThat(attempts(0, 0.5).after(0, NOW)).isNull();
  }

  @Test
  void goesThroughFallbacksAtOnceWhateverTheFirstOneAskedToWait() {
    Attempts attempts = attempts(0, 0.5, SECOND_ONE, FIRST);
    Attempts.Next next = attempts.after(60 * SECOND, NOW);
    assertThat(choice(next)).isEqualTo(SECOND_ONE);
    assertThat(millis(next)).isZero();
    assertThat(attempts.after(0, NOW)).isNull();
  }

  @Test
  void waitsLongerBeforeEachRound() {
    Attempts attempts = attempts(3, 0.5);
    assertThat(millis(attempts.after(0, NOW))).isEqualTo(100);
    assertThat(millis(attempts.after(0, NOW))).isEqualTo(200);
    assertThat(millis(attempts.after(0, NOW))).isEqualTo(400);
    assertThat(attempts.after(0, NOW)).isNull();
  }

  @Test
  void heedsWhatAProviderAskedForBeforeItIsCalledAgain() {
    Attempts attempts = attempts(1, 0, SECOND_ONE);
    assertThat(choice(attempts.after(SECOND, NOW))).isEqualTo(SECOND_ONE);
    Attempts.Next again = attempts.after(0, NOW + SECOND / 4);
    assertThat(choice(again)).isEqualTo(FIRST);
    assertThat(millis(again)).isEqualTo(750);
    assertThat(choice(attempts.after(0, NOW + SECOND))).isEqualTo(SECOND_ONE);
  }

  @Test
  void passesOnWhatAsksToWaitBeyondTheRetryBudget() {
    assertThat(attempts(5, 0).after(2 * SECOND + 1, NOW)).isNull();
    Attempts attempts = attempts(5, 0);
    assertThat(millis(attempts.after(SECOND, NOW))).isEqualTo(1_000);
    assertThat(attempts.after(SECOND + 1, NOW)).isNull();
  }

  @Test
  void neverTriesMoreOftenThanTheBound() {
    Attempts attempts =
        new Attempts(
            new RoutingConfig(Map.of(), 1_000, Duration.ofDays(1), Duration.ofNanos(1)),
            FIRST,
            List::of,
            () -> 0);
    int made = 1;
    while (attempts.after(0, NOW) != null) {
      made++;
    }
    assertThat(made).isEqualTo(Attempts.MOST);
  }
}
