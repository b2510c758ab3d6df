package dev.tollgate.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Callers that each make one call after the other, of nodes at random, and write down what they got
 * whole and what it must have cost.
 */
final class PayingCallers {

  /** Of claude-haiku-4-5, in nano-dollars a token. */
  private static final long INPUT = 1_000;

  private static final long OUTPUT = 5_000;

  private static final JsonMapper JSON = new JsonMapper();

  private final Fleet fleet;
  private final String key;
  private final Map<String, Long> paid = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> refused = new ConcurrentHashMap<>();
  private final AtomicInteger cut = new AtomicInteger();

  PayingCallers(Fleet fleet, String key) {
    this.fleet = fleet;
    this.key = key;
  }

  /** Runs {@code callers} until {@code over}, or until money is refused for good. */
  void run(int callers, long seed, List<GatewayNode> nodes, BooleanSupplier over)
      throws InterruptedException {
    AtomicInteger exhausted = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int caller = 0; caller < callers; caller++) {
      Random random = new Random(seed * 1_000 + caller);
      threads.add(
          Thread.ofVirtual()
              .start(() ->
                  callUntil(
                      random, nodes, () -> over.getAsBoolean() || exhausted.get() > 0, exhausted)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void callUntil(
      Random random, List<GatewayNode> nodes, BooleanSupplier over, AtomicInteger exhausted) {
    try {
      while (!over.getAsBoolean()) {
        String outcome = call(nodes.get(random.nextInt(nodes.size())), random.nextInt(20, 200));
        if (outcome.equals("budget_exhausted")) {
          exhausted.incrementAndGet();
        } else if (!outcome.isEmpty()) {
          TimeUnit.MILLISECONDS.sleep(50);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One call; why it was refused, or empty when it was answered. */
  String call(GatewayNode node, int outputTokens) throws InterruptedException {
    int life = node.life();
    try {
      HttpResponse<String> response =
          fleet.http().send(request(node, outputTokens), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        record(response);
        node.answered(life);
        return "";
      }
      return count(
          response
              .headers()
              .firstValue("x-tollgate-refusal")
              .orElse(String.valueOf(response.statusCode())));
    } catch (ConnectException | HttpTimeoutException away) {
      return count("away");
    } catch (IOException torn) {
      cut.incrementAndGet();
      return count("cut");
    }
  }

  private HttpRequest request(GatewayNode node, int outputTokens) {
    return HttpRequest.newBuilder(URI.create(node.url() + "/v1/messages"))
        .timeout(Duration.ofSeconds(60))
        .header("x-api-key", key)
        .header("anthropic-version", "2023-06-01")
        .POST(
            HttpRequest.BodyPublishers.ofString(
                """
                {"model":"claude-haiku-4-5","max_tokens":200,"messages":[{"role":"user",\
                "content":"[[sim: input-tokens=40 output-tokens=%d first-byte=30ms]]"}]}\
                """
                    .formatted(outputTokens)))
        .build();
  }

  private void record(HttpResponse<String> response) {
    JsonNode usage = JSON.readTree(response.body()).path("usage");
    long cost =
        usage.path("input_tokens").asLong() * INPUT + usage.path("output_tokens").asLong() * OUTPUT;
    paid.put(response.headers().firstValue("x-tollgate-call-id").orElseThrow(), cost);
  }

  private String count(String outcome) {
    refused.computeIfAbsent(outcome, _ -> new AtomicInteger()).incrementAndGet();
    return outcome;
  }

  /** What each answered call cost by its own report, in nano-dollars. */
  Map<String, Long> paid() {
    return paid;
  }

  /** How many calls lost their connection before they had their answer. */
  int cut() {
    return cut.get();
  }

  /** How often what was answered instead. */
  Map<String, AtomicInteger> refused() {
    return new TreeMap<>(refused);
  }
}
