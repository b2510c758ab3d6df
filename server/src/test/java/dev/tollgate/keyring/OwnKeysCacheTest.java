package dev.tollgate.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Secret;
import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OwnKeysCacheTest {

  private final ManualClock clock = new ManualClock();
  private final UUID organization = Ids.next();
  private final AtomicInteger reads = new AtomicInteger();
  private volatile OwnKeys there = keys("sk-one");
  private volatile boolean away;

  private final OwnKeysCache cache =
      new OwnKeysCache(
          whose -> {
            reads.incrementAndGet();
            if (away) {
              throw new IllegalStateException("away");
            }
            return there;
          },
          null,
          clock);

  private static OwnKeys keys(String key) {
    return new OwnKeys(
        Map.of(
            "anthropic",
            List.of(new OwnKey(new UUID(0, 1), new Secret(key), "0123456789ab", null))));
  }

  @Test
  void readsOnceForAllWhoAskAtOnce() {
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger readings = new AtomicInteger();
    OwnKeysCache slow =
        new OwnKeysCache(
            whose -> {
              readings.incrementAndGet();
              try {
                gate.await();
              } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
              }
              return there;
            },
            null,
            clock);
    List<CompletableFuture<OwnKeys>> asked =
        List.of(slow.get(organization), slow.get(organization));
    assertThat(slow.cached(organization)).isNull();
    gate.countDown();
    assertThat(asked.getFirst().join()).isSameAs(asked.getLast().join());
    assertThat(readings).hasValue(1);
    assertThat(slow.cached(organization)).isSameAs(there);
  }

  @Test
  void readsAgainInTheBackgroundAndKeepsTheSameObjectForTheSameKeys() {
    OwnKeys first = cache.get(organization).join();
    there = keys("sk-one");
    clock.advance(OwnKeysCache.REFRESH);
    assertThat(cache.cached(organization)).isSameAs(first);
    await().until(() -> reads.get() == 2);
    await().until(() -> cache.cached(organization) == first);
    there = keys("sk-two");
    clock.advance(OwnKeysCache.REFRESH);
    cache.cached(organization);
    await().until(() -> cache.cached(organization) != first);
  }

  @Test
  void knowsNothingAfterFiveSecondsWithoutTheDatabase() {
    cache.get(organization).join();
    away = true;
    clock.advance(Duration.ofSeconds(4));
    assertThat(cache.cached(organization)).isNotNull();
    clock.advance(Duration.ofSeconds(1));
    assertThat(cache.cached(organization)).isNull();
    assertThatThrownBy(() -> cache.get(organization).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    away = false;
    assertThat(cache.get(organization).join()).isNotNull();
  }

  @Test
  void doesNotKeepWhatWasReadBeforeAChange() {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch changed = new CountDownLatch(1);
    OwnKeysCache raced =
        new OwnKeysCache(
            whose -> {
              OwnKeys found = there;
              reading.countDown();
              try {
                changed.await();
              } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
              }
              return found;
            },
            null,
            clock);
    CompletableFuture<OwnKeys> before = raced.get(organization);
    assertThat(reading).satisfies(CountDownLatch::await);
    there = keys("sk-two");
    raced.changed(organization);
    changed.countDown();
    before.join();
    assertThat(raced.cached(organization)).isNull();
    assertThat(raced.get(organization).join()).isSameAs(there);
  }

  @Test
  void aReadingThatTakesTooLongIsOneThatCannotBeKnownAndTheNextBeginsAnew() {
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger readings = new AtomicInteger();
    OwnKeysCache stuck =
        new OwnKeysCache(
            whose -> {
              if (readings.incrementAndGet() == 1) {
                try {
                  gate.await();
                } catch (InterruptedException stopped) {
                  throw new IllegalStateException(stopped);
                }
              }
              return there;
            },
            null,
            clock,
            Duration.ofSeconds(2));
    try {
      assertUnavailable(stuck.get(organization));
      assertThat(stuck.get(organization).join()).isSameAs(there);
    } finally {
      gate.countDown();
    }
  }

  @Test
  void anErrorWhileReadingIsOneThatCannotBeKnownAndTheNextBeginsAnew() {
    AtomicInteger readings = new AtomicInteger();
    OwnKeysCache broken =
        new OwnKeysCache(
            whose -> {
              if (readings.incrementAndGet() == 1) {
                throw new StackOverflowError("on purpose");
              }
              return there;
            },
            null,
            clock,
            Duration.ofSeconds(30));
    assertUnavailable(broken.get(organization));
    assertThat(broken.get(organization).join()).isSameAs(there);
  }

  private static void assertUnavailable(CompletableFuture<OwnKeys> asked) {
    assertThatThrownBy(() -> asked.copy().orTimeout(10, TimeUnit.SECONDS).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }
}
