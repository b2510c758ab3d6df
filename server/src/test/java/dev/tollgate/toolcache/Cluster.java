package dev.tollgate.toolcache;

import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.EmbeddedRedis;
import dev.tollgate.bootstrap.RedisAddress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Closer;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.Cable;
import dev.tollgate.testing.Scratch;
import dev.tollgate.testing.TestDatabase;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/** Nodes on one Redis and one PostgreSQL, each with its own way to Redis. */
final class Cluster implements AutoCloseable {

  private final Closer closer = new Closer();
  private final StorageConfig database = TestDatabase.fresh();
  private final EmbeddedRedis server =
      closer.add(EmbeddedRedis.start(Scratch.directory("toolcache")));
  private final RedisClient client = RedisClient.create(server.address().url().reveal());

  Cluster() {
    closer.add(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)));
  }

  /** A node. */
  record Member(UUID id, ToolCache cache, Cable cable, Redis redis) {}

  Member join(CacheConfig config) {
    UUID id = UUID.randomUUID();
    register(id);
    Cable cable = closer.add(new Cable(server.address().port()));
    Redis redis =
        closer.add(
            Redis.open(
                new RedisConfig(
                    new RedisAddress(cable.port(), server.address().password()).url(), "test:")));
    Storage storage = closer.add(Storage.open(database));
    await().until(redis::available);
    ToolCache cache =
        closer.add(
            ToolCache.open(config, storage, redis, id, new SimpleMeterRegistry(), Clock.system()));
    return new Member(id, cache, cable, redis);
  }

  private void register(UUID id) {
    sql("INSERT INTO tollgate.nodes (id, epoch, address) VALUES (?, 1, 'test')", id);
  }

  /** As if the node had not been heard of for long. */
  void bury(UUID id) {
    sql("UPDATE tollgate.nodes SET seen_at = now() - interval '2 minutes' WHERE id = ?", id);
  }

  private void sql(String statement, UUID id) {
    try (Connection connection = TestDatabase.connect(database);
        PreparedStatement prepared = connection.prepareStatement(statement)) {
      prepared.setObject(1, id);
      prepared.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Forgets everything in Redis. */
  void flush() {
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.sync().flushall();
    }
  }

  @Override
  public void close() {
    closer.close();
  }
}
