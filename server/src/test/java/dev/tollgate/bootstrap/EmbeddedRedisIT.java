package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import dev.tollgate.testing.ChildJvm;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRedisIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path home;

  @Test
  void keepsDataAndPortBetweenStarts() {
    int port;
    try (EmbeddedRedis redis = EmbeddedRedis.start(home)) {
      port = redis.address().port();
      ask(redis, commands -> commands.set("kept", "yes"));
    }
    try (EmbeddedRedis redis = EmbeddedRedis.start(home)) {
      assertThat(redis.address().port()).isEqualTo(port);
      assertThat(get(redis, "kept")).isEqualTo("yes");
    }
  }

  @Test
  void takesAnotherPortWhenItsOwnIsTaken() throws IOException {
    int port;
    try (EmbeddedRedis redis = EmbeddedRedis.start(home)) {
      port = redis.address().port();
      ask(redis, commands -> commands.set("kept", "yes"));
    }
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        EmbeddedRedis redis = EmbeddedRedis.start(home)) {
      assertThat(redis.address().port()).isNotEqualTo(port);
      assertThat(get(redis, "kept")).isEqualTo("yes");
    }
  }

  @Test
  void writesWhatItHoldsAndEvictsNothing() {
    try (EmbeddedRedis redis = EmbeddedRedis.start(home)) {
      assertThat(setting(redis, "appendonly")).isEqualTo("yes");
      assertThat(setting(redis, "appendfsync")).isEqualTo("everysec");
      assertThat(setting(redis, "maxmemory-policy")).isEqualTo("noeviction");
      assertThat(setting(redis, "bind")).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void takesNobodyWithoutThePassword() throws IOException {
    try (EmbeddedRedis redis = EmbeddedRedis.start(home)) {
      RedisAddress guess = new RedisAddress(redis.address().port(), new Secret("guess"));
      assertThatThrownBy(() -> guess.ask(RedisCommands::ping)).isInstanceOf(RedisException.class);
      for (String name : new String[] {"redis.conf", "redis.password"}) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(name))))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aSecondProcessIsToldWhoHoldsTheDirectory() {
    try (EmbeddedRedis _ = EmbeddedRedis.start(home)) {
      assertThatThrownBy(() -> EmbeddedRedis.start(home))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("in use by the process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void comesBackOnItsPortWhenItIsKilled() {
    try (EmbeddedRedis redis = EmbeddedRedis.start(home)) {
      redis.kill();
      assertThat(answer(redis)).isEqualTo("PONG");
    }
  }

  @Test
  void replacesTheServerThatAKilledProcessLeft() throws IOException {
    long orphan;
    try (ChildJvm child = ChildJvm.start(Orphaning.class, home.toString())) {
      orphan = Long.parseLong(child.awaitLine("pid "));
    }
    assertThat(ServerProcess.runs(orphan, "redis-server")).isTrue();
    try (EmbeddedRedis redis = EmbeddedRedis.start(home)) {
      assertThat(ServerProcess.runs(orphan, "redis-server")).isFalse();
      assertThat(get(redis, "acknowledged")).isEqualTo("yes");
    }
  }

  /** Starts a server, writes to it, and is killed. */
  static final class Orphaning {

    private Orphaning() {}

    public static void main(String[] arguments) throws InterruptedException {
      Path home = Path.of(arguments[0]);
      EmbeddedRedis redis = EmbeddedRedis.start(home);
      redis.address().ask(commands -> commands.set("acknowledged", "yes"));
      System.out.println("pid " + PrivateFiles.read(home.resolve("redis.pid")));
      new CountDownLatch(1).await();
    }
  }

  @Test
  void startsThoughAnotherProcessBearsTheNumberOfTheDead() throws IOException {
    try (EmbeddedRedis _ = EmbeddedRedis.start(home)) {
      assertThat(home.resolve("redis.pid")).exists();
    }
    Files.writeString(home.resolve("redis.pid"), ProcessHandle.current().pid() + "\n");
    try (EmbeddedRedis redis = EmbeddedRedis.start(home)) {
      assertThat(answer(redis)).isEqualTo("PONG");
    }
  }

  /** What it answers; on a busy machine it may not do so in time at once. */
  private static <T> T ask(
      EmbeddedRedis redis, Function<RedisCommands<String, String>, T> question) {
    return await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsInstanceOf(RedisException.class)
        .until(() -> redis.address().ask(question), _ -> true);
  }

  private static String answer(EmbeddedRedis redis) {
    return ask(redis, RedisCommands::ping);
  }

  private static String get(EmbeddedRedis redis, String key) {
    return ask(redis, commands -> commands.get(key));
  }

  private static String setting(EmbeddedRedis redis, String name) {
    Map<String, String> all = ask(redis, commands -> commands.configGet(name));
    return all.getOrDefault(name, "");
  }
}
