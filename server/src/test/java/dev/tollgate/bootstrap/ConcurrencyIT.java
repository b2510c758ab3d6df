package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.spend.SpendConfig;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Many callers of one budget at a time: never a cent too much, never refused for good too soon. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConcurrencyIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long NANOS_A_CENT = 10_000_000;

  /** Nano-dollars a token of claude-haiku-4-5. */
  private static final long INPUT = 1_000;

  private static final long OUTPUT = 5_000;

  /** The least that a capped answer is left with. */
  private static final long LEAST_OUTPUT = 1_024;

  private static final long MESSAGE_OVERHEAD = 16;

  /** The maximum of the calls of the one moment. */
  private static final long MAXIMUM = 10_000;

  private static final int CALLERS = 32;
  private static final int CALLS = 8;

  /** Answers that the callers of the one moment have had. */
  private final AtomicInteger decided = new AtomicInteger();

  private TestGateway gateway;

  @BeforeAll
  void start() {
    gateway = TestGateway.start(wishes -> wishes.spend(shortWait(SpendConfig.DEFAULT)));
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  private static SpendConfig shortWait(SpendConfig config) {
    return new SpendConfig(
        Duration.ofMillis(500),
        config.waiters(),
        config.settleTimeout(),
        config.outstanding(),
        config.batch(),
        config.leaseLifetime(),
        config.accounts(),
        config.labels(),
        config.drain());
  }

  private Tenant tenant(long cents, String estimation) {
    Tenant tenant = gateway.tenant(cents);
    gateway.budget(
        tenant,
        "{\"monthlyBudgetCents\":%d,\"ladder\":\"off\",\"estimation\":\"%s\"}"
            .formatted(cents, estimation));
    return tenant;
  }

  private static String asked(long maximum, String directives) {
    return "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":%d,\"messages\":[{\"role\":\"user\","
            .formatted(maximum)
        + "\"content\":\"Hi [[sim: %s]]\"}]}".formatted(directives);
  }

  private HttpResponse<String> call(Tenant tenant, String body) {
    return gateway.send("POST", "/v1/messages", tenant.key(), body);
  }

  private static String refusal(HttpResponse<String> response) {
    return response.headers().firstValue("x-tollgate-refusal").orElse("");
  }

  private static long sum(JsonNode ledger) {
    long sum = 0;
    for (JsonNode item : ledger) {
      sum += item.path("costNanos").asLong();
    }
    return sum;
  }

  /** Runs all at once, and returns when all have ended. */
  private static <T> List<T> together(List<Callable<T>> tasks)
      throws InterruptedException, ExecutionException, TimeoutException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = tasks.stream().map(threads::submit).toList();
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(3, TimeUnit.MINUTES));
      }
      return results;
    }
  }

  // All at the same moment
  // ----------------------------------------------------------------------------------------

  /** A request that costs what is held for it: five digits, so that its length stays the same. */
  private static String dear(long inputTokens) {
    return asked(MAXIMUM, "input-tokens=%05d output-tokens=%d".formatted(inputTokens, MAXIMUM));
  }

  @Test
  void letsExactlyAsManyThroughAsThereIsRoomFor()
      throws InterruptedException, ExecutionException, TimeoutException {
    Tenant probe = tenant(10_000, "strict");
    assertThat(call(probe, dear(1)).statusCode()).isEqualTo(200);
    long held = gateway.ledger(probe).path(0).path("heldNanos").asLong();
    String body = dear((held - MAXIMUM * OUTPUT) / INPUT);
    long cents = Math.ceilDiv(10 * held, NANOS_A_CENT);
    assertThat(cents * NANOS_A_CENT).isBetween(10 * held, 11 * held - 1);
    Tenant tenant = tenant(cents, "strict");

    gateway.simulator().closeGate();
    List<HttpResponse<String>> all;
    try (ExecutorService opener = Executors.newSingleThreadExecutor()) {
      List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        calls.add(() -> counted(call(tenant, body)));
      }
      Future<?> opened = opener.submit(this::openOnceAllAreDecided);
      all = together(calls);
      opened.get(1, TimeUnit.MINUTES);
    }

    List<HttpResponse<String>> passed =
        all.stream().filter(response -> response.statusCode() == 200).toList();
    List<HttpResponse<String>> refused =
        all.stream().filter(response -> response.statusCode() != 200).toList();
    assertThat(passed).hasSize(10);
    assertThat(refused)
        .hasSize(54)
        .allMatch(response -> response.statusCode() == 429)
        .allMatch(response -> refusal(response).equals("budget_held"))
        .allMatch(
            response -> response.headers().firstValue("x-should-retry").orElse("").equals("true"))
        .allMatch(response -> response.headers().firstValue("retry-after").orElse("").equals("1"));
    assertThat(gateway.ledger(tenant).size()).isEqualTo(10);
    assertThat(sum(gateway.ledger(tenant)))
        .isEqualTo(10 * held)
        .isLessThanOrEqualTo(cents * NANOS_A_CENT);
    HttpResponse<String> late = call(tenant, body);
    assertThat(late.statusCode()).isEqualTo(429);
    assertThat(refusal(late)).isEqualTo("budget_insufficient");
    assertThat(gateway.books().differences()).isEmpty();
  }

  private HttpResponse<String> counted(HttpResponse<String> response) {
    decided.incrementAndGet();
    return response;
  }

  /** Ten are at the upstream, and nobody else will ever come there. */
  private void openOnceAllAreDecided() {
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> decided.get() + gateway.simulator().stats().parked() == 64);
      assertThat(gateway.simulator().stats().parked()).isEqualTo(10);
    } finally {
      gateway.simulator().openGate();
    }
  }

  // Each at its own pace
  // ------------------------------------------------------------------------------------------

  /** A call that ended; {@code floor} is at least what it would have needed. */
  private record Ended(long floor, Instant at, HttpResponse<String> response) {}

  @ParameterizedTest
  @CsvSource({"1, strict", "2, capped", "3, strict", "4, capped"})
  void neverOverspendsAndNeverRefusesForGoodWhatIsMerelyHeld(long seed, String estimation)
      throws InterruptedException, ExecutionException, TimeoutException {
    Random random = new Random(seed);
    long cents = random.nextLong(12, 32);
    long limit = cents * NANOS_A_CENT;
    Tenant tenant = tenant(cents, estimation);
    List<Callable<List<Ended>>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      long own = random.nextLong();
      callers.add(() -> run(tenant, new Random(own), estimation.equals("capped")));
    }
    List<Ended> ended = together(callers).stream().flatMap(List::stream).toList();

    JsonNode ledger = gateway.ledger(tenant);
    List<String> answered =
        ended.stream()
            .filter(call -> call.response().statusCode() == 200)
            .map(call -> call.response().headers().firstValue("x-tollgate-call-id").orElseThrow())
            .toList();
    assertThat(ledger.valueStream().map(item -> item.path("callId").stringValue()))
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(answered);
    assertThat(sum(ledger)).as("seed %d", seed).isPositive().isLessThanOrEqualTo(limit);
    List<Ended> forGood = ended.stream().filter(ConcurrencyIT::refusedForGood).toList();
    assertThat(forGood).as("seed %d: refused for good", seed).isNotEmpty();
    for (Ended call : forGood) {
      assertThat(settledBy(ledger, call.at()) + call.floor())
          .as("seed %d: %s", seed, call.response().body())
          .isGreaterThan(limit);
    }
    assertThat(ended)
        .filteredOn(call -> call.response().statusCode() != 200 && !refusedForGood(call))
        .as("seed %d", seed)
        .allMatch(call -> refusal(call.response()).equals("budget_held"));
    assertThat(gateway.books().differences()).as("seed %d", seed).isEmpty();
  }

  private List<Ended> run(Tenant tenant, Random random, boolean capped) {
    List<Ended> ended = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      long maximum = random.nextLong(200, 6_200);
      long output = 1 + random.nextLong(maximum);
      String body =
          asked(
              maximum,
              "output-tokens=%d first-byte=%dms".formatted(output, 50 + random.nextInt(500)));
      long least = capped ? Math.min(maximum, LEAST_OUTPUT) : maximum;
      long floor = (body.length() + MESSAGE_OVERHEAD) * INPUT + least * OUTPUT;
      HttpResponse<String> response = call(tenant, body);
      ended.add(new Ended(floor, Instant.now(), response));
    }
    return ended;
  }

  private static boolean refusedForGood(Ended call) {
    String refusal = refusal(call.response());
    return refusal.equals("budget_insufficient") || refusal.equals("budget_exhausted");
  }

  /** What was settled at that time at most. */
  private static long settledBy(JsonNode ledger, Instant at) {
    Instant latest = at.plusMillis(200);
    long sum = 0;
    for (JsonNode item : ledger) {
      if (!settledAt(item).isAfter(latest)) {
        sum += item.path("costNanos").asLong();
      }
    }
    return sum;
  }

  /**
   * About when an entry counted: from the end of its call on, which its commit may be long behind.
   * Neither of the two times is too early.
   */
  private static Instant settledAt(JsonNode item) {
    Instant ended =
        Instant.parse(item.path("heldAt").stringValue())
            .plus(item.path("totalMicros").asLong(), ChronoUnit.MICROS);
    Instant committed = Instant.parse(item.path("settledAt").stringValue());
    return ended.isBefore(committed) ? ended : committed;
  }
}
