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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random calls of random keys at several nodes, under a clock that jumps and answers that are late:
 * no window of a minute ever holds more than a limit, no stream is ever one too many, and nothing
 * is left of calls that have ended.
 */
class LimitsPropertiesTest {

  private static final int STEPS = 3_000;
  private static final long NO_LIMIT = 500;
  private static final UUID ORGANIZATION = Ids.next();

  private final ManualClock clock = new ManualClock();
  private final SharedModel shared = new SharedModel(Rules.DEFAULT, clock);
  private final List<Limits> nodes = new ArrayList<>();
  private final Map<UUID, RateLimits> limits = new HashMap<>();
  private final List<OrgScope> keys = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final List<Call> open = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();

  /** A call that was admitted. */
  private static final class Call {
    final long at;
    final OrgScope scope;
    final Demand demand;
    final Permit permit;
    long used;

    Call(long at, OrgScope scope, Demand demand, Permit permit) {
      this.at = at;
      this.scope = scope;
      this.demand = demand;
      this.permit = permit;
      this.used = demand.tokens();
    }
  }

  private record Asked(OrgScope scope, Demand demand, CompletableFuture<Entry> entry) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void noLimitIsEverExceededAndNothingLeaks(long seed) {
    Random random = new Random(seed);
    prepare(random);
    for (int step = 0; step < STEPS; step++) {
      step(random);
      collect();
      checkStreams();
    }
    checkWindows();
    end();
    assertThat(nodes).allMatch(node -> node.known() == 0);
    everythingIsThereAgain();
  }

  private void prepare(Random random) {
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      nodes.add(
          Limits.open(
              Rules.DEFAULT, shared.of("node" + i), () -> count, new SimpleMeterRegistry(), clock));
    }
    limits.put(ORGANIZATION, limits(random, 4));
    for (int user = 0; user < 2; user++) {
      UUID id = Ids.next();
      limits.put(id, limits(random, 2));
      for (int key = 0; key < 2; key++) {
        UUID own = Ids.next();
        limits.put(own, limits(random, 1));
        keys.add(
            Scopes.of(
                ORGANIZATION,
                own,
                id,
                new Entitlements(new KeyTerms(of(own), null, null), of(id), of(ORGANIZATION))));
      }
    }
  }

  private RateLimits of(UUID id) {
    return limits.getOrDefault(id, RateLimits.NONE);
  }

  private static RateLimits limits(Random random, int size) {
    return new RateLimits(
        random.nextInt(4) == 0 ? null : (long) size * (1 + random.nextInt(60)),
        random.nextInt(4) == 0 ? null : (long) size * (100 + random.nextInt(10_000)),
        random.nextInt(4) == 0 ? null : (long) size * (1 + random.nextInt(4)));
  }

  private void step(Random random) {
    switch (random.nextInt(10)) {
      case 0 -> pass(random.nextInt(3_000));
      case 1 -> clock.advance(Duration.ofMillis(random.nextInt(50)));
      case 2 -> nodes.get(random.nextInt(nodes.size())).tick();
      case 3 -> shared.slow(random.nextInt(3) == 0);
      case 4 -> deliver();
      case 5, 6 -> close(random);
      default -> enter(random);
    }
  }

  /** Nodes look after their limits every half second, and no answer takes longer. */
  private void pass(int millis) {
    for (int left = millis; left > 0; left -= 500) {
      clock.advance(Duration.ofMillis(Math.min(left, 500)));
      nodes.forEach(Limits::tick);
      deliver();
    }
  }

  private void enter(Random random) {
    OrgScope scope = keys.get(random.nextInt(keys.size()));
    Demand demand = new Demand(random.nextInt(300), random.nextInt(3) == 0);
    Limits node = nodes.get(random.nextInt(nodes.size()));
    asked.add(new Asked(scope, demand, node.enter(scope, demand).toCompletableFuture()));
  }

  private void collect() {
    asked.removeIf(one -> {
      if (one.entry().isDone() && one.entry().join() instanceof Entry.Admitted admitted) {
        Call call =
            new Call(admitted.permit().takenAt(), one.scope(), one.demand(), admitted.permit());
        calls.add(call);
        open.add(call);
      }
      return one.entry().isDone();
    });
  }

  private void close(Random random) {
    if (!open.isEmpty()) {
      Call call = open.remove(random.nextInt(open.size()));
      call.used = random.nextInt((int) call.demand.tokens() + 1);
      call.permit.close(call.used);
    }
  }

  private void deliver() {
    while (shared.deliver()) {
      collect();
    }
  }

  private void checkStreams() {
    limits.forEach((id, limit) -> {
      Long most = limit.concurrentStreams();
      if (most != null) {
        long now =
            open.stream().filter(call -> call.demand.stream() && under(call.scope, id)).count();
        assertThat(now).isLessThanOrEqualTo(most);
      }
    });
  }

  private static boolean under(OrgScope scope, UUID id) {
    return id.equals(scope.organizationId())
        || id.equals(scope.userId())
        || id.equals(scope.keyId());
  }

  private void checkWindows() {
    limits.forEach((id, limit) -> {
      List<Call> own = calls.stream().filter(call -> under(call.scope, id)).toList();
      check(own, limit.requestsPerMinute(), false);
      check(own, limit.tokensPerMinute(), true);
    });
  }

  /** Every window that begins with a call, which are those that hold most. */
  private static void check(List<Call> calls, @Nullable Long most, boolean tokens) {
    for (Call first : calls) {
      long sum =
          calls.stream()
              .filter(call ->
                  call.at >= first.at && call.at < first.at + Rules.nanos(Rules.DEFAULT.window()))
              .mapToLong(call -> tokens ? call.used : 1)
              .sum();
      assertThat(sum).isLessThanOrEqualTo(most == null ? Long.MAX_VALUE : most);
    }
  }

  private void end() {
    shared.slow(false);
    deliver();
    collect();
    assertThat(asked).as("a call that waits for nothing").isEmpty();
    open.forEach(call -> call.permit.close());
    open.clear();
    for (int second = 0; second < 80; second++) {
      clock.advance(Duration.ofSeconds(1));
      nodes.forEach(Limits::tick);
    }
  }

  /** Until a limit says no, calls come in: as many as the tightest allows. */
  private void everythingIsThereAgain() {
    for (OrgScope scope : keys) {
      long expected = least(scope);
      long admitted = 0;
      List<Permit> permits = new ArrayList<>();
      while (admitted < Math.min(expected + 1, NO_LIMIT)
          && nodes.getFirst().enter(scope, new Demand(0, true)).toCompletableFuture().join()
              instanceof Entry.Admitted one) {
        permits.add(one.permit());
        admitted++;
      }
      assertThat(admitted).isEqualTo(expected);
      permits.forEach(Permit::close);
      for (int second = 0; second < 80; second++) {
        clock.advance(Duration.ofSeconds(1));
        nodes.forEach(Limits::tick);
      }
    }
  }

  private long least(OrgScope scope) {
    long least = NO_LIMIT;
    for (UUID id : List.of(scope.organizationId(), id(scope.userId()), id(scope.keyId()))) {
      Long requests = of(id).requestsPerMinute();
      Long streams = of(id).concurrentStreams();
      least = requests == null ? least : Math.min(least, requests);
      least = streams == null ? least : Math.min(least, streams);
    }
    return least;
  }

  private static UUID id(@Nullable UUID id) {
    return id == null ? ORGANIZATION : id;
  }
}
