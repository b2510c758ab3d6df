package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.EmbeddedRedis;
import dev.tollgate.bootstrap.RedisAddress;
import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.kernel.Closer;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.Cable;
import dev.tollgate.testing.Scratch;
import dev.tollgate.testing.TestDatabase;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Callers of two gateways read and write at random while Redis is flushed, cut off and silent: no
 * read that starts after a write was answered tells what was there before it. More seeds by {@code
 * -Dtollgate.freshness.seeds=N}.
 */
class FreshNodesIT {

  private static final Duration RUN = Duration.ofSeconds(8);

  /** Until it has done as much as it must, on a machine that has other things to do. */
  private static final Duration LONGEST = Duration.ofSeconds(75);

  private static final int LEAST_WRITES = 20;
  private static final int ORGANIZATIONS = 5;
  private static final int READERS = 4;
  private static final int VARIANTS = 4;

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger hits = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();
  private final AtomicInteger doubtful = new AtomicInteger();

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("tollgate.freshness.seeds", 1));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noReadIsOlderThanAWriteThatWasAnswered(long seed) throws Exception {
    try (Closer closer = new Closer()) {
      EmbeddedRedis redis = closer.add(EmbeddedRedis.start(Scratch.directory("fresh-nodes")));
      VersionedServer server = closer.add(new VersionedServer());
      StorageConfig database = TestDatabase.freshPlainOwner();
      MasterKey master = MasterKey.parse(MasterKey.generate());
      List<Cable> cables = new ArrayList<>();
      List<TestGateway> nodes = new ArrayList<>();
      for (int node = 0; node < 2; node++) {
        Cable cable = closer.add(new Cable(redis.address().port()));
        RedisConfig through =
            new RedisConfig(
                new RedisAddress(cable.port(), redis.address().password()).url(), "test:");
        cables.add(cable);
        nodes.add(
            closer.add(
                TestGateway.start(database, wishes -> wishes.redis(through).masterKey(master))));
      }
      RedisClient flushing = RedisClient.create(redis.address().url().reveal());
      closer.add(() -> flushing.shutdown(Duration.ZERO, Duration.ofSeconds(1)));

      run(seed, nodes, cables, flushing, server);
    }
    assertThat(wrong).as("seed " + seed).isEmpty();
    assertThat(writes.get()).as("writes").isGreaterThan(LEAST_WRITES);
    assertThat(doubtful.get()).as("writes in doubt").isPositive();
    // How many there are depends on how busy the machine is; FreshnessIT asks for half.
    assertThat(hits.get()).as("hits of %s reads", reads).isPositive();
  }

  private void run(
      long seed,
      List<TestGateway> nodes,
      List<Cable> cables,
      RedisClient flushing,
      VersionedServer server)
      throws Exception {
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < ORGANIZATIONS; i++) {
      callers.add(Caller.of(nodes, server, "tok-" + i));
    }
    long began = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (Caller caller : callers) {
        for (int reader = 0; reader < READERS; reader++) {
          Random random = new Random(seed * 1_000 + all.size());
          all.add(threads.submit(() -> reading(caller, random, began)));
        }
        Random random = new Random(seed * 1_000 + all.size());
        boolean doubts = caller.equals(callers.getFirst());
        all.add(threads.submit(() -> writing(caller, random, began, doubts)));
      }
      all.add(threads.submit(() -> havoc(cables, flushing, new Random(seed), began)));
      for (Future<?> each : all) {
        each.get();
      }
    }
  }

  private boolean goesOn(long began) {
    boolean enough = writes.get() > LEAST_WRITES && doubtful.get() > 0 && hits.get() > 0;
    return System.nanoTime() - began < (enough ? RUN : LONGEST).toNanos();
  }

  /** An organization at both nodes, and what the server has of it. */
  private record Caller(List<RawClient> clients, VersionedServer.Truth truth) {

    static Caller of(List<TestGateway> nodes, VersionedServer server, String token) {
      TestGateway first = nodes.getFirst();
      TestGateway.Tenant tenant = first.tenant(null);
      first.admin(
          "POST",
          "/admin/v1/organizations/" + tenant.id() + "/connectors",
          "{\"name\":\"versions\",\"url\":\"%s\",\"stateless\":true,\"auth\":{\"type\":\"bearer\",\"token\":\"%s\"}}"
              .formatted(server.url(), token),
          201);
      return new Caller(
          nodes.stream().map(node -> new RawClient(node, "/mcp/versions", tenant.key())).toList(),
          server.of(token));
    }

    HttpResponse<String> call(Random random, String tool, String arguments) {
      return clients
          .get(random.nextInt(clients.size()))
          .modern("tools/call", "\"name\":\"" + tool + "\",\"arguments\":{" + arguments + "}");
    }
  }

  private void reading(Caller caller, Random random, long began) {
    while (goesOn(began)) {
      long over = caller.truth().over();
      HttpResponse<String> answer =
          caller.call(random, "get_value", "\"variant\":" + random.nextInt(VARIANTS));
      JsonNode result = RawClient.last(answer).path("result");
      long version = result.at("/structuredContent/version").longValue(-1);
      if (version < 0) {
        wrong.add("%s: no version in %s".formatted(caller.truth(), answer.body()));
        continue;
      }
      String status = result.at("/_meta/dev.tollgate~1cache/status").stringValue("none");
      reads.incrementAndGet();
      if (status.equals("hit")) {
        hits.incrementAndGet();
      }
      if (version < over) {
        wrong.add(
            "%s: %d after %d was over (%s): %s"
                .formatted(caller.truth(), version, over, status, answer.body()));
      }
      pace(random, 8);
    }
  }

  private void writing(Caller caller, Random random, long began, boolean doubts) {
    while (goesOn(began)) {
      pace(random, 900);
      boolean cut = doubts && random.nextInt(3) == 0;
      HttpResponse<String> answer =
          caller.call(random, "update_value", "\"cut\":" + cut + ",\"at\":" + random.nextInt(60));
      long version = RawClient.last(answer).at("/result/structuredContent/version").longValue(-1);
      if (version > 0) {
        writes.incrementAndGet();
        caller.truth().over(version);
      } else if (cut) {
        doubtful.incrementAndGet();
      }
    }
  }

  private void havoc(List<Cable> cables, RedisClient flushing, Random random, long began) {
    while (goesOn(began)) {
      pace(random, 3_000);
      Cable one = cables.get(random.nextInt(cables.size()));
      switch (random.nextInt(6)) {
        case 0, 1 -> flush(flushing);
        case 2, 3 -> one.cut();
        case 4 -> one.silence();
        default -> cables.forEach(Cable::cut);
      }
      pace(random, 500);
      cables.forEach(Cable::mend);
    }
  }

  private static void flush(RedisClient client) {
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.sync().flushall();
    }
  }

  /** The pace of the load, which no assertion waits for. */
  private static void pace(Random random, int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(millis)));
  }
}
