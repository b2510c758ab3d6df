package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.EmbeddedRedis;
import dev.tollgate.bootstrap.RedisAddress;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import dev.tollgate.testing.Cable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisIT {

  private final List<String> heard = new CopyOnWriteArrayList<>();

  @Test
  void carriesMessagesBetweenNodesOfOnePrefix(@TempDir Path home) {
    try (EmbeddedRedis server = EmbeddedRedis.start(home);
        Redis one = open(server, "a:");
        Redis two = open(server, "a:");
        Redis stranger = open(server, "b:")) {
      List<String> strange = new CopyOnWriteArrayList<>();
      two.subscribe("news", heard::add);
      stranger.subscribe("news", strange::add);
      await().until(() -> one.available() && two.ping() && stranger.ping());
      publishUntilHeard(one, "hello");
      publishUntilHeard(two, "echo");
      assertThat(strange).isEmpty();
    }
  }

  @Test
  void connectsAgainByItselfAndHearsAgain(@TempDir Path home) throws IOException {
    try (EmbeddedRedis server = EmbeddedRedis.start(home);
        Cable cable = new Cable(server.address().port());
        Redis redis =
            Redis.open(
                new RedisConfig(
                    new RedisAddress(cable.port(), server.address().password()).url(), "a:"))) {
      redis.subscribe("news", heard::add);
      publishUntilHeard(redis, "before");
      // It is started again at once; the cable keeps it away until that has been seen.
      cable.cut();
      server.kill();
      await().until(() -> !redis.available() && !redis.ping());
      redis.publish("news", "lost");
      cable.mend();
      publishUntilHeard(redis, "after");
      await().until(redis::ping);
      assertThat(heard).doesNotContain("lost");
    }
  }

  @Test
  void isNoErrorToAnybodyWhileItWasNeverThere() {
    RedisConfig nowhere = new RedisConfig(new Secret("redis://127.0.0.1:1"), "a:");
    try (Redis redis = Redis.open(nowhere)) {
      redis.subscribe("news", heard::add);
      redis.publish("news", "lost");
      assertThat(redis.ping()).isFalse();
      assertThat(redis.available()).isFalse();
    }
  }

  @Test
  void doesNotQuoteAUrlThatIsWrong() {
    RedisConfig wrong = new RedisConfig(new Secret("http://:hunter2@host"), "a:");
    assertThatThrownBy(() -> Redis.open(wrong))
        .isInstanceOf(Failure.class)
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }

  @Test
  void outlivesAListenerThatThrows(@TempDir Path home) {
    try (EmbeddedRedis server = EmbeddedRedis.start(home);
        Redis redis = open(server, "a:")) {
      redis.subscribe(
          "news",
          message -> {
            throw new IllegalStateException("deaf");
          });
      redis.subscribe("news", heard::add);
      publishUntilHeard(redis, "one");
      publishUntilHeard(redis, "two");
    }
  }

  private static Redis open(EmbeddedRedis server, String prefix) {
    return Redis.open(new RedisConfig(server.address().url(), prefix));
  }

  /** A message is lost while the subscription is on its way: repeated until it arrives. */
  private void publishUntilHeard(Redis from, String message) {
    await()
        .until(() -> {
          from.publish("news", message);
          return heard.contains(message);
        });
  }
}
