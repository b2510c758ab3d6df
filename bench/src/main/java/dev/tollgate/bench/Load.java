package dev.tollgate.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A closed loop of callers over keep-alive connections, on one event loop: each sends its next
 * request when its last answer is whole.
 */
final class Load {

  private static final int MOST = 2_000_000;

  private final HttpClient client;
  private final RequestOptions target;
  private final Asked asked;
  private final long[] firstByte = new long[MOST];
  private final long[] lastByte = new long[MOST];
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong number = new AtomicLong();

  /** What is sent, and which answers are right. */
  interface Asked {

    /** The body of the request of this number; numbers go on from run to run. */
    Buffer body(long number);

    /** Whether the body of an answer of status 200 is what was asked for. */
    boolean right(Buffer answer);
  }

  /** Latencies in microseconds, at the median and the 99th of a hundred. */
  record Result(int answered, long failed, long first50, long first99, long last50, long last99) {}

  Load(Vertx vertx, RequestOptions target, Asked asked, int connections) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(connections));
    this.target = target;
    this.asked = asked;
  }

  /** The same request to Anthropic's interface, again and again. */
  static Load ofMessages(Vertx vertx, int port, String key, Buffer body, int connections) {
    RequestOptions target =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setMethod(HttpMethod.POST)
            .setURI("/v1/messages")
            .putHeader("x-api-key", key)
            .putHeader("anthropic-version", "2023-06-01")
            .putHeader("content-type", "application/json");
    Asked asked =
        new Asked() {
          @Override
          public Buffer body(long number) {
            return body;
          }

          @Override
          public boolean right(Buffer answer) {
            return true;
          }
        };
    return new Load(vertx, target, asked, connections);
  }

  /** Runs {@code connections} callers for {@code time}. */
  Result run(int connections, Duration time) throws InterruptedException {
    answered.set(0);
    failed.set(0);
    long end = System.nanoTime() + time.toNanos();
    CountDownLatch callers = new CountDownLatch(connections);
    for (int i = 0; i < connections; i++) {
      call(end, callers);
    }
    callers.await();
    int count = Math.min(answered.get(), MOST);
    long[] first = sorted(firstByte, count);
    long[] last = sorted(lastByte, count);
    return new Result(
        count, failed.get(), at(first, 0.5), at(first, 0.99), at(last, 0.5), at(last, 0.99));
  }

  private void call(long end, CountDownLatch callers) {
    long sent = System.nanoTime();
    if (sent >= end) {
      callers.countDown();
      return;
    }
    client
        .request(target)
        .compose(request -> request.send(asked.body(number.getAndIncrement())))
        .onComplete(
            response -> {
              long first = System.nanoTime() - sent;
              response
                  .body()
                  .onComplete(
                      whole -> {
                        if (response.statusCode() == 200 && asked.right(whole)) {
                          record(first, System.nanoTime() - sent);
                        } else {
                          failed.incrementAndGet();
                        }
                        call(end, callers);
                      },
                      lost -> retry(end, callers));
            },
            lost -> retry(end, callers));
  }

  private void retry(long end, CountDownLatch callers) {
    failed.incrementAndGet();
    call(end, callers);
  }

  private void record(long first, long last) {
    int at = answered.getAndIncrement();
    if (at < MOST) {
      firstByte[at] = first / 1_000;
      lastByte[at] = last / 1_000;
    }
  }

  private static long[] sorted(long[] values, int count) {
    long[] copy = Arrays.copyOf(values, count);
    Arrays.sort(copy);
    return copy;
  }

  private static long at(long[] sorted, double quantile) {
    return sorted.length == 0 ? -1 : sorted[(int) (quantile * (sorted.length - 1))];
  }
}
