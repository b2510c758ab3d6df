package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.simulator.Simulator;
import dev.tollgate.spend.Books;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody copies the data directory of a node that runs, and starts a second one on the copy. */
class ClonedNodeIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String ADMINISTRATOR = "an-administrator-of-two-clones";

  @TempDir Path home;

  @Test
  void theFirstOfThemStopsGrantingAndSaysWhyAndTheSecondServes() throws Exception {
    StorageConfig database = TestDatabase.freshPlainOwner();
    Path data = home.resolve("data");
    Path copy = home.resolve("copy");
    try (Simulator simulator = Simulator.start();
        NodeProcess first = NodeProcess.start(data, config(database, simulator), ADMINISTRATOR)) {
      String key = key(first);
      assertThat(first.call(key, "output-tokens=5").statusCode()).isEqualTo(200);
      try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<HttpResponse<String>> open =
            caller.submit(() -> first.call(key, "output-tokens=5 first-byte=5s"));
        copy(data, copy);
        try (NodeProcess second =
            NodeProcess.start(copy, home.resolve("tollgate.yaml"), ADMINISTRATOR)) {
          await()
              .atMost(PATIENCE)
              .untilAsserted(() -> {
                HttpResponse<String> refused = first.call(key, "output-tokens=5");
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("x-tollgate-refusal"))
                    .contains("budget_unavailable");
                assertThat(refused.body()).contains("another process runs under its node id");
              });
          assertThat(open.get().statusCode()).as("what it has granted it settles").isEqualTo(200);
          assertThat(second.call(key, "output-tokens=5").statusCode()).isEqualTo(200);
          assertThat(first.call(key, "output-tokens=5").statusCode()).isEqualTo(503);
        }
      }
    }
    try (Storage storage = Storage.open(database)) {
      assertThat(Books.verify(storage).differences()).isEmpty();
    }
  }

  private Path config(StorageConfig database, Simulator simulator) throws Exception {
    return Files.writeString(
        home.resolve("tollgate.yaml"),
        """
        database: { url: "%s" }
        logs: { access: false, level: error }
        providers:
          - { name: upstream, dialect: anthropic, base-url: "%s", api-keys: ["x"] }
        """
            .formatted(
                database
                    .jdbcUrl()
                    .replace(
                        "jdbc:postgresql://",
                        "postgresql://"
                            + database.user()
                            + ":"
                            + database.password().reveal()
                            + "@"),
                simulator.url()));
  }

  private static String key(NodeProcess node) throws Exception {
    String id =
        node.admin(
                ADMINISTRATOR,
                "POST",
                "/organizations",
                "{\"name\":\"cloned\",\"monthlyBudgetCents\":100000}")
            .path("id")
            .stringValue();
    return node.admin(
            ADMINISTRATOR, "POST", "/organizations/" + id + "/keys", "{\"name\":\"test\"}")
        .path("key")
        .stringValue();
  }

  private static void copy(Path from, Path to) throws Exception {
    Process copying =
        new ProcessBuilder("cp", "-R", from.toString(), to.toString()).inheritIO().start();
    assertThat(copying.waitFor()).isZero();
  }
}
