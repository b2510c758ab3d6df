package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Secret;
import dev.tollgate.testing.ManualClock;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {

  private static final RoutingConfig.Breaker TERMS = RoutingConfig.Breaker.DEFAULT;

  private final ManualClock clock = new ManualClock();
  private final Breakers breakers = new Breakers(TERMS, clock);

  private Credential credential(String key, @Nullable String account) {
    return new Credential(new Secret(key), account, false, breakers.open("test"));
  }

  private Keys keys(int count) {
    return new Keys(credentials(count));
  }

  private List<Credential> credentials(int count) {
    List<Credential> credentials = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      credentials.add(credential("sk-" + i, null));
    }
    return credentials;
  }

  private @Nullable Credential pick(Keys keys, long conversation) {
    return keys.pick(conversation, null, Keys.Wear.NONE, clock.nanoTime());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void movesOnlyTheConversationsOfTheKeyThatComesOrGoes(long seed) {
    Random random = new Random(seed);
    List<Credential> all = credentials(2 + random.nextInt(8));
    Keys before = new Keys(all.subList(0, all.size() - 1));
    Keys after = new Keys(all);
    Credential added = all.getLast();
    for (int i = 0; i < 2_000; i++) {
      long conversation = random.nextLong();
      Credential now = after.home(conversation);
      assertThat(now == added || now == before.home(conversation)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 16})
  void givesEachKeyItsShare(int count) {
    Keys keys = keys(count);
    Map<String, Integer> served = new HashMap<>();
    int calls = 20_000;
    for (int i = 0; i < calls; i++) {
      served.merge(keys.home(Mixing.mix(i)).fingerprint(), 1, Integer::sum);
    }
    assertThat(served).hasSize(count);
    int share = calls / count;
    assertThat(served.values())
        .allSatisfy(n -> assertThat(n).isBetween(share * 4 / 5, share * 6 / 5));
  }

  @Test
  void spillsToTheNextWhileAKeyCoolsDownAndComesBack() {
    Keys keys = keys(3);
    Credential home = keys.home(7);
    assertThat(pick(keys, 7)).isSameAs(home);
    home.limited(Duration.ofSeconds(3).toNanos(), clock.nanoTime());
    Credential second = pick(keys, 7);
    assertThat(second).isNotNull().isNotSameAs(home);
    assertThat(pick(keys, 7)).isSameAs(second);
    clock.advance(Duration.ofSeconds(3));
    assertThat(pick(keys, 7)).isSameAs(home);
  }

  @Test
  void sparesAKeyThatTheProviderAskedToSpareMoreThanOneThatIsOnlyGuessedToNeedIt() {
    Credential only = credential("sk-1", null);
    Keys keys = new Keys(List.of(only));
    only.limited(0, clock.nanoTime());
    assertThat(keys.pick(7, null, Keys.Wear.NONE, clock.nanoTime())).isNull();
    assertThat(keys.pick(7, null, Keys.Wear.SOME, clock.nanoTime())).isSameAs(only);
    only.limited(Duration.ofSeconds(9).toNanos(), clock.nanoTime());
    assertThat(keys.pick(7, null, Keys.Wear.SOME, clock.nanoTime())).isNull();
    assertThat(keys.pick(7, null, Keys.Wear.ANY, clock.nanoTime())).isSameAs(only);
    clock.advance(Duration.ofSeconds(9));
    assertThat(pick(keys, 7)).isSameAs(only);
  }

  @Test
  void staysWithinAnAccount() {
    Credential one = credential("sk-1", "main");
    Credential other = credential("sk-2", "main");
    Keys keys =
        new Keys(List.of(one, other, credential("sk-3", "second"), credential("sk-4", null)));
    assertThat(keys.severalAccounts()).isTrue();
    long now = clock.nanoTime();
    Credential first = Objects.requireNonNull(keys.pick(1, "main", Keys.Wear.NONE, now));
    assertThat(first.account()).isEqualTo("main");
    first.limited(0, now);
    assertThat(keys.spare("main", now)).isTrue();
    Credential next = keys.pick(1, "main", Keys.Wear.NONE, now);
    assertThat(next).isSameAs(first == one ? other : one);
    other.limited(0, now);
    one.limited(0, now);
    assertThat(keys.spare("main", now)).isFalse();
    assertThat(keys.pick(1, "main", Keys.Wear.NONE, now)).isNull();
    assertThat(keys.pick(1, null, Keys.Wear.NONE, now)).isNotNull();
    assertThat(keys.pick(1, "main", Keys.Wear.ANY, now)).isNotNull();
  }

  @Test
  void sendsNothingWithAKeyWhoseCircuitIsOpen() {
    Keys keys = keys(2);
    Credential home = keys.home(7);
    for (int i = 0; i < TERMS.leastCalls(); i++) {
      assertThat(home.admits()).isTrue();
      home.failed(1);
    }
    assertThat(pick(keys, 7)).isNotNull().isNotSameAs(home);
    assertThat(new Keys(List.of(home)).pick(7, null, Keys.Wear.ANY, clock.nanoTime())).isNull();
  }

  /** Counted by the JVM itself: a pick that allocates would show some ten bytes each. */
  @Test
  void picksWithoutAllocating() {
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Keys keys = keys(4);
    long id = Thread.currentThread().threadId();
    long least = Long.MAX_VALUE;
    int picks = 10_000;
    for (int round = 0; round < 20; round++) {
      long before = thread.getThreadAllocatedBytes(id);
      for (int i = 0; i < picks; i++) {
        if (keys.pick(i, null, Keys.Wear.NONE, 0) == null) {
          throw new AssertionError("there is always one");
        }
      }
      least = Math.min(least, thread.getThreadAllocatedBytes(id) - before);
    }
    assertThat(least).isLessThan(picks);
  }
}
