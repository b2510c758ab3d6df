package dev.tollgate.toolcache;

import static dev.tollgate.toolcache.FakeServer.bytes;
import static dev.tollgate.toolcache.FakeServer.call;
import static dev.tollgate.toolcache.FakeServer.key;
import static dev.tollgate.toolcache.FakeServer.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.toolcache.Cached.Status;
import dev.tollgate.toolcache.Cluster.Member;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ToolCacheIT {

  private static final String SOME = "{\"content\":[{\"type\":\"text\",\"text\":\"some\"}]}";
  private static final String OTHER = "{\"content\":[{\"type\":\"text\",\"text\":\"other\"}]}";

  private final Cluster cluster = new Cluster();
  private final Member one = cluster.join(within(Duration.ofSeconds(1)));
  private final Member two = cluster.join(within(Duration.ofSeconds(1)));
  private final String organization = UUID.randomUUID().toString();

  /** Waits for Redis longer than calls should: a busy machine may need that. */
  private static CacheConfig within(Duration flightLease) {
    CacheConfig usual = CacheConfig.DEFAULT;
    return new CacheConfig(
        usual.environment(),
        usual.memory(),
        usual.largest(),
        usual.lease(),
        Duration.ofSeconds(5),
        flightLease,
        usual.beta(),
        usual.doubt(),
        usual.staleFor());
  }

  @BeforeAll
  void settle() {
    settle(one, two);
  }

  /** Until they answer from the cache: a node that has just begun knows no generations. */
  private static void settle(Member... members) {
    for (Member member : members) {
      AtomicInteger calls = new AtomicInteger();
      CacheKey probe = key(UUID.randomUUID().toString(), "{}");
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> status(member, probe, saying(SOME, calls)) == Status.HIT);
    }
  }

  @AfterAll
  void close() {
    cluster.close();
  }

  @Test
  void keepsAnAnswerForBothNodes() {
    AtomicInteger calls = new AtomicInteger();
    CacheKey key = key(organization, "{\"a\":1}");
    kept(one, key, saying(SOME, calls));
    kept(two, key, saying(SOME, calls));
    int before = calls.get();
    Cached hit = read(one, key, saying(SOME, calls));
    assertThat(hit.result()).isEqualTo(bytes(SOME));
    assertThat(hit.status()).isEqualTo(Status.HIT);
    assertThat(calls).hasValue(before);
  }

  @Test
  void isolatesByEveryPartOfTheKey() {
    CacheKey key = key(organization, "{\"isolated\":1}");
    List<CacheKey> others =
        List.of(
            with(key, UUID.randomUUID().toString(), "c1", "1", "cred", "1", null, "list_issues"),
            with(key, organization, "c2", "1", "cred", "1", null, "list_issues"),
            with(key, organization, "c1", "2", "cred", "1", null, "list_issues"),
            with(key, organization, "c1", "1", "credential", "1", null, "list_issues"),
            with(key, organization, "c1", "1", null, "1", null, "list_issues"),
            with(key, organization, "c1", "1", "cred", "2", null, "list_issues"),
            with(key, organization, "c1", "1", "cred", "1", "user", "list_issues"),
            with(key, organization, "c1", "1", "cred", "1", "", "list_issues"),
            with(key, organization, "c1", "1", "cred", "1", null, "list_teams"),
            with(key, organization, "c11", "", "cred", "1", null, "list_issues"),
            key(organization, "{\"isolated\":\"1\"}"),
            key(organization, "{\"isolated\":null}"),
            key(organization, "{\"isolated\":1,\"x\":{}}"));
    AtomicInteger calls = new AtomicInteger();
    kept(one, key, saying(SOME, calls));
    for (CacheKey other : others) {
      assertThat(read(one, other, saying(OTHER, calls)).result()).isEqualTo(bytes(OTHER));
      assertThat(read(two, other, saying(OTHER, calls)).result()).isEqualTo(bytes(OTHER));
    }
    assertThat(read(one, key, saying(OTHER, calls)).result()).isEqualTo(bytes(SOME));
  }

  private static CacheKey with(
      CacheKey key,
      String organization,
      String connector,
      String revision,
      @org.jspecify.annotations.Nullable String credential,
      String version,
      @org.jspecify.annotations.Nullable String user,
      String tool) {
    return new CacheKey(
        organization,
        connector,
        revision,
        credential,
        version,
        user,
        key.method(),
        tool,
        false,
        key.arguments());
  }

  @Test
  void givesNoOlderAnswerOnAnyNodeAfterAWrite() {
    CacheKey key = key(organization, "{\"written\":1}");
    for (int round = 0; round < 20; round++) {
      AtomicInteger calls = new AtomicInteger();
      String before = "{\"content\":[\"before " + round + "\"]}";
      String after = "{\"content\":[\"after " + round + "\"]}";
      read(one, key, saying(before, calls));
      read(two, key, saying(before, calls));
      Member writer = round % 2 == 0 ? one : two;
      WriteTicket ticket = begin(writer);
      finish(ticket, WriteTicket.Outcome.ANSWERED);
      for (Member reader : List.of(one, two)) {
        Cached fresh = read(reader, key, saying(after, calls));
        assertThat(new String(fresh.result(), StandardCharsets.UTF_8)).isEqualTo(after);
      }
      finish(begin(writer), WriteTicket.Outcome.ANSWERED);
    }
  }

  @Test
  void writesAreQuickWhenTheOthersAnswer() {
    long began = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      finish(begin(one), WriteTicket.Outcome.ANSWERED);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1_500));
  }

  @Test
  void readsGoUpstreamWhileAWriteIsInDoubt() {
    String doubted = UUID.randomUUID().toString();
    CacheKey key = key(doubted, "{}");
    AtomicInteger calls = new AtomicInteger();
    read(two, key, saying(SOME, calls));
    WriteTicket ticket =
        one.cache()
            .beforeWrite(doubted, "c1", false, Duration.ofSeconds(1))
            .orTimeout(100, TimeUnit.SECONDS)
            .join();
    finish(ticket, WriteTicket.Outcome.IN_DOUBT);
    assertThat(status(two, key, saying(OTHER, calls))).isEqualTo(Status.BYPASS);
    assertThat(status(one, key, saying(OTHER, calls))).isEqualTo(Status.BYPASS);
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> status(two, key, saying(OTHER, calls)) == Status.HIT);
  }

  /**
   * A thousand questions at once may take a busy machine longer than their answers are good for:
   * who is told so goes alone, all others share one call, and another stampede is made.
   */
  @Test
  void makesOneCallOfAThousandOnTwoNodes() {
    Member one = cluster.join(within(Duration.ofSeconds(10)));
    Member two = cluster.join(within(Duration.ofSeconds(10)));
    settle(one, two);
    AtomicInteger stampedes = new AtomicInteger();
    await().until(() -> stampede(one, two, stampedes.incrementAndGet()) == 1);
    assertThat(one.cache().underWay() + two.cache().underWay()).isZero();
  }

  private int stampede(Member one, Member two, int number) {
    CacheKey key = key(organization, "{\"stampede\":" + number + "}");
    FakeServer server = new FakeServer();
    List<CompletableFuture<Cached>> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      all.add((i % 2 == 0 ? one : two).cache().read(call(key, server)));
    }
    await().until(() -> server.calls.get() > 0);
    server.answers(SOME);
    int alone = 0;
    for (CompletableFuture<Cached> each : all) {
      Cached answer = each.orTimeout(100, TimeUnit.SECONDS).join();
      assertThat(answer.result()).isEqualTo(bytes(SOME));
      alone += answer.status() == Status.BYPASS ? 1 : 0;
    }
    assertThat(server.calls.get() - alone).as("calls of those who may share one").isBetween(0, 1);
    return server.calls.get();
  }

  @Test
  void aFollowerTakesOverFromALeaderThatDied() {
    Member leader = cluster.join(within(Duration.ofSeconds(1)));
    CacheKey key = key(organization, "{\"leader\":1}");
    AtomicInteger probes = new AtomicInteger();
    CacheKey probe = key(UUID.randomUUID().toString(), "{}");
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> status(leader, probe, saying(SOME, probes)) == Status.HIT);
    FakeServer silent = new FakeServer();
    var _ = leader.cache().read(call(key, silent));
    await().until(() -> silent.calls.get() == 1);
    FakeServer second = new FakeServer();
    CompletableFuture<Cached> follower = one.cache().read(call(key, second));
    assertThat(second.calls).hasValue(0);
    leader.cable().cut();
    leader.cache().close();
    await().until(() -> second.calls.get() == 1);
    second.answers(OTHER);
    assertThat(follower.orTimeout(100, TimeUnit.SECONDS).join().result()).isEqualTo(bytes(OTHER));
    cluster.bury(leader.id());
  }

  @Test
  void sendsFollowersOnTheirOwnWayWhenTheLeaderFails() {
    CacheKey key = key(organization, "{\"fails\":1}");
    FakeServer down = new FakeServer();
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<Cached> first = one.cache().read(call(key, down));
    await().until(() -> down.calls.get() == 1);
    CompletableFuture<Cached> here = one.cache().read(call(key, saying(SOME, calls)));
    CompletableFuture<Cached> there = two.cache().read(call(key, saying(SOME, calls)));
    assertThat(here.isDone() || there.isDone()).isFalse();
    down.fails();
    assertThat(here.orTimeout(100, TimeUnit.SECONDS).join().result()).isEqualTo(bytes(SOME));
    assertThat(there.orTimeout(100, TimeUnit.SECONDS).join().result()).isEqualTo(bytes(SOME));
    assertThat(first).isCompletedExceptionally();
  }

  @Test
  void aQuestionToTheCallerIsForThatCallerAlone() {
    CacheKey key = key(organization, "{\"asks\":1}");
    FakeServer curious = new FakeServer();
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<Cached> first = one.cache().read(call(key, curious));
    await().until(() -> curious.calls.get() == 1);
    untilItStandsAtOnce(one);
    CompletableFuture<Cached> other = one.cache().read(call(key, saying(OTHER, calls)));
    curious.asks();
    assertThat(other.orTimeout(100, TimeUnit.SECONDS).join().result()).isEqualTo(bytes(OTHER));
    curious.answers(SOME);
    assertThat(first.orTimeout(100, TimeUnit.SECONDS).join().result()).isEqualTo(bytes(SOME));
    assertThat(status(two, key, saying(OTHER, calls))).isEqualTo(Status.MISS);
  }

  @Test
  void cancelsTheCallWithTheLastWhoWaits() {
    CacheKey key = key(organization, "{\"cancelled\":1}");
    FakeServer server = new FakeServer();
    CompletableFuture<Cached> first = one.cache().read(call(key, server));
    CompletableFuture<Cached> second = one.cache().read(call(key, server));
    await().until(() -> server.calls.get() == 1);
    first.cancel(false);
    assertThat(server.cancelled).hasValue(0);
    second.cancel(false);
    await().until(() -> server.cancelled.get() == 1);
    assertThat(one.cache().underWay()).isZero();
  }

  @Test
  void doesWhatTheCallerWantsOfTheCache() {
    CacheKey key = key(organization, "{\"control\":1}");
    AtomicInteger calls = new AtomicInteger();
    kept(one, key, saying(SOME, calls));
    assertThat(control("no-store", key, saying(OTHER, calls))).isEqualTo(Status.BYPASS);
    assertThat(read(one, key, saying(OTHER, calls)).result()).isEqualTo(bytes(SOME));
    assertThat(control("no-cache", key, saying(OTHER, calls))).isEqualTo(Status.MISS);
    assertThat(read(one, key, saying(SOME, calls)).result()).isEqualTo(bytes(OTHER));
    assertThat(control("max-age=60", key, saying(SOME, calls))).isEqualTo(Status.HIT);
    await().until(() -> control("max-age=0", key, saying(SOME, calls)) == Status.MISS);
  }

  @Test
  void looksThroughLargeAnswersAndKeepsThem() {
    CacheKey key = key(organization, "{\"large\":1}");
    String large = "{\"content\":[\"" + "some text ".repeat(10_000) + "\"]}";
    AtomicInteger calls = new AtomicInteger();
    kept(one, key, saying(large, calls));
    kept(two, key, saying(large, calls));
  }

  @Test
  void givesAnOldAnswerWhileItFetchesANewOneWhereThatIsSwitchedOn() {
    CacheConfig usual = CacheConfig.DEFAULT;
    CacheConfig lenient =
        new CacheConfig(
            "lenient",
            usual.memory(),
            usual.largest(),
            usual.lease(),
            Duration.ofSeconds(5),
            usual.flightLease(),
            0,
            usual.doubt(),
            Duration.ofMinutes(1));
    Member member = cluster.join(lenient);
    CacheKey key = key(organization, "{\"stale\":1}");
    AtomicInteger calls = new AtomicInteger();
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> brief(member, key, saying(SOME, calls)).status() == Status.HIT);
    FakeServer slow = new FakeServer();
    await().until(() -> brief(member, key, slow).status() == Status.STALE);
    assertThat(brief(member, key, slow).result()).isEqualTo(bytes(SOME));
    await().until(() -> slow.calls.get() == 1);
    slow.answers(OTHER);
    await().until(() -> Arrays.equals(brief(member, key, slow).result(), bytes(OTHER)));
    cluster.bury(member.id());
  }

  private static Cached brief(Member member, CacheKey key, Upstream upstream) {
    ReadCall call = call(key, upstream);
    Freshness second = new Freshness(Duration.ofSeconds(1), false);
    return member
        .cache()
        .read(
            new ReadCall(
                key,
                second,
                CacheControl.NONE,
                call.provider(),
                call.tool(),
                call.deadline(),
                upstream))
        .orTimeout(100, TimeUnit.SECONDS)
        .join();
  }

  @Test
  void anAdministratorEndsAllAnswers() {
    CacheKey key = key(organization, "{\"invalidated\":1}");
    AtomicInteger calls = new AtomicInteger();
    read(one, key, saying(SOME, calls));
    two.cache().invalidate(organization, "c1", true).orTimeout(100, TimeUnit.SECONDS).join();
    assertThat(read(one, key, saying(OTHER, calls)).result()).isEqualTo(bytes(OTHER));
  }

  @Test
  void publicAnswersAreSharedAndEndWithAWriteOfAnybody() {
    String connector = UUID.randomUUID().toString();
    CacheKey mine = shared("a", connector);
    CacheKey yours = shared("b", connector);
    AtomicInteger calls = new AtomicInteger();
    await().until(() -> status(one, mine, saying(SOME, calls)) == Status.HIT);
    assertThat(status(one, yours, saying(OTHER, calls))).isEqualTo(Status.HIT);
    WriteTicket ticket =
        two.cache()
            .beforeWrite("third", connector, true, Duration.ofSeconds(5))
            .orTimeout(100, TimeUnit.SECONDS)
            .join();
    finish(ticket, WriteTicket.Outcome.ANSWERED);
    assertThat(read(one, mine, saying(OTHER, calls)).result()).isEqualTo(bytes(OTHER));
  }

  private static CacheKey shared(String organization, String connector) {
    return new CacheKey(
        organization,
        connector,
        "1",
        organization,
        "1",
        null,
        "tools/list",
        null,
        true,
        bytes("{}"));
  }

  private WriteTicket begin(Member member) {
    return member
        .cache()
        .beforeWrite(organization, "c1", false, Duration.ofSeconds(5))
        .orTimeout(100, TimeUnit.SECONDS)
        .join();
  }

  private static void finish(WriteTicket ticket, WriteTicket.Outcome outcome) {
    ticket.after(outcome).toCompletableFuture().orTimeout(100, TimeUnit.SECONDS).join();
  }

  private Status control(String text, CacheKey key, Upstream upstream) {
    return one.cache()
        .read(call(key, CacheControl.parse("cache", text), upstream))
        .orTimeout(100, TimeUnit.SECONDS)
        .join()
        .status();
  }

  /** A busy machine may need to ask more than once. */
  private static void kept(Member member, CacheKey key, Upstream upstream) {
    await().atMost(Duration.ofMinutes(2)).until(() -> status(member, key, upstream) == Status.HIT);
  }

  /** The next read is answered, or joins what is under way, before it returns. */
  private void untilItStandsAtOnce(Member member) {
    CacheKey warm = key(organization, "{\"warm\":1}");
    kept(member, warm, saying(SOME, new AtomicInteger()));
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> member.cache().read(call(warm, saying(SOME, new AtomicInteger()))).isDone());
  }

  private static Status status(Member member, CacheKey key, Upstream upstream) {
    return read(member, key, upstream).status();
  }

  private static Cached read(Member member, CacheKey key, Upstream upstream) {
    return member.cache().read(call(key, upstream)).orTimeout(100, TimeUnit.SECONDS).join();
  }
}
