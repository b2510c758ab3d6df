package dev.tollgate.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyCacheTest {

  private static final KeyHash KEY = KeyHash.of("tg_live_one-that-is-known");
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final ManualClock clock = new ManualClock();
  private final AtomicInteger asked = new AtomicInteger();
  private final Caller.Tenant caller =
      new Caller.Tenant(new OrgScope(Ids.next(), Ids.next(), null, null));
  private volatile KeyLookup.@Nullable Found answer = new KeyLookup.Found(caller, null);
  private volatile @Nullable Failure failure;
  private final KeyCache cache = new KeyCache(this::find, clock);

  private KeyLookup.@Nullable Found find(KeyHash hash) {
    asked.incrementAndGet();
    Failure thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
    return answer;
  }

  @Test
  void answersFromMemoryOnceItKnows() {
    assertThat(cache.cached(KEY)).isNull();
    assertThat(cache.authenticate(KEY)).isEqualTo(caller);
    assertThat(cache.cached(KEY)).isEqualTo(caller);
    assertThat(cache.authenticate(KEY)).isEqualTo(caller);
    assertThat(asked).hasValue(1);
  }

  @Test
  void forgetsAKeyThatIsNotUsedAfterFiveSeconds() {
    cache.authenticate(KEY);
    clock.advance(KeyCache.LIFETIME);
    assertThat(cache.cached(KEY)).isNull();
  }

  @Test
  void asksAgainInTheBackgroundSoThatAHotKeyNeverWaits() {
    cache.authenticate(KEY);
    for (int round = 0; round < 10; round++) {
      Caller next = new Caller.Tenant(new OrgScope(Ids.next(), Ids.next(), null, null));
      answer = new KeyLookup.Found(next, null);
      clock.advance(KeyCache.REFRESH);
      await().until(() -> next.equals(assertThat(cache.cached(KEY)).isNotNull().actual()));
    }
    assertThat(asked).hasValue(11);
  }

  @Test
  void hearsOfARevocationElsewhereByAskingAgain() {
    cache.authenticate(KEY);
    answer = null;
    clock.advance(KeyCache.REFRESH);
    assertThat(cache.cached(KEY)).isEqualTo(caller);
    await().until(() -> cache.cached(KEY) == null);
    assertUnauthenticated();
  }

  @Test
  void refusesAKeyFromItsExpiryOnWithoutAsking() {
    Instant expiry = clock.now().plusSeconds(1);
    answer = new KeyLookup.Found(caller, expiry);
    assertThat(cache.authenticate(KEY)).isEqualTo(caller);
    clock.advance(Duration.ofSeconds(1));
    assertThat(cache.cached(KEY)).isNull();
    assertUnauthenticated();
  }

  @Test
  void remembersForASecondThatAKeyIsNobodys() {
    answer = null;
    assertUnauthenticated();
    assertUnauthenticated();
    assertThat(asked).hasValue(1);
    clock.advance(KeyCache.UNKNOWN_LIFETIME);
    assertUnauthenticated();
    assertThat(asked).hasValue(2);
  }

  @Test
  void saysUnavailableAndNeverUnauthenticatedWhenItCannotAsk() {
    failure = Failure.of(ErrorCode.UNAVAILABLE, "away");
    assertThatThrownBy(() -> cache.authenticate(KEY)).isSameAs(failure);
    failure = null;
    assertThat(cache.authenticate(KEY)).isEqualTo(caller);
    failure = Failure.of(ErrorCode.UNAVAILABLE, "away");
    clock.advance(KeyCache.LIFETIME.minus(MOMENT));
    assertThat(cache.cached(KEY)).isEqualTo(caller);
    clock.advance(MOMENT);
    assertThatThrownBy(() -> cache.authenticate(KEY)).isSameAs(failure);
  }

  @Test
  void forgetsAtOnceWhatIsInvalidated() {
    cache.authenticate(KEY);
    answer = null;
    cache.invalidate(caller::equals);
    assertThat(cache.cached(KEY)).isNull();
    assertUnauthenticated();
  }

  @Test
  void doesNotKeepWhatWasReadBeforeAnInvalidation() {
    KeyCache[] holder = new KeyCache[1];
    holder[0] =
        new KeyCache(
            hash -> {
              KeyLookup.Found read = answer;
              if (asked.getAndIncrement() == 0) {
                answer = null;
                holder[0].invalidate(caller::equals);
              }
              return read;
            },
            clock);
    assertThatThrownBy(() -> holder[0].authenticate(KEY)).isInstanceOf(Failure.class);
    assertThat(holder[0].cached(KEY)).isNull();
  }

  @Test
  void asksOnceForManyWhoWaitForOneKey() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    KeyCache slow =
        new KeyCache(
            hash -> {
              asked.incrementAndGet();
              awaitQuietly(release);
              return answer;
            },
            clock);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Caller>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(callers.submit(() -> slow.authenticate(KEY)));
      }
      await().until(() -> asked.get() == 1);
      release.countDown();
      for (Future<Caller> one : answers) {
        assertThat(one.get()).isEqualTo(caller);
      }
    }
    assertThat(asked).hasValue(1);
  }

  private void assertUnauthenticated() {
    assertThatThrownBy(() -> cache.authenticate(KEY))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
