package dev.tollgate.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.EmbeddedRedis;
import dev.tollgate.bootstrap.RedisAddress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Closer;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.tenancy.Entitlements;
import dev.tollgate.tenancy.KeyTerms;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.RateLimits;
import dev.tollgate.tenancy.Scopes;
import dev.tollgate.testing.Cable;
import dev.tollgate.testing.Scratch;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three nodes on a real Redis, in real time, with a window of two seconds for a minute. */
class RedisLimitsIT {

  private static final Rules SHORT = new Rules(2_000, 200, 50, 10_000, 2_000);

  /** A killed node's streams come free within a second. */
  private static final Rules BRIEF_SLOTS = new Rules(2_000, 200, 50, 1_000, 2_000);

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Demand STREAM = new Demand(0, true);

  private final Closer closer = new Closer();
  private final EmbeddedRedis server = closer.add(EmbeddedRedis.start(Scratch.directory("limits")));
  private final List<Node> nodes = List.of(node(SHORT), node(SHORT), node(SHORT));
  private final ConcurrentLinkedQueue<Long> admitted = new ConcurrentLinkedQueue<>();

  /** A node, until it is killed. */
  private static final class Node implements AutoCloseable {
    final Cable cable;
    final Redis redis;
    final Limits limits;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private volatile boolean wasAlone;
    private final ScheduledExecutorService upkeep =
        Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());

    Node(Cable cable, Redis redis, Rules rules) {
      this.cable = cable;
      this.redis = redis;
      this.limits =
          Limits.open(
              rules, new RedisShared(redis, Ids.next(), rules), () -> 3, meters, Clock.system());
      var _ = upkeep.scheduleWithFixedDelay(this::tick, 0, 100, TimeUnit.MILLISECONDS);
    }

    private void tick() {
      limits.tick();
      wasAlone |= alone();
    }

    /** As it is for a second at least, once Redis did not answer. */
    private boolean alone() {
      return meters.get("rate.limits.alone").gauge().value() > 0;
    }

    boolean wasAlone() {
      return wasAlone || alone();
    }

    /** Nobody looks after its limits any more. */
    void kill() {
      upkeep.shutdownNow();
    }

    @Override
    public void close() {
      kill();
    }
  }

  private Node node(Rules rules) {
    Cable cable = closer.add(new Cable(server.address().port()));
    Redis redis =
        closer.add(
            Redis.open(
                new RedisConfig(
                    new RedisAddress(cable.port(), server.address().password()).url(), "test:")));
    await().atMost(PATIENCE).until(() -> answers(redis));
    return closer.add(new Node(cable, redis, rules));
  }

  private static boolean answers(Redis redis) {
    Shared.Slotting nothing = new Shared.Slotting("limits:{probe}:streams", 1, 0, 0);
    return new RedisShared(redis, Ids.next(), SHORT)
        .slots(nothing)
        .handle((slots, thrown) -> thrown == null)
        .toCompletableFuture()
        .join();
  }

  @AfterEach
  void close() {
    closer.close();
  }

  @Test
  void noWindowHoldsMoreThanTheLimitOverAllNodes() throws Exception {
    withRedis(() -> {
      assertThat(mostInAWindow()).as("with Redis away").isLessThan(2 * 200);
      admitted.clear();
      hammer(key(new RateLimits(200L, null, null)), 6, after(Duration.ofSeconds(7)));
    });
    assertThat(mostInAWindow()).isLessThanOrEqualTo(200);
    assertThat(admitted).hasSizeGreaterThan(300);
  }

  @Test
  void streamsAreNeverMoreThanTheLimitAndNoneIsLeft() throws Exception {
    OrgScope key = key(new RateLimits(null, null, 10L));
    AtomicInteger most = new AtomicInteger();
    withRedis(() -> {
      most.set(0);
      openAndClose(key, most);
    });
    assertThat(most).hasValueLessThanOrEqualTo(10).hasPositiveValue();
    await().atMost(PATIENCE).until(() -> takeAll(nodes.getFirst().limits, key, 10));
  }

  private void openAndClose(OrgScope key, AtomicInteger most) throws Exception {
    AtomicInteger open = new AtomicInteger();
    BooleanSupplier going = after(Duration.ofSeconds(4));
    run(
        6,
        worker -> {
          Random random = new Random(worker);
          Limits limits = nodes.get(worker % nodes.size()).limits;
          List<Permit> mine = new ArrayList<>();
          while (going.getAsBoolean()) {
            if (enter(limits, key, STREAM) instanceof Entry.Admitted entry) {
              most.accumulateAndGet(open.incrementAndGet(), Math::max);
              mine.add(entry.permit());
            }
            if (!mine.isEmpty() && random.nextInt(3) == 0) {
              open.decrementAndGet();
              mine.remove(random.nextInt(mine.size())).close();
            }
            Thread.sleep(random.nextInt(5));
          }
          mine.forEach(permit -> {
            open.decrementAndGet();
            permit.close();
          });
        });
  }

  @Test
  void theStreamsOfAKilledNodeComeFree() {
    OrgScope key = key(new RateLimits(null, null, 4L));
    Node dying = node(BRIEF_SLOTS);
    Limits other = node(BRIEF_SLOTS).limits;
    for (int i = 0; i < 4; i++) {
      assertThat(enter(dying.limits, key, STREAM)).isInstanceOf(Entry.Admitted.class);
    }
    assertThat(enter(other, key, STREAM)).isInstanceOf(Entry.Limited.class);
    dying.kill();
    await().atMost(PATIENCE).until(() -> takeAll(other, key, 4));
  }

  @Test
  void nodesGoOnBySharesWhileRedisIsAwayAndShareAgainAfterwards() throws Exception {
    OrgScope key = key(new RateLimits(90L, null, null));
    hammer(key, 3, after(Duration.ofSeconds(1)));
    nodes.forEach(node -> node.cable.cut());
    await().atMost(PATIENCE).until(() -> nodes.stream().noneMatch(node -> node.redis.available()));
    hammer(key, 3, after(Duration.ofSeconds(5)));
    long cutAt = System.nanoTime();
    assertThat(mostInAWindow()).isLessThan(2 * 90);
    assertThat(mostInAWindow(cutAt - Duration.ofMillis(2_500).toNanos()))
        .isPositive()
        .isLessThanOrEqualTo(90);

    nodes.forEach(node -> node.cable.mend());
    await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(node -> answers(node.redis)));
    AtomicLong settled = new AtomicLong();
    withRedis(() -> {
      hammer(key, 3, after(Duration.ofSeconds(4)));
      settled.set(System.nanoTime());
      hammer(key, 3, after(Duration.ofSeconds(3)));
    });
    assertThat(mostInAWindow(settled.get())).isPositive().isLessThanOrEqualTo(90);
    assertThat(mostInAWindow()).isLessThan(2 * 90);
  }

  @Test
  void whatRedisForgotIsToldAgain() {
    OrgScope key = key(new RateLimits(30L, null, null));
    Limits here = nodes.getFirst().limits;
    RedisClient client = RedisClient.create(server.address().url().reveal());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      for (int i = 0; i < 20; i++) {
        assertThat(take(here, key)).isTrue();
      }
      connection.sync().flushall();
      for (int more = 0; more < 20 && take(here, key); more++) {
        assertThat(mostInAWindow()).isLessThanOrEqualTo(30);
      }
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
    assertThat(mostInAWindow()).isBetween(20L, 30L);
  }

  private boolean take(Limits limits, OrgScope key) {
    if (enter(limits, key, Demand.REQUEST) instanceof Entry.Admitted entry) {
      admitted.add(entry.permit().takenAt());
      return true;
    }
    return false;
  }

  private interface Round {
    void run() throws Exception;
  }

  /**
   * A round in which Redis answered all nodes in time, however often that takes: a node that it did
   * not answer goes on by its share.
   */
  private void withRedis(Round round) throws Exception {
    do {
      nodes.forEach(node -> node.wasAlone = false);
      round.run();
    } while (nodes.stream().anyMatch(Node::wasAlone));
  }

  private void hammer(OrgScope key, int workers, BooleanSupplier going) throws Exception {
    run(
        workers,
        worker -> {
          Limits limits = nodes.get(worker % nodes.size()).limits;
          while (going.getAsBoolean()) {
            if (enter(limits, key, Demand.REQUEST) instanceof Entry.Admitted entry) {
              admitted.add(entry.permit().takenAt());
              entry.permit().close();
            } else {
              Thread.sleep(1);
            }
          }
        });
  }

  /** What a worker does. */
  private interface Work {
    void run(int worker) throws InterruptedException;
  }

  private static void run(int workers, Work work) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        int worker = i;
        running.add(
            threads.submit(() -> {
              work.run(worker);
              return null;
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  /** The most that one window holds: one that begins with a call holds most. */
  private long mostInAWindow() {
    return mostInAWindow(Long.MIN_VALUE);
  }

  private long mostInAWindow(long from) {
    long[] times = admitted.stream().mapToLong(at -> at).filter(at -> at > from).sorted().toArray();
    int most = 0;
    for (int first = 0, last = 0; last < times.length; last++) {
      while (times[last] - times[first] >= Rules.nanos(SHORT.window())) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  private static boolean takeAll(Limits limits, OrgScope key, int count) {
    List<Permit> taken = new ArrayList<>();
    while (taken.size() <= count && enter(limits, key, STREAM) instanceof Entry.Admitted entry) {
      taken.add(entry.permit());
    }
    taken.forEach(Permit::close);
    return taken.size() == count;
  }

  private static BooleanSupplier after(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    return () -> System.nanoTime() - end < 0;
  }

  private static OrgScope key(RateLimits limits) {
    return Scopes.of(
        Ids.next(),
        Ids.next(),
        null,
        new Entitlements(new KeyTerms(limits, null, null), RateLimits.NONE, RateLimits.NONE));
  }

  private static Entry enter(Limits limits, OrgScope key, Demand demand) {
    return limits.enter(key, demand).toCompletableFuture().join();
  }
}
