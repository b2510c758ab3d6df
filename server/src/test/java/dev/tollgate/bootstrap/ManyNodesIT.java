package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.simulator.Simulator;
import dev.tollgate.spend.Books;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two nodes of one budget that are killed under load, and PostgreSQL with them. */
class ManyNodesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String ADMINISTRATOR = "an-administrator-of-many-nodes";
  private static final JsonMapper JSON = new JsonMapper();
  private static final int NODES = 2;
  private static final int CALLERS = 8;
  private static final long NANOS_A_CENT = 10_000_000;

  @TempDir Path home;

  private final AtomicReferenceArray<NodeProcess> nodes = new AtomicReferenceArray<>(NODES);
  private final Map<String, Long> paid = new ConcurrentHashMap<>();
  private final AtomicInteger cut = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private EmbeddedPostgres postgres;
  private EmbeddedRedis redis;
  private Simulator simulator;

  @BeforeEach
  void startServers() throws IOException {
    postgres = EmbeddedPostgres.start(home.resolve("postgres"));
    redis = EmbeddedRedis.start(home.resolve("redis"));
    simulator = Simulator.start();
    PostgresAddress owner = postgres.owner();
    Files.writeString(
        home.resolve("tollgate.yaml"),
        """
        database: { url: "postgresql://%s:%s@127.0.0.1:%d/%s" }
        redis: { url: "%s" }
        logs: { access: false, level: error }
        providers:
          - { name: upstream, dialect: anthropic, base-url: "%s", api-keys: ["x"] }
        """
            .formatted(
                owner.user(),
                owner.password().reveal(),
                owner.port(),
                owner.database(),
                redis.address().url().reveal(),
                simulator.url()));
    for (int node = 0; node < NODES; node++) {
      start(node);
    }
  }

  @AfterEach
  void stopServers() {
    for (int node = 0; node < NODES; node++) {
      NodeProcess running = nodes.get(node);
      if (running != null) {
        running.close();
      }
    }
    simulator.close();
    redis.close();
    postgres.close();
  }

  @Test
  @Timeout(600)
  void overspendsNothingAndForgetsNothingThoughNodesAndPostgresAreKilled() throws Exception {
    String id =
        nodes
            .get(0)
            .admin(
                ADMINISTRATOR,
                "POST",
                "/organizations",
                "{\"name\":\"many\",\"monthlyBudgetCents\":100000}")
            .path("id")
            .stringValue();
    String key =
        nodes
            .get(0)
            .admin(ADMINISTRATOR, "POST", "/organizations/" + id + "/keys", "{\"name\":\"test\"}")
            .path("key")
            .stringValue();
    long limit = killUnderLoad(id, key);
    assertThat(wrong).isEmpty();
    assertThat(spent()).as("with what is presumed").isLessThanOrEqualTo(limit);
    assertThat(refused.get()).as("the limit was in reach").isPositive();
    await().atMost(PATIENCE).ignoreExceptions().until(() -> unresolved() == 0);
    int open = cut.get();
    assertThat(
            number(
                "SELECT coalesce(sum(cost_nanos), 0) FROM tollgate.ledger WHERE kind <> 'charge'"))
        .as("presumed of %d calls that were open at kills", open)
        .isBetween(0L, open * mostHeld());

    spendsTheRest(key, limit(id, 12));
    assertThat(charges()).containsAllEntriesOf(paid);
    try (Storage storage = Storage.open(config())) {
      assertThat(Books.verify(storage).differences()).isEmpty();
    }
  }

  /** Sets a limit of so many cents more than is spent; blocked from ten cents before it. */
  private long limit(String id, int more) throws Exception {
    long cents = spent() / NANOS_A_CENT + more;
    nodes
        .get(0)
        .admin(
            ADMINISTRATOR,
            "PUT",
            "/organizations/" + id + "/budget",
            "{\"monthlyBudgetCents\":" + cents + "}");
    return cents * NANOS_A_CENT;
  }

  /** Kills nodes, and PostgreSQL, the last two times within reach of the limit that is returned. */
  private long killUnderLoad(String id, String key) throws Exception {
    long limit = 0;
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < CALLERS; caller++) {
        int first = caller;
        callers.execute(() -> callUntil(over, first, key));
      }
      try {
        for (int kill = 0; kill < 3; kill++) {
          int before = decided();
          await().atMost(PATIENCE).until(() -> decided() >= before + 30);
          if (kill == 1) {
            limit = limit(id, 13);
            postgres.kill();
          }
          nodes.get(kill % NODES).kill();
          start(kill % NODES);
        }
        int before = decided();
        await().atMost(PATIENCE).until(() -> decided() >= before + 30);
      } finally {
        over.set(true);
      }
    }
    return limit;
  }

  /** Calls that were paid, or refused for want of money. */
  private int decided() {
    return paid.size() + refused.get();
  }

  private void callUntil(AtomicBoolean over, int first, String key) {
    for (int call = first; !over.get(); call++) {
      try {
        HttpResponse<String> answer =
            nodes.get(call % NODES).call(key, "output-tokens=20 first-byte=20ms");
        if (answer.statusCode() == 200) {
          record(answer);
        } else if (answer.statusCode() == 429) {
          refused.incrementAndGet();
        } else if (answer.statusCode() != 503) {
          wrong.add(answer.statusCode() + " " + answer.body());
        }
      } catch (ConnectException starting) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      } catch (IOException killed) {
        cut.incrementAndGet();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Of claude-haiku-4-5: 1,000 nano-dollars a token in, 5,000 a token out. */
  private void record(HttpResponse<String> answer) {
    JsonNode usage = JSON.readTree(answer.body()).path("usage");
    paid.put(
        answer.headers().firstValue("x-tollgate-call-id").orElseThrow(),
        1_000 * usage.path("input_tokens").asLong() + 5_000 * usage.path("output_tokens").asLong());
  }

  /** To the block step, of which ten cents remain at most, from each node in turn. */
  private void spendsTheRest(String key, long limit) throws Exception {
    for (int call = 0; call < 500 && limit - spent() >= 10 * NANOS_A_CENT; call++) {
      HttpResponse<String> answer =
          nodes.get(call % NODES).call(key, "output-tokens=50 input-tokens=1000");
      if (answer.statusCode() == 200) {
        record(answer);
      }
    }
    assertThat(limit - spent()).isBetween(0L, 10 * NANOS_A_CENT);
    for (int node = 0; node < NODES; node++) {
      // A node learns within a second or two what the others spent.
      NodeProcess last = nodes.get(node);
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> last.call(key, "output-tokens=5").statusCode() == 429);
    }
  }

  private void start(int node) throws IOException {
    Path data = home.resolve("node" + node);
    nodes.set(node, NodeProcess.start(data, home.resolve("tollgate.yaml"), ADMINISTRATOR));
  }

  private StorageConfig config() {
    PostgresAddress owner = postgres.owner();
    return new StorageConfig(owner.jdbcUrl(), owner.user(), owner.password(), 2);
  }

  private long spent() throws SQLException {
    return number("SELECT coalesce(sum(cost_nanos), 0) FROM tollgate.ledger");
  }

  private long mostHeld() throws SQLException {
    return number("SELECT max(held_nanos) FROM tollgate.ledger WHERE kind = 'charge'");
  }

  /** Leases of processes that are gone, and that their successors have not looked at. */
  private long unresolved() throws SQLException {
    return number(
        """
        SELECT count(*) FROM tollgate.leases l JOIN tollgate.nodes n ON n.id = l.node_id
        WHERE l.epoch < n.epoch AND (l.state = 'live' OR l.state = 'frozen' AND NOT l.resolved)
        """);
  }

  private long number(String query) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    query(query, row -> numbers.add(row.getLong(1)));
    return numbers.getFirst();
  }

  private Map<String, Long> charges() throws SQLException {
    Map<String, Long> charges = new HashMap<>();
    query(
        "SELECT call_id, cost_nanos FROM tollgate.ledger WHERE kind = 'charge'",
        row ->
            assertThat(charges.put(row.getString(1), row.getLong(2))).as("charged once").isNull());
    return charges;
  }

  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void query(String query, Row reader) throws SQLException {
    PostgresAddress superuser = postgres.superuser();
    try (Connection connection =
            new PostgresAddress(
                    superuser.port(),
                    postgres.owner().database(),
                    superuser.user(),
                    superuser.password())
                .connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        reader.read(rows);
      }
    }
  }
}
