package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Secret;
import dev.tollgate.testing.ManualClock;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CredentialTest {

  private static final RoutingConfig.Breaker TERMS = RoutingConfig.Breaker.DEFAULT;

  private final ManualClock clock = new ManualClock();
  private final Credential credential =
      new Credential(new Secret("sk-secret"), null, false, new Breakers(TERMS, clock).open("test"));

  private void limited(Duration asked) {
    assertThat(credential.admits()).isTrue();
    credential.limited(asked.toNanos(), clock.nanoTime());
  }

  private boolean cooling() {
    return credential.cooling(clock.nanoTime());
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(credential.admits()).isTrue();
      credential.failed(1);
    }
  }

  @Test
  void coolsDownForAsLongAsTheProviderAsks() {
    limited(Duration.ofSeconds(20));
    clock.advance(Duration.ofSeconds(19));
    assertThat(cooling()).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(cooling()).isFalse();
    limited(Duration.ofDays(1));
    clock.advance(Duration.ofMinutes(5));
    assertThat(cooling()).isFalse();
  }

  @Test
  void coolsDownLongerEachTimeUntilACallSucceeds() {
    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      limited(Duration.ZERO);
      limited(Duration.ZERO);
      clock.advance(Duration.ofSeconds(seconds).minusNanos(1));
      assertThat(cooling()).as("for %d s", seconds).isTrue();
      clock.advance(Duration.ofNanos(1));
      assertThat(cooling()).isFalse();
    }
    credential.answered(1, true);
    limited(Duration.ZERO);
    clock.advance(Duration.ofSeconds(1));
    assertThat(cooling()).isFalse();
  }

  @Test
  void isSetAsideUntilItIsTakenAgain() {
    assertThat(credential.rejected(clock.nanoTime())).isTrue();
    assertThat(credential.rejected(clock.nanoTime())).isFalse();
    assertThat(credential.fresh(clock.nanoTime())).isFalse();
    credential.answered(1, false);
    assertThat(credential.aside(clock.nanoTime())).isTrue();
    credential.answered(1, true);
    assertThat(credential.fresh(clock.nanoTime())).isTrue();
    credential.rejected(clock.nanoTime());
    clock.advance(Duration.ofMinutes(5));
    assertThat(credential.fresh(clock.nanoTime())).isTrue();
  }

  @Test
  void opensAfterFailuresAndLetsAFewTry() {
    fail(TERMS.leastCalls());
    assertThat(credential.state()).isEqualTo(State.OPEN);
    assertThat(credential.admits()).isFalse();
    clock.advance(TERMS.open().plusMillis(1));
    assertThat(credential.admits()).isTrue();
    assertThat(credential.admits()).isTrue();
    assertThat(credential.admits()).as("more than %d at a time", Breakers.PROBES).isFalse();
    credential.unsaid();
    assertThat(credential.admits()).as("in place of one whose caller went away").isTrue();
    credential.answered(1, true);
    credential.answered(1, true);
    assertThat(credential.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void opensAgainWhereAProbeFails() {
    fail(TERMS.leastCalls());
    clock.advance(TERMS.open().plusMillis(1));
    fail(Breakers.PROBES);
    assertThat(credential.state()).isEqualTo(State.OPEN);
    assertThat(credential.admits()).isFalse();
  }

  @Test
  void doesNotOpenForWhatIsTheCallersOrALimitOrALongAnswer() {
    for (int i = 0; i < 100; i++) {
      assertThat(credential.admits()).isTrue();
      switch (i % 4) {
        case 0 -> credential.limited(0, clock.nanoTime());
        case 1 -> credential.answered(Duration.ofMinutes(30).toNanos(), true);
        case 2 -> credential.rejected(clock.nanoTime());
        default -> credential.answered(1, false);
      }
    }
    assertThat(credential.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void needsHalfOfItsCallsToFail() {
    for (int i = 0; i < 50; i++) {
      assertThat(credential.admits()).isTrue();
      if (i % 3 == 0) {
        credential.failed(1);
      } else {
        credential.answered(1, true);
      }
    }
    assertThat(credential.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void showsNoKey() {
    assertThat(credential.toString())
        .doesNotContain("sk-secret")
        .contains(credential.fingerprint());
  }
}
