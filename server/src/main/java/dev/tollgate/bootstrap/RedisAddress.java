package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Secret;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.function.Function;

/** Where a Redis on this machine is, and its password. */
public record RedisAddress(int port, Secret password) {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** {@code redis://:password@127.0.0.1:port}. */
  public Secret url() {
    return new Secret("redis://:" + password.reveal() + "@127.0.0.1:" + port);
  }

  /** Runs {@code commands} over a connection of their own. */
  <T> T ask(Function<RedisCommands<String, String>, T> commands) throws RedisException {
    RedisURI uri =
        RedisURI.builder()
            .withHost("127.0.0.1")
            .withPort(port)
            .withPassword(password.reveal().toCharArray())
            .withTimeout(PATIENCE)
            .build();
    RedisClient client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false)
            .socketOptions(SocketOptions.builder().connectTimeout(PATIENCE).build())
            .build());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return commands.apply(connection.sync());
    } finally {
      client.shutdown(Duration.ZERO, PATIENCE);
    }
  }
}
