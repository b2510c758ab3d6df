package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.Closer;
import dev.tollgate.kernel.Secret;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.Cable;
import dev.tollgate.testing.Scratch;
import dev.tollgate.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two gateways on one database and one Redis, whose cable can be cut: the limits of a key. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedLimitsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int LIMIT = 8;

  /** An answer of a minute. */
  private static final String LONG = "[[sim: between=300ms output-tokens=200 chunks=200]]";

  private final Closer closer = new Closer();
  private final HttpClient http = HttpClient.newHttpClient();
  private List<TestGateway> nodes = List.of();
  private Cable cable;
  private String keys = "";

  @BeforeAll
  void start() {
    EmbeddedRedis redis = closer.add(EmbeddedRedis.start(Scratch.directory("shared-limits")));
    URI there = URI.create(redis.address().url().reveal());
    cable = new Cable(there.getPort());
    closer.add(() -> {
      try {
        cable.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    RedisConfig config =
        new RedisConfig(
            new Secret(
                redis.address().url().reveal().replace(":" + there.getPort(), ":" + cable.port())),
            "test:");
    StorageConfig database = TestDatabase.freshPlainOwner();
    MasterKey master = MasterKey.parse(MasterKey.generate());
    nodes = List.of(node(database, config, master), node(database, config, master));
    keys = "/admin/v1/organizations/" + nodes.getFirst().tenant(null).id() + "/keys";
  }

  private TestGateway node(StorageConfig database, RedisConfig redis, MasterKey master) {
    return closer.add(TestGateway.start(database, wishes -> wishes.redis(redis).masterKey(master)));
  }

  @AfterAll
  void stop() {
    http.close();
    closer.close();
  }

  /** Until both nodes share again what they had apart. */
  @BeforeEach
  void together() {
    cable.mend();
    await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(node -> alone(node) == 0));
    await().atMost(PATIENCE).until(() -> admittedInTurn(key("requestsPerMinute")) == LIMIT);
  }

  private static double alone(TestGateway node) {
    return node.meters().get("rate.limits.alone").gauge().value();
  }

  private String key(String limit) {
    return nodes
        .getFirst()
        .admin(
            "POST", keys, "{\"name\":\"shared\",\"limits\":{\"" + limit + "\":" + LIMIT + "}}", 201)
        .path("key")
        .stringValue();
  }

  private static int status(TestGateway node, String key) {
    return node.send("POST", "/v1/messages", key, message("hi", false)).statusCode();
  }

  private static String message(String say, boolean stream) {
    return "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":300,\"stream\":%s,\"messages\":"
            .formatted(stream)
        + "[{\"role\":\"user\",\"content\":\"%s\"}]}".formatted(say);
  }

  /** How many of more calls than the limit pass, made at the nodes in turn. */
  private int admittedInTurn(String key) {
    int admitted = 0;
    for (int call = 0; call < LIMIT + 4; call++) {
      int status = status(nodes.get(call % 2), key);
      assertThat(status).isIn(200, 429);
      admitted += status == 200 ? 1 : 0;
    }
    return admitted;
  }

  private int admittedAt(TestGateway node, String key) {
    int admitted = 0;
    while (status(node, key) == 200) {
      admitted++;
    }
    return admitted;
  }

  @Test
  void requestsAreLimitedOverBothNodes() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(admittedInTurn(key("requestsPerMinute"))).isEqualTo(LIMIT);
          String key = key("requestsPerMinute");
          assertThat(admittedAt(nodes.getFirst(), key)).isEqualTo(LIMIT);
          assertThat(admittedAt(nodes.getLast(), key)).isZero();
        });
  }

  @Test
  void withoutRedisEachNodeHasItsPartAndCallsGoOn() {
    cable.cut();
    // A node counts the others every five seconds.
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          String key = key("requestsPerMinute");
          assertThat(admittedAt(nodes.getFirst(), key)).isEqualTo(LIMIT / 2);
          assertThat(admittedAt(nodes.getLast(), key)).isEqualTo(LIMIT / 2);
        });
    assertThat(nodes).allMatch(node -> alone(node) == 1);
  }

  @Test
  void withASilentRedisCallsGoOn() {
    cable.silence();
    String key = key("requestsPerMinute");
    assertThat(admittedAt(nodes.getFirst(), key)).isBetween(1, LIMIT);
  }

  @Test
  void streamsAreLimitedOverBothNodesAndByPartsWithoutRedis() throws Exception {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(openAtOnce(key("concurrentStreams"), List.of(0, 1, 0, 1, 0, 1, 0, 1, 0, 1)))
                .as("together")
                .isEqualTo(LIMIT));
    cable.cut();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          String key = key("concurrentStreams");
          assertThat(openAtOnce(key, List.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1)))
              .as("apart")
              .isEqualTo(LIMIT);
          assertThat(openAtOnce(key("concurrentStreams"), List.of(0, 0, 0, 0, 0, 0)))
              .as("at one of them")
              .isEqualTo(LIMIT / 2);
        });
  }

  /** How many streams are open when each was asked for at its node. */
  private int openAtOnce(String key, List<Integer> at) throws IOException, InterruptedException {
    List<InputStream> open = new ArrayList<>();
    try {
      for (int node : at) {
        HttpResponse<InputStream> answer =
            http.send(
                HttpRequest.newBuilder(URI.create(nodes.get(node).url() + "/v1/messages"))
                    .header("x-api-key", key)
                    .POST(HttpRequest.BodyPublishers.ofString(message(LONG, true)))
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isIn(200, 429);
        if (answer.statusCode() == 200) {
          open.add(answer.body());
        } else {
          answer.body().close();
        }
      }
      return open.size();
    } finally {
      for (InputStream body : open) {
        body.close();
      }
    }
  }
}
