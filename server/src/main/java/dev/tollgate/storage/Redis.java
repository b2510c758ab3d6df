package dev.tollgate.storage;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis: messages between nodes, by which they hear of changes sooner than they would look, and
 * small scripts over what they share.
 *
 * <p>Nothing depends on it: while it is away messages are lost, nobody gets an error, and it is
 * connected again by itself. A connection each for messages, scripts and subscriptions;
 * thread-safe, and nothing but {@link #ping} and {@link #close} blocks.
 */
public final class Redis implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Redis.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);

  /** What waits for an answer; more than that is refused, and lost. */
  private static final int QUEUE = 10_000;

  private final String prefix;
  private final ClientResources resources;
  private final RedisClient client;
  private final Map<String, List<Consumer<String>>> listeners = new ConcurrentHashMap<>();
  private final Thread connector;
  private volatile @Nullable StatefulRedisConnection<String, String> commands;
  private volatile @Nullable StatefulRedisConnection<String, byte[]> data;
  private volatile @Nullable StatefulRedisPubSubConnection<String, String> subscriptions;

  private Redis(RedisConfig config) {
    RedisURI uri = parse(config);
    uri.setTimeout(TIMEOUT);
    prefix = config.prefix();
    resources =
        DefaultClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2).build();
    client = RedisClient.create(resources, uri);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(true)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(QUEUE)
            .timeoutOptions(TimeoutOptions.enabled(TIMEOUT))
            .socketOptions(SocketOptions.builder().connectTimeout(TIMEOUT).keepAlive(true).build())
            .build());
    connector = Thread.ofVirtual().name("redis-connector").unstarted(this::connect);
    connector.start();
  }

  /**
   * Begins to connect and returns at once.
   *
   * @throws Failure when the URL is not one of Redis
   */
  public static Redis open(RedisConfig config) {
    return new Redis(config);
  }

  static RedisURI parse(RedisConfig config) {
    try {
      return RedisURI.create(config.url().reveal());
    } catch (IllegalArgumentException e) {
      // The message would quote the password.
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "the Redis URL cannot be read; it looks like redis://user:password@host:6379/0");
    }
  }

  /** Until the first connections stand; from then on the client itself connects again. */
  private void connect() {
    boolean told = false;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        connectOnce();
        LOG.info("Redis is connected");
        return;
      } catch (RuntimeException e) {
        if (!told) {
          LOG.warn("Redis is away, nodes hear of changes later: {}", e.getMessage());
          told = true;
        }
      }
      try {
        Thread.sleep(RETRY);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void connectOnce() {
    if (commands == null) {
      commands = client.connect(StringCodec.UTF8);
    }
    if (data == null) {
      data = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    }
    StatefulRedisPubSubConnection<String, String> opened = client.connectPubSub(StringCodec.UTF8);
    opened.addListener(new Dispatcher());
    subscriptions = opened;
    for (String channel : listeners.keySet()) {
      var _ = opened.async().subscribe(channel);
    }
  }

  /** Whether Redis is connected; free to ask. */
  public boolean available() {
    StatefulRedisConnection<String, String> open = commands;
    return open != null && open.isOpen();
  }

  /** Whether Redis answers, within a second. */
  public boolean ping() {
    StatefulRedisConnection<String, String> open = commands;
    if (open == null) {
      return false;
    }
    try {
      return "PONG".equals(open.sync().ping());
    } catch (RuntimeException e) {
      LOG.debug("ping", e);
      return false;
    }
  }

  /** Tells the subscribers of all nodes, this one included; lost when Redis is away. */
  public void publish(String channel, String message) {
    StatefulRedisConnection<String, String> open = commands;
    if (open == null) {
      return;
    }
    var _ =
        open.async()
            .publish(prefix + channel, message)
            .whenComplete((count, thrown) -> {
              if (thrown != null) {
                LOG.debug("publishing to {}", channel, thrown);
              }
            });
  }

  /**
   * Runs a script; fails at once while Redis is away, and after a second without an answer, when
   * what it did is unknown.
   *
   * @param keys without our prefix; in a cluster all of one hash slot
   */
  public CompletionStage<RedisReply> run(
      RedisScript script, List<String> keys, List<byte[]> arguments) {
    StatefulRedisConnection<String, byte[]> open = data;
    if (open == null || !open.isOpen()) {
      return CompletableFuture.failedFuture(new RedisException("Redis is away"));
    }
    String[] names = keys.stream().map(prefix::concat).toArray(String[]::new);
    byte[][] values = arguments.toArray(byte[][]::new);
    RedisAsyncCommands<String, byte[]> redis = open.async();
    return redis
        .<List<Object>>evalsha(script.sha(), ScriptOutputType.MULTI, names, values)
        .exceptionallyCompose(thrown ->
            thrown instanceof RedisNoScriptException
                    || thrown.getCause() instanceof RedisNoScriptException
                ? redis.eval(script.text(), ScriptOutputType.MULTI, names, values)
                : CompletableFuture.failedFuture(thrown))
        .thenApply(RedisReply::new);
  }

  /**
   * Hands every message of {@code channel} to {@code listener}, now and after each reconnection.
   *
   * @param listener runs on Redis' event loop: must be quick and never block
   */
  public void subscribe(String channel, Consumer<String> listener) {
    String name = prefix + channel;
    listeners.computeIfAbsent(name, absent -> new CopyOnWriteArrayList<>()).add(listener);
    StatefulRedisPubSubConnection<String, String> open = subscriptions;
    if (open != null) {
      var _ = open.async().subscribe(name);
    }
  }

  @Override
  public void close() {
    connector.interrupt();
    client.shutdown(0, 1, TimeUnit.SECONDS);
    var _ = resources.shutdown(0, 1, TimeUnit.SECONDS);
  }

  /** Hands messages on; a listener that throws does not keep them from the others. */
  private final class Dispatcher extends RedisPubSubAdapter<String, String> {

    @Override
    public void message(String channel, String message) {
      for (Consumer<String> listener : listeners.getOrDefault(channel, List.of())) {
        try {
          listener.accept(message);
        } catch (RuntimeException e) {
          LOG.warn("a listener of {} failed", channel, e);
        }
      }
    }
  }
}
