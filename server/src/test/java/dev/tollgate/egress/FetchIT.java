package dev.tollgate.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fetching from real servers: one that may be reached and, on the same port, one that may not. */
class FetchIT {

  private static final Duration SECONDS = Duration.ofSeconds(10);

  private final AtomicInteger resolved = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> reachedInside = new ConcurrentLinkedQueue<>();
  private final CountDownLatch never = new CountDownLatch(1);

  private HttpServer outside;
  private HttpServer inside;
  private Egress egress;
  private volatile String address = "127.0.0.1";

  @BeforeEach
  void open() throws IOException {
    outside = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    outside.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    outside.createContext("/", this::answer);
    outside.start();
    inside =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), port()), 0);
    inside.createContext(
        "/",
        exchange -> {
          reachedInside.add(exchange.getRequestURI().toString());
          reply(exchange, 200, "a secret of the inside");
        });
    inside.start();
    egress =
        Egress.open(
            List.of(AddressRange.parse("127.0.0.1")), this::resolve, Duration.ofSeconds(10), null);
  }

  @AfterEach
  void close() {
    never.countDown();
    egress.close();
    outside.stop(0);
    inside.stop(0);
    assertThat(reachedInside).isEmpty();
  }

  private InetAddress[] resolve(String host) {
    resolved.incrementAndGet();
    return new InetAddress[] {InetAddress.ofLiteral(address)};
  }

  private void answer(HttpExchange exchange) throws IOException {
    seen.add(
        exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("host")
            + " "
            + exchange.getRequestHeaders().getFirst("authorization"));
    String path = exchange.getRequestURI().getPath();
    switch (path) {
      case "/large" -> reply(exchange, 200, "x".repeat(100_000));
      case "/silent" -> await();
      case "/garbage" -> exchange.close();
      case "/inside" -> redirect(exchange, "http://127.0.0.2:" + port() + "/");
      case "/other" -> redirect(exchange, "http://other.test:" + port() + "/here");
      case "/loop" -> redirect(exchange, "/loop");
      default -> {
        if (exchange.getRequestMethod().equals("POST")) {
          byte[] body = exchange.getRequestBody().readAllBytes();
          reply(exchange, 201, new String(body, StandardCharsets.UTF_8));
        } else {
          reply(exchange, 200, "here");
        }
      }
    }
  }

  private void await() {
    try {
      never.await();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().add("location", to);
    reply(exchange, 302, "elsewhere");
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private int port() {
    return outside.getAddress().getPort();
  }

  private Fetch get(String path) {
    return Fetch.get(
        URI.create("http://named.test:" + port() + path),
        Map.of("authorization", "Bearer hidden"),
        10_000,
        SECONDS);
  }

  @Test
  void asksTheCheckedAddressInTheNameOfTheHost() {
    Fetched answer = egress.fetch(get("/here?x=1"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("here");
    assertThat(seen).containsExactly("/here?x=1 named.test:" + port() + " Bearer hidden");
    assertThat(resolved).hasValue(1);
  }

  @Test
  void staysWithTheAddressThatWasCheckedWhenTheNameIsBoundAnew() {
    Pinned pinned =
        egress.check(URI.create("http://named.test:" + port())).toCompletableFuture().join();
    address = "127.0.0.2";
    assertThat(pinned.addresses()).containsExactly(InetAddress.ofLiteral("127.0.0.1"));
    assertThat(resolved).hasValue(1);
    assertRefused(ErrorCode.INVALID_REQUEST, get("/here"));
  }

  @Test
  void neverResolvesASecondTimeBetweenTheCheckAndTheConnection() {
    Egress rebinding =
        Egress.open(
            List.of(AddressRange.parse("127.0.0.1")),
            host ->
                new InetAddress[] {
                  InetAddress.ofLiteral(resolved.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2")
                },
            Duration.ofSeconds(10),
            null);
    try (rebinding) {
      assertThat(rebinding.fetch(get("/here")).body()).isEqualTo("here");
      assertThat(resolved).hasValue(1);
      assertThatThrownBy(() -> rebinding.fetch(get("/here"))).isInstanceOf(Failure.class);
    }
  }

  @Test
  void followsNoRedirectToTheInside() {
    assertRefused(ErrorCode.UPSTREAM_INVALID, get("/inside"));
  }

  @Test
  void keepsABoundOnRedirects() {
    assertRefused(ErrorCode.UPSTREAM_INVALID, get("/loop"));
    assertThat(seen).hasSize(Egress.REDIRECTS + 1);
  }

  @Test
  void tellsAnotherOriginNoCredentials() {
    Fetched answer = egress.fetch(get("/other"));
    assertThat(answer.url()).isEqualTo(URI.create("http://other.test:" + port() + "/here"));
    assertThat(seen)
        .containsExactly(
            "/other named.test:" + port() + " Bearer hidden",
            "/here other.test:" + port() + " null");
  }

  @Test
  void leavesARedirectToItsCallerWhereItWasNotAskedToFollow() {
    URI url = URI.create("http://named.test:" + port() + "/inside");
    Fetched answer = egress.fetch(new Fetch("POST", url, Map.of(), "a=b", 1_000, SECONDS, false));
    assertThat(answer.status()).isEqualTo(302);
  }

  @Test
  void sendsABody() {
    URI url = URI.create("http://named.test:" + port() + "/token");
    Fetched answer = egress.fetch(new Fetch("POST", url, Map.of(), "a=ü", 1_000, SECONDS, false));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("a=ü");
  }

  @Test
  void readsNoMoreThanItWasTold() {
    assertRefused(ErrorCode.UPSTREAM_INVALID, get("/large"));
  }

  @Test
  void waitsNoLongerThanItWasTold() {
    URI url = URI.create("http://named.test:" + port() + "/silent");
    assertRefused(
        ErrorCode.UPSTREAM_TIMEOUT, Fetch.get(url, Map.of(), 1_000, Duration.ofMillis(300)));
  }

  @Test
  void tellsAConnectionThatBreaksOrIsRefused() {
    assertRefused(ErrorCode.UPSTREAM_INVALID, get("/garbage"));
    outside.stop(0);
    assertRefused(ErrorCode.UPSTREAM_UNREACHABLE, get("/here"));
  }

  @Test
  void triesTheNextAddressWhereOneDoesNotAnswer() {
    try (Egress two =
        Egress.open(
            List.of(AddressRange.parse("127.0.0.0/8")),
            host ->
                new InetAddress[] {
                  InetAddress.ofLiteral("127.0.0.3"), InetAddress.ofLiteral("127.0.0.1")
                },
            Duration.ofSeconds(10),
            null)) {
      assertThat(two.fetch(get("/here")).body()).isEqualTo("here");
    }
  }

  private void assertRefused(ErrorCode code, Fetch fetch) {
    assertThatThrownBy(() -> egress.fetch(fetch))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }
}
