package dev.tollgate.toolcache;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.bootstrap.EmbeddedRedis;
import dev.tollgate.bootstrap.PostgresAddress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Closer;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.toolcache.Cached.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What the response cache costs on two nodes over one Redis and one PostgreSQL: a hit in memory, a
 * hit in Redis, a write that both nodes must know of.
 */
public final class CacheBench {

  private static final int MEMORY = 1_000_000;
  private static final int REDIS = 5_000;
  private static final int WRITES = 500;
  private static final byte[] RESULT =
      ("{\"content\":[{\"type\":\"text\",\"text\":\"" + "an issue ".repeat(200) + "\"}]}")
          .getBytes(StandardCharsets.UTF_8);

  private final EmbeddedRedis redis;
  private final StorageConfig database;
  private final Closer closer;

  private CacheBench(EmbeddedRedis redis, StorageConfig database, Closer closer) {
    this.redis = redis;
    this.database = database;
    this.closer = closer;
  }

  public static void main(String[] arguments) throws Exception {
    Path home = Files.createTempDirectory("tollgate-cache");
    Closer closer = new Closer();
    try {
      PostgresAddress owner = closer.add(EmbeddedPostgres.start(home.resolve("postgres"))).owner();
      StorageConfig database =
          new StorageConfig(
              owner.jdbcUrl(), owner.user(), owner.password(), 8, Duration.ofSeconds(20));
      Storage.migrate(database);
      EmbeddedRedis redis = closer.add(EmbeddedRedis.start(home.resolve("redis")));
      new CacheBench(redis, database, closer).run(owner);
    } finally {
      closer.close();
    }
  }

  private void run(PostgresAddress owner) throws SQLException {
    ToolCache one = join(owner);
    ToolCache two = join(owner);
    for (int round = 1; round <= 3; round++) {
      System.out.printf(Locale.ROOT, "round %d%n", round);
      memory(one);
      redis(one, two, round);
      writes(one);
    }
  }

  private ToolCache join(PostgresAddress owner) throws SQLException {
    UUID id = UUID.randomUUID();
    try (Connection connection = owner.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO tollgate.nodes (id, epoch, address) VALUES (?, 1, 'bench')")) {
      insert.setObject(1, id);
      insert.executeUpdate();
    }
    Redis connected = closer.add(Redis.open(new RedisConfig(redis.address().url(), "bench:")));
    Storage storage = closer.add(Storage.open(database));
    ToolCache cache =
        closer.add(
            ToolCache.open(
                CacheConfig.DEFAULT,
                storage,
                connected,
                id,
                new SimpleMeterRegistry(),
                Clock.system()));
    while (read(cache, "warm " + id).status() != Status.HIT) {
      Thread.onSpinWait();
    }
    return cache;
  }

  private static Cached read(ToolCache cache, String query) {
    byte[] arguments =
        ("{\"params\":{\"query\":\"" + query + "\",\"first\":50,\"filter\":{\"state\":\"open\"}}}")
            .getBytes(StandardCharsets.UTF_8);
    CacheKey key =
        new CacheKey(
            "organization",
            "connector",
            "1",
            "credential",
            "1",
            null,
            "tools/call",
            "list_issues",
            false,
            arguments);
    return cache
        .read(
            new ReadCall(
                key,
                Freshness.STABLE,
                CacheControl.NONE,
                "custom",
                "list_issues",
                Duration.ofSeconds(10),
                asking ->
                    new Upstream.Running(
                        CompletableFuture.completedFuture(new Upstream.Answer(RESULT, false)),
                        () -> {})))
        .join();
  }

  private static void memory(ToolCache cache) {
    read(cache, "memory");
    int hits = 0;
    long began = System.nanoTime();
    for (int i = 0; i < MEMORY; i++) {
      hits += read(cache, "memory").status() == Status.HIT ? 1 : 0;
    }
    long each = (System.nanoTime() - began) / MEMORY;
    System.out.printf(
        Locale.ROOT, "  a hit in memory: %,d ns on average, %.2f %% hits%n", each, hits / 1e4);
  }

  private static void redis(ToolCache one, ToolCache two, int round) {
    for (int i = 0; i < REDIS; i++) {
      read(one, round + " redis " + i);
    }
    long[] nanos = new long[REDIS];
    int hits = 0;
    for (int i = 0; i < REDIS; i++) {
      long began = System.nanoTime();
      hits += read(two, round + " redis " + i).status() == Status.HIT ? 1 : 0;
      nanos[i] = System.nanoTime() - began;
    }
    print("a hit in Redis", nanos);
    System.out.printf(Locale.ROOT, "    %.2f %% hits%n", 100.0 * hits / REDIS);
  }

  private static void writes(ToolCache cache) {
    long[] nanos = new long[WRITES];
    for (int i = 0; i < WRITES; i++) {
      long began = System.nanoTime();
      cache
          .beforeWrite("organization", "connector", false, Duration.ofSeconds(10))
          .join()
          .after(WriteTicket.Outcome.ANSWERED)
          .toCompletableFuture()
          .join();
      nanos[i] = System.nanoTime() - began;
    }
    print("a write that takes no time", nanos);
  }

  private static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "  %s: p50 %,d us, p99 %,d us%n",
        what,
        TimeUnit.NANOSECONDS.toMicros(nanos[nanos.length / 2]),
        TimeUnit.NANOSECONDS.toMicros(nanos[nanos.length * 99 / 100]));
  }
}
