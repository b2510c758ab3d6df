package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.models.RoutingConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** How attempts end at a provider that does what no well-kept one does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttemptEndsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String EVENT =
      "data:"
          + " {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":%s}]%s}\n\n";

  private static final String LONG = "{\"a\":\"" + "x".repeat(3_000_000) + "\"}";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger streams = new AtomicInteger();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private volatile String failure = "";
  private HttpServer odd;
  private TestGateway gateway;

  @BeforeAll
  void start() throws IOException {
    odd = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    odd.setExecutor(threads);
    odd.createContext("/drip", this::drip);
    odd.createContext("/hold", this::hold);
    odd.createContext("/kept", this::keep);
    odd.createContext("/failing", this::failing);
    odd.start();
    gateway = TestGateway.start(wishes -> wishes.models(models(wishes.models())));
  }

  @AfterAll
  void stop() {
    goOn.countDown();
    gateway.close();
    odd.stop(0);
    threads.close();
  }

  private ModelsConfig models(ModelsConfig models) {
    List<ProviderConfig> providers = new ArrayList<>(models.providers());
    providers.add(provider("drip", Duration.ofSeconds(30)));
    providers.add(provider("hold", Duration.ofSeconds(5)));
    providers.add(provider("kept", Duration.ofSeconds(30)));
    providers.add(provider("failing", Duration.ofSeconds(30)));
    return new ModelsConfig(
        providers,
        models.tiers(),
        Map.of("dripping", "drip/gpt-4.1"),
        new RoutingConfig(
                Map.of("dripping", List.of("openai/gpt-4o-mini")),
                0,
                Duration.ofSeconds(2),
                Duration.ofMillis(20))
            .with(RoutingConfig.Breaker.NEVER),
        models.unboundedInput(),
        models.learning(),
        models.streamDuration(),
        models.jsonDepth(),
        models.disconnect(),
        models.drainTimeout());
  }

  /** One connection a loop. */
  private ProviderConfig provider(String name, Duration firstByte) {
    URI url = URI.create("http://127.0.0.1:" + odd.getAddress().getPort() + "/" + name);
    ProviderConfig plain =
        ProviderConfig.of(name, Dialect.OPENAI, url, new Secret("sk-" + name), List.of("gpt-4.1"));
    return new ProviderConfig(
        name,
        Dialect.OPENAI,
        url,
        plain.apiKeys(),
        plain.models(),
        plain.aliases(),
        plain.headers(),
        Duration.ofSeconds(1),
        firstByte,
        PATIENCE,
        1,
        plain.ownKeys(),
        null);
  }

  /** A refusal that never ends, in pieces that come often enough. */
  private void drip(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(503, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      while (!goOn.await(200, TimeUnit.MILLISECONDS)) {
        body.write(' ');
        body.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A stream that stops after its first event until it is told to go on. */
  private void hold(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    streams.incrementAndGet();
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(EVENT.formatted("null", "").getBytes(StandardCharsets.UTF_8));
      body.flush();
      goOn.await();
      String end =
          EVENT.formatted("\"stop\"", "")
              + EVENT.formatted(
                  "null",
                  ",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":5,\"total_tokens\":10}")
              + "data: [DONE]\n\n";
      body.write(end.getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A stream that goes on with an error and ends with it. */
  private void failing(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      String text = EVENT.formatted("null", "") + "data: " + failure + "\n\n";
      body.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Makes a response, and has it long; when {@code cut} is asked for, half of it. */
  private void keep(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.getResponseHeaders().set("x-ratelimit-remaining-requests", "of the account");
    if (exchange.getRequestMethod().equals("POST")) {
      byte[] made =
          ("{\"id\":\"resp_kept\",\"object\":\"response\",\"status\":\"completed\",\"model\":"
                  + "\"gpt-4.1\",\"output\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":1,"
                  + "\"total_tokens\":2}}")
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, made.length);
      exchange.getResponseBody().write(made);
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(200, LONG.length());
    boolean cut = "cut".equals(exchange.getRequestURI().getQuery());
    exchange
        .getResponseBody()
        .write(LONG.getBytes(StandardCharsets.US_ASCII), 0, LONG.length() / (cut ? 2 : 1));
    exchange.getResponseBody().flush();
    exchange.close();
  }

  private HttpRequest request(Tenant tenant, String model) {
    return request("/v1/chat/completions", tenant, model);
  }

  private HttpRequest request(String route, Tenant tenant, String model) {
    return HttpRequest.newBuilder(URI.create(gateway.url() + route))
        .header("authorization", "Bearer " + tenant.key())
        .timeout(PATIENCE)
        .POST(
            HttpRequest.BodyPublishers.ofString(
                "{\"model\":\"%s\",\"stream\":true,\"max_tokens\":50,".formatted(model)
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
        .build();
  }

  @Test
  void doesNotWaitForARefusalThatNeverEnds() {
    Tenant tenant = gateway.tenant(1_000_000L);

    HttpResponse<String> answer = gateway.send(request(tenant, "dripping"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-tollgate-attempts")).hasValue("2");
  }

  /** Who leaves while the call waits for a connection has sent nothing that could cost. */
  @Test
  void chargesNothingForACallThatWasNeverSent() throws IOException, InterruptedException {
    Tenant tenant = gateway.tenant(1_000_000L);
    await().atMost(PATIENCE).until(() -> holds() == 0);
    // Streams of one connection are on one event loop, which has one connection to the provider.
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpRequest live = HttpRequest.newBuilder(URI.create(gateway.url() + "/health/live")).build();
      assertThat(http.send(live, HttpResponse.BodyHandlers.discarding()).version())
          .as("from now on there is one connection")
          .isEqualTo(HttpClient.Version.HTTP_2);
      CompletableFuture<HttpResponse<String>> first =
          http.sendAsync(request(tenant, "hold/gpt-4.1"), HttpResponse.BodyHandlers.ofString());
      await().atMost(PATIENCE).until(() -> streams.get() == 1);
      CompletableFuture<HttpResponse<String>> second =
          http.sendAsync(request(tenant, "hold/gpt-4.1"), HttpResponse.BodyHandlers.ofString());
      await().atMost(PATIENCE).until(() -> holds() == 2);
      second.cancel(true);
      // Given back after the patience with a connection and a first byte.
      await().atMost(PATIENCE).until(() -> holds() == 1);
      goOn.countDown();

      assertThat(first.join().body()).endsWith("data: [DONE]\n\n");
    }
    // No charge is left that could still come into the ledger.
    await().atMost(PATIENCE).until(() -> holds() == 0);
    assertThat(gateway.ledger(tenant))
        .extracting((JsonNode entry) -> entry.path("status").stringValue())
        .containsExactly("ok");
    assertThat(gateway.books().balanced()).isTrue();
  }

  /** How many calls have money held, or a charge that is not in the ledger yet. */
  private double holds() {
    return gateway.meters().get("spend.holds").gauge().value();
  }

  @Test
  void passesOnWhatIsKeptHoweverLongAndTellsOfACut() {
    Tenant tenant = gateway.tenant(1_000_000L);
    gateway.admin(
        "PATCH",
        "/admin/v1/organizations/" + tenant.id(),
        "{\"limits\":{\"requestsPerMinute\":1000}}",
        200);
    HttpResponse<String> made =
        gateway.send(
            "POST",
            "/v1/responses",
            tenant.key(),
            "{\"model\":\"kept/gpt-4.1\",\"max_output_tokens\":50,\"input\":\"Hi\"}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);

    HttpResponse<String> whole = gateway.send("GET", "/v1/responses/resp_kept", tenant.key(), "");

    assertThat(whole.body()).isEqualTo(LONG);
    assertThat(whole.headers().allValues("x-ratelimit-remaining-requests"))
        .singleElement()
        .asString()
        .containsOnlyDigits();
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> gateway.send("GET", "/v1/responses/resp_kept?cut", tenant.key(), ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"no more\",\"code\":502}}",
        "{ \"error\" : {\"message\":\"no more\",\"code\":502}}",
        "{\"id\":\"c\",\"error\":{\"message\":\"no more\",\"code\":502},\"choices\":[{\"index\":0,"
            + "\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}"
      })
  void tellsOfAnErrorInTheMiddleOnce(String event) {
    failure = event;
    Tenant tenant = gateway.tenant(1_000_000L);
    for (String route : new String[] {"/v1/messages", "/v1/chat/completions"}) {
      String body = gateway.send(request(route, tenant, "failing/gpt-4.1")).body();
      assertThat(body).contains("no more");
      assertThat(body.lines().filter(line -> line.startsWith("data:")).toList())
          .as(body)
          .filteredOn(line -> line.contains("\"error\""))
          .hasSize(1);
    }
  }
}
