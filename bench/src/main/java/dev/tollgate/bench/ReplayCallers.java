package dev.tollgate.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Sends the requests of a trace when they are due, whether earlier ones are answered or not: turns
 * of conversations as streams of Messages, code as whole Chat Completions. Latencies count from
 * when a request was due. Lives on one event loop.
 */
final class ReplayCallers {

  private static final int CONNECTIONS = 2_048;
  private static final long TICK_MILLIS = 1;

  /** What a provider takes to the first byte, and for each token. */
  private static final int FIRST_BYTE_MILLIS = 150;

  private static final String BEHAVIOUR =
      "first-byte=" + FIRST_BYTE_MILLIS + "ms; per-token=500us; input-tokens=%d; output-tokens=%d";

  /** No first byte of an answer was seen; one of a whole answer may be early, and below zero. */
  private static final long UNANSWERED = Long.MIN_VALUE;

  private final Vertx vertx;
  private final HttpClientAgent client;
  private final List<GatewayNode> nodes;
  private final List<TraceRow> rows;
  private final List<String> keys;
  private final int[] tenants;
  private final double speed;
  private final Map<String, Integer> verdicts = new TreeMap<>();
  private final long[] firstByte;
  private final CountDownLatch open;

  private int sent;
  private long startNanos;

  /**
   * @param tenants whose each row is: a place in {@code keys}
   */
  ReplayCallers(
      Vertx vertx,
      List<GatewayNode> nodes,
      List<TraceRow> rows,
      List<String> keys,
      int[] tenants,
      double speed) {
    this.vertx = vertx;
    this.nodes = nodes;
    this.rows = rows;
    this.keys = keys;
    this.tenants = tenants.clone();
    this.speed = speed;
    this.firstByte = new long[rows.size()];
    Arrays.fill(firstByte, UNANSWERED);
    this.open = new CountDownLatch(rows.size());
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(-1));
  }

  /** Runs the whole trace; false: not every request had a verdict in time. */
  boolean run() throws InterruptedException {
    vertx.runOnContext(ignored -> {
      startNanos = System.nanoTime();
      vertx.setPeriodic(TICK_MILLIS, this::tick);
    });
    long longest = (long) (rows.getLast().at().toSeconds() / speed) + 120;
    return open.await(longest, TimeUnit.SECONDS);
  }

  private void tick(long timer) {
    long now = System.nanoTime();
    while (sent < rows.size() && now - due(sent) >= 0) {
      send(sent++);
    }
    if (sent == rows.size()) {
      vertx.cancelTimer(timer);
    }
  }

  private long due(int row) {
    return startNanos + (long) (rows.get(row).at().toNanos() / speed);
  }

  private void send(int number) {
    TraceRow row = rows.get(number);
    GatewayNode node = nodes.get(number % nodes.size());
    RequestOptions target =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(node.port())
            .setMethod(HttpMethod.POST)
            .setURI(row.code() ? "/v1/chat/completions" : "/v1/messages")
            .putHeader("x-api-key", keys.get(tenants[number]))
            .putHeader("content-type", "application/json")
            .putHeader("x-simulator", BEHAVIOUR.formatted(row.input(), row.output()));
    client
        .request(target)
        .compose((HttpClientRequest request) -> request.send(body(row)))
        .compose((HttpClientResponse head) -> read(head, number))
        .onComplete(this::verdict, lost -> verdict("lost: " + lost.getClass().getSimpleName()));
  }

  private Future<String> read(HttpClientResponse head, int number) {
    long first = System.nanoTime() - due(number);
    return head.body()
        .map(body -> {
          if (head.statusCode() != 200) {
            String refusal = head.getHeader("x-tollgate-refusal");
            return "refused " + head.statusCode() + " " + (refusal == null ? "" : refusal);
          }
          firstByte[number] = first / 1_000 - FIRST_BYTE_MILLIS * 1_000L;
          if (!whole(rows.get(number), body.toString())) {
            return "broken off";
          }
          String step = head.getHeader("x-tollgate-downgraded");
          return step == null ? "answered" : "answered by a cheaper model";
        });
  }

  private static boolean whole(TraceRow row, String body) {
    return row.code() ? body.endsWith("}") : body.contains("event: message_stop");
  }

  private void verdict(String verdict) {
    verdicts.merge(verdict, 1, Integer::sum);
    open.countDown();
  }

  /** About four bytes a token, as English has. */
  private static Buffer body(TraceRow row) {
    int maximum = Math.max(1_024, row.output());
    return Buffer.buffer(
        "{\"model\":\"%s\",\"max_tokens\":%d,\"stream\":%s,\"messages\":[{\"role\":\"user\","
                .formatted(row.code() ? "gpt-4o" : "claude-opus-5-5", maximum, !row.code())
            + "\"content\":\""
            + "word".repeat(row.input())
            + "\"}]}");
  }

  /** How many requests got which verdict. */
  Map<String, Integer> verdicts() {
    return verdicts;
  }

  /**
   * Microseconds to the first byte beyond what the provider took, at a quantile, of the requests
   * that were due in a part of the run.
   *
   * @param from a share of the time, from 0
   * @param to a share of the time, to 1
   * @return -1: none was answered
   */
  long added(double quantile, double from, double to) {
    double all = rows.getLast().at().toNanos();
    long[] sorted =
        IntStream.range(0, rows.size())
            .filter(row -> firstByte[row] != UNANSWERED)
            .filter(row -> {
              double share = rows.get(row).at().toNanos() / all;
              return share >= from && (share < to || to >= 1);
            })
            .mapToLong(row -> firstByte[row])
            .sorted()
            .toArray();
    return sorted.length == 0 ? -1 : sorted[(int) (quantile * (sorted.length - 1))];
  }
}
