package dev.tollgate.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.Entitlements;
import dev.tollgate.tenancy.KeyTerms;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.RateLimits;
import dev.tollgate.tenancy.Scopes;
import dev.tollgate.testing.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LimitsTest {

  private static final UUID ORGANIZATION = Ids.next();
  private static final UUID KEY = Ids.next();
  private static final UUID USER = Ids.next();
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final Demand STREAM = new Demand(0, true);

  private final ManualClock clock = new ManualClock();
  private final SharedModel shared = new SharedModel(Rules.DEFAULT, clock);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private int nodes = 2;
  private final Limits here = node("here");
  private final Limits there = node("there");

  private Limits node(String name) {
    return Limits.open(Rules.DEFAULT, shared.of(name), () -> nodes, registry, clock);
  }

  @Test
  void letsInWhatNothingLimits() {
    assertThat(enter(here, Scopes.of(ORGANIZATION), STREAM)).isInstanceOf(Entry.Admitted.class);
    assertThat(shared.questions).isZero();
  }

  @Test
  void admitsTheLimitInAnyMinuteAndTellsWhenToTryAgain() {
    OrgScope key = key(new RateLimits(5L, null, null));
    for (int i = 0; i < 5; i++) {
      assertThat(admitted(here, key, Demand.REQUEST)).isNotNull();
    }
    Entry.Limited limited = limited(here, key, Demand.REQUEST);
    assertThat(limited.level()).isEqualTo(Level.KEY);
    assertThat(limited.kind()).isEqualTo(Kind.REQUESTS);
    assertThat(limited.most()).isEqualTo(5);
    assertThat(limited.readings().requests())
        .isNotNull()
        .satisfies(reading -> assertThat(reading.remaining()).isZero());
    Duration retry = wait(limited);
    assertThat(retry).isBetween(MINUTE, MINUTE.plusSeconds(3));
    clock.advance(retry.minusMillis(600));
    limited(here, key, Demand.REQUEST);
    clock.advance(Duration.ofMillis(600));
    assertThat(admitted(here, key, Demand.REQUEST)).isNotNull();
    assertThat(registry.counter("rate.limited", "scope", "key", "kind", "requests").count())
        .isEqualTo(2);
  }

  @Test
  void nodesShareALimit() {
    OrgScope key = key(new RateLimits(10L, null, null));
    int admitted = 0;
    for (int i = 0; i < 20; i++) {
      admitted +=
          enter(i % 2 == 0 ? here : there, key, Demand.REQUEST) instanceof Entry.Admitted ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(10);
  }

  @Test
  void chargesNobodyWhereOneLimitIsInTheWay() {
    RateLimits five = new RateLimits(5L, null, null);
    OrgScope narrow = scope(KEY, five, RateLimits.NONE, new RateLimits(2L, null, null));
    for (int i = 0; i < 2; i++) {
      admitted(here, narrow, Demand.REQUEST);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(limited(here, narrow, Demand.REQUEST).level()).isEqualTo(Level.ORGANIZATION);
    }
    OrgScope alone = scope(KEY, five, RateLimits.NONE, RateLimits.NONE);
    for (int i = 0; i < 3; i++) {
      admitted(here, alone, Demand.REQUEST);
    }
    limited(here, alone, Demand.REQUEST);
  }

  @Test
  void tokensAreTakenByEstimateAndCorrectedByWhatWasUsed() {
    OrgScope key = key(new RateLimits(null, 1_000L, null));
    Permit first = permit(here, key, new Demand(900, false));
    assertThat(limited(here, key, new Demand(200, false)).kind()).isEqualTo(Kind.TOKENS);
    first.close(100);
    first.close(0);
    clock.advance(Duration.ofMillis(200));
    Permit second = permit(here, key, new Demand(900, false));
    second.close();
    clock.advance(Duration.ofMillis(200));
    limited(here, key, new Demand(1, false));
  }

  @Test
  void tokensThatComeBackLateComeBackToAllNodes() {
    OrgScope key = key(new RateLimits(null, 1_000L, null));
    Permit first = permit(here, key, new Demand(1_000, false));
    clock.advance(Duration.ofSeconds(30));
    first.close(400);
    here.tick();
    clock.advance(Duration.ofMillis(200));
    admitted(there, key, new Demand(600, false));
    limited(there, key, new Demand(1, false));
  }

  @Test
  void whatACallUsedBeyondItsEstimateKeepsOthersOut() {
    OrgScope key = key(new RateLimits(null, 1_000L, null));
    permit(here, key, new Demand(10, false)).close(1_500);
    limited(here, key, new Demand(10, false));
    here.tick();
    limited(there, key, new Demand(10, false));
    clock.advance(Duration.ofSeconds(63));
    admitted(there, key, new Demand(10, false));
  }

  @Test
  void aCallThatCanNeverPassIsToldSo() {
    OrgScope key = key(new RateLimits(5L, 1_000L, null));
    Entry.Limited limited = limited(here, key, new Demand(1_001, false));
    assertThat(limited.retryAfter()).isNull();
    assertThat(limited.needed()).isEqualTo(1_001);
    for (int i = 0; i < 5; i++) {
      admitted(here, key, Demand.REQUEST);
    }
  }

  @Test
  void theTightestScopeIsReported() {
    RateLimits hundred = new RateLimits(100L, 100_000L, null);
    RateLimits ten = new RateLimits(10L, null, null);
    Readings readings = admitted(here, scope(KEY, hundred, ten, hundred), STREAM).readings();
    assertThat(readings.requests())
        .isEqualTo(new Reading(Level.USER, clock.now(), 10, 9, Duration.ofSeconds(62)));
    assertThat(readings.tokens())
        .isNotNull()
        .satisfies(tokens -> assertThat(tokens.remaining()).isEqualTo(100_000));
  }

  @Test
  void streamsAreCountedOverNodesAndEndOnce() {
    OrgScope key = key(new RateLimits(null, null, 3L));
    Permit one = permit(here, key, STREAM);
    Permit two = permit(there, key, STREAM);
    permit(there, key, STREAM);
    Entry.Limited limited = limited(here, key, STREAM);
    assertThat(limited.kind()).isEqualTo(Kind.STREAMS);
    assertThat(wait(limited)).isEqualTo(Duration.ofSeconds(1));
    admitted(here, key, Demand.REQUEST);
    one.close();
    one.close();
    clock.advance(Duration.ofMillis(200));
    permit(here, key, STREAM);
    limited(here, key, STREAM);
    two.close();
    clock.advance(Duration.ofMillis(200));
    limited(here, key, STREAM);
    for (int half = 0; half < 5; half++) {
      clock.advance(Duration.ofMillis(500));
      there.tick();
    }
    permit(here, key, STREAM);
  }

  @Test
  void theStreamsOfAKilledNodeComeFree() {
    OrgScope key = key(new RateLimits(null, null, 2L));
    permit(there, key, STREAM);
    Permit mine = permit(here, key, STREAM);
    for (int second = 0; second < 9; second++) {
      clock.advance(Duration.ofSeconds(1));
      here.tick();
      limited(here, key, STREAM);
    }
    clock.advance(Duration.ofSeconds(1));
    here.tick();
    permit(here, key, STREAM);
    mine.close();
  }

  @Test
  void aHotKeyAsksSeldom() {
    OrgScope key = key(new RateLimits(1_000_000L, null, null));
    for (int i = 0; i < 100_000; i++) {
      admitted(here, key, Demand.REQUEST);
      if (i % 100 == 0) {
        clock.advance(Duration.ofMillis(10));
      }
    }
    assertThat(shared.questions).isLessThan(100);
  }

  @Test
  void whoHammersAtALimitDoesNotHammerAtRedis() {
    OrgScope key = key(new RateLimits(1L, null, null));
    admitted(here, key, Demand.REQUEST);
    int before = shared.questions;
    for (int i = 0; i < 10_000; i++) {
      limited(here, key, Demand.REQUEST);
      if (i % 100 == 0) {
        clock.advance(Duration.ofMillis(1));
      }
    }
    assertThat(shared.questions - before).isLessThan(10);
  }

  @Test
  void callsWaitForOneAnswerTogether() {
    OrgScope key = key(new RateLimits(50L, null, null));
    shared.slow(true);
    List<CompletableFuture<Entry>> asked = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      asked.add(here.enter(key, Demand.REQUEST).toCompletableFuture());
    }
    assertThat(asked).noneMatch(CompletableFuture::isDone);
    int answers = 0;
    while (shared.deliver()) {
      answers++;
    }
    assertThat(answers).isLessThan(5);
    assertThat(asked).allMatch(CompletableFuture::isDone);
    assertThat(asked.stream().filter(one -> one.join() instanceof Entry.Admitted)).hasSize(50);
  }

  @Test
  void whileRedisIsAwayEachNodeHasItsShare() {
    OrgScope key = key(new RateLimits(10L, 100L, 4L));
    shared.down(true);
    for (int i = 0; i < 5; i++) {
      admitted(here, key, Demand.REQUEST);
      admitted(there, key, Demand.REQUEST);
    }
    Entry.Limited limited = limited(here, key, Demand.REQUEST);
    assertThat(wait(limited)).isBetween(MINUTE.minusSeconds(1), MINUTE.plusSeconds(1));
    limited(there, key, Demand.REQUEST);
    clock.advance(wait(limited));
    permit(here, key, STREAM);
    permit(here, key, STREAM);
    assertThat(limited(here, key, STREAM).kind()).isEqualTo(Kind.STREAMS);
    assertThat(limited(here, key, new Demand(51, false)).kind()).isEqualTo(Kind.TOKENS);
  }

  @Test
  void anAnswerThatDoesNotComeIsOneOfRedisThatIsAway() {
    Rules hasty = new Rules(60_000, 2_000, 500, 10_000, 50);
    Limits waiting = Limits.open(hasty, shared.of("waiting"), () -> nodes, registry, clock);
    OrgScope key = key(new RateLimits(10L, null, 4L));
    shared.slow(true);
    for (int i = 0; i < 5; i++) {
      assertThat(soon(waiting, key, Demand.REQUEST)).isInstanceOf(Entry.Admitted.class);
    }
    assertThat(soon(waiting, key, Demand.REQUEST)).isInstanceOf(Entry.Limited.class);
    while (shared.deliver()) {
      // What comes now comes too late.
    }
    assertThat(soon(waiting, key, Demand.REQUEST)).isInstanceOf(Entry.Limited.class);
    shared.slow(false);
    clock.advance(Duration.ofSeconds(1));
    waiting.tick();
    int more = 0;
    while (soon(waiting, key, Demand.REQUEST) instanceof Entry.Admitted) {
      more++;
    }
    assertThat(more).isBetween(0, 5);
  }

  private static Entry soon(Limits at, OrgScope scope, Demand demand) {
    return at.enter(scope, demand).toCompletableFuture().orTimeout(100, TimeUnit.SECONDS).join();
  }

  @Test
  void whatWasUsedWithoutRedisIsToldWhenItIsBack() {
    OrgScope key = key(new RateLimits(6L, null, null));
    shared.down(true);
    for (int i = 0; i < 3; i++) {
      admitted(here, key, Demand.REQUEST);
    }
    shared.down(false);
    clock.advance(Duration.ofSeconds(1));
    here.tick();
    for (int i = 0; i < 3; i++) {
      admitted(there, key, Demand.REQUEST);
    }
    limited(there, key, Demand.REQUEST);
    limited(here, key, Demand.REQUEST);
  }

  @Test
  void whatRedisForgotIsToldAgain() {
    OrgScope key = key(new RateLimits(10L, null, null));
    for (int i = 0; i < 6; i++) {
      admitted(here, key, Demand.REQUEST);
    }
    shared.forget();
    clock.advance(Duration.ofSeconds(3));
    admitted(here, key, Demand.REQUEST);
    for (int i = 0; i < 3; i++) {
      admitted(there, key, Demand.REQUEST);
    }
    limited(there, key, Demand.REQUEST);
  }

  @Test
  void aChangedLimitHoldsFromTheNextCallOn() {
    OrgScope two = key(new RateLimits(2L, null, null));
    admitted(here, two, Demand.REQUEST);
    admitted(here, two, Demand.REQUEST);
    limited(here, two, Demand.REQUEST);
    clock.advance(Duration.ofMillis(200));
    admitted(here, key(new RateLimits(3L, null, null)), Demand.REQUEST);
    admitted(here, key(RateLimits.NONE), Demand.REQUEST);
    clock.advance(Duration.ofMillis(200));
    limited(here, two, Demand.REQUEST);
  }

  @Test
  void gaugesThatNobodyUsesAreForgotten() {
    OrgScope all =
        scope(KEY, new RateLimits(5L, 50L, 5L), new RateLimits(5L, null, null), RateLimits.NONE);
    Permit open = permit(here, all, new Demand(10, true));
    assertThat(here.known()).isEqualTo(2);
    for (int second = 0; second < 120; second++) {
      clock.advance(Duration.ofSeconds(1));
      here.tick();
    }
    assertThat(here.known()).as("one is still in use").isEqualTo(2);
    open.close();
    for (int second = 0; second < 4; second++) {
      clock.advance(Duration.ofSeconds(1));
      here.tick();
    }
    assertThat(here.known()).isZero();
  }

  private static OrgScope key(RateLimits limits) {
    return scope(KEY, limits, RateLimits.NONE, RateLimits.NONE);
  }

  private static OrgScope scope(
      UUID key, RateLimits own, RateLimits user, RateLimits organization) {
    return Scopes.of(
        ORGANIZATION,
        key,
        USER,
        new Entitlements(new KeyTerms(own, null, null), user, organization));
  }

  private static Entry enter(Limits limits, OrgScope scope, Demand demand) {
    return limits.enter(scope, demand).toCompletableFuture().join();
  }

  private static Entry.Admitted admitted(Limits limits, OrgScope scope, Demand demand) {
    return switch (enter(limits, scope, demand)) {
      case Entry.Admitted admitted -> admitted;
      case Entry.Limited limited -> throw new AssertionError(limited);
    };
  }

  private static Permit permit(Limits limits, OrgScope scope, Demand demand) {
    return admitted(limits, scope, demand).permit();
  }

  private static Entry.Limited limited(Limits limits, OrgScope scope, Demand demand) {
    return switch (enter(limits, scope, demand)) {
      case Entry.Limited limited -> limited;
      case Entry.Admitted admitted -> throw new AssertionError(admitted);
    };
  }

  private static Duration wait(Entry.Limited limited) {
    return Objects.requireNonNull(limited.retryAfter());
  }
}
