package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A node that is killed under load starts again on its data, and its books balance. */
class CrashIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int CALLERS = 4;

  @TempDir Path home;

  @Test
  void losesNothingThatItAnsweredWhenItIsKilled() throws Exception {
    Path data = home.resolve("data");
    List<String> answered;
    try (NodeProcess node = NodeProcess.start(data)) {
      node.admin(
          "PUT",
          "/organizations/" + organization(node) + "/budget",
          "{\"monthlyBudgetCents\":100000,\"ladder\":\"off\"}");
      refusesASecondProcess(data);
      answered = answeredUntilKilled(node);
    }
    assertThat(answered).hasSizeGreaterThanOrEqualTo(50);

    try (NodeProcess node = NodeProcess.start(data)) {
      assertThat(ledger(node).stream().map(entry -> entry.path("callId").stringValue()))
          .containsAll(answered);
      assertThat(node.call("output-tokens=5").statusCode()).isEqualTo(200);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(ledger(node))
                  .as(
                      "what the killed process leased is presumed, and what it did not hold"
                          + " reversed")
                  .extracting(entry -> entry.path("kind").stringValue())
                  .contains("presumed", "reversal"));
      assertThat(presumed(ledger(node)))
          .as("no more stays presumed than calls held when it was killed")
          .isBetween(0L, CALLERS * mostHeld(ledger(node)));
      assertThat(node.call("output-tokens=5").statusCode()).isEqualTo(200);
      balances(data, "while a node runs");
      assertThat(node.terminate()).as("after SIGTERM").isIn(0, 143);
    }
    balances(data, "when none runs");
  }

  private static long presumed(List<JsonNode> ledger) {
    return ledger.stream()
        .filter(entry -> !entry.path("kind").stringValue().equals("charge"))
        .mapToLong(entry -> entry.path("costNanos").asLong())
        .sum();
  }

  private static long mostHeld(List<JsonNode> ledger) {
    return ledger.stream()
        .filter(entry -> entry.path("kind").stringValue().equals("charge"))
        .mapToLong(entry -> entry.path("heldNanos").asLong())
        .max()
        .orElseThrow();
  }

  private static String organization(NodeProcess node) throws Exception {
    return node.admin("GET", "/organizations", "").path("items").path(0).path("id").stringValue();
  }

  private void refusesASecondProcess(Path data) throws Exception {
    NodeProcess.Said second =
        NodeProcess.run(home.resolve("second.log"), "serve", "--data", data.toString());
    assertThat(second.status()).isEqualTo(1);
    assertThat(second.text())
        .contains("the data directory " + data)
        .contains("in use by the process")
        .doesNotContain("\tat ");
  }

  /** Runs calls, kills the node in the midst of them; the ids of those that were answered. */
  private static List<String> answeredUntilKilled(NodeProcess node) throws Exception {
    Queue<String> ids = new ConcurrentLinkedQueue<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> calling = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        calling.add(callers.submit(() -> callUntilKilled(node, ids)));
      }
      await()
          .atMost(PATIENCE)
          .failFast("no caller is left", () -> calling.stream().allMatch(Future::isDone))
          .until(() -> ids.size() >= 50);
      node.kill();
    }
    return List.copyOf(ids);
  }

  private static void callUntilKilled(NodeProcess node, Queue<String> ids) {
    try {
      while (true) {
        HttpResponse<String> response = node.call("output-tokens=5 first-byte=30ms");
        if (response.statusCode() != 200) {
          throw new AssertionError(response.statusCode() + ": " + response.body());
        }
        ids.add(response.headers().firstValue("x-tollgate-call-id").orElseThrow());
      }
    } catch (IOException killed) {
      // That is the end of the load.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<JsonNode> ledger(NodeProcess node) throws Exception {
    List<JsonNode> entries = new ArrayList<>();
    String path = "/organizations/" + organization(node) + "/ledger?limit=1000";
    String cursor = "";
    do {
      JsonNode page = node.admin("GET", path + cursor, "");
      page.path("items").forEach(entries::add);
      cursor = "&cursor=" + page.path("nextCursor").stringValue("");
    } while (!cursor.equals("&cursor="));
    return entries;
  }

  private void balances(Path data, String when) throws Exception {
    NodeProcess.Said said =
        NodeProcess.run(home.resolve("books.log"), "books", "verify", "--data", data.toString());
    assertThat(said.text()).as(when).contains("the books balance");
    assertThat(said.status()).as(when).isZero();
  }
}
