package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.models.RoutingConfig;
import dev.tollgate.simulator.Recorded;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What becomes of a call when the client or the provider misbehaves: the answer, the charge, and
 * the connection. A provider has few connections here, so that one that leaks is soon missed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern TEXT =
      Pattern.compile("\"(?:text|content)\":\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** The maximum of every request here, whose price is what a charge by the bound leaves out. */
  private static final long MAXIMUM = 30_000;

  /** Nano-dollars a token, of gpt-4o-mini and claude-haiku-4-5. */
  private static final long MINI_INPUT = 150;

  private static final long MINI_OUTPUT = 600;
  private static final long HAIKU_INPUT = 1_000;
  private static final long HAIKU_OUTPUT = 5_000;

  private final HttpClient http = HttpClient.newHttpClient();
  private TestGateway gateway;

  @BeforeAll
  void start() {
    gateway = TestGateway.start(wishes -> wishes.models(fewConnections(wishes.models())));
  }

  @AfterAll
  void stop() {
    http.close();
    gateway.close();
  }

  /** A call of the test before may end at its provider later than at its caller. */
  @BeforeEach
  void nothingIsUnderWay() {
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .until(() -> gateway.simulator().stats().active() == 0);
  }

  /**
   * The same with two connections a loop, and two more providers: one that has no patience, and one
   * that has none once an answer has begun.
   */
  private static ModelsConfig fewConnections(ModelsConfig models) {
    ProviderConfig anthropic = models.providers().getFirst();
    ProviderConfig openai = models.providers().getLast();
    Duration second = Duration.ofSeconds(1);
    return new ModelsConfig(
        List.of(
            provider(
                "impatient",
                openai.dialect(),
                openai.baseUrl(),
                List.of("gpt-4.1-nano"),
                second,
                second),
            provider(
                "restless",
                openai.dialect(),
                openai.baseUrl(),
                List.of("gpt-4.1-nano"),
                PATIENCE,
                second),
            provider(
                "anthropic", anthropic.dialect(), anthropic.baseUrl(), null, PATIENCE, PATIENCE),
            provider("openai", openai.dialect(), openai.baseUrl(), null, PATIENCE, PATIENCE)),
        models.tiers(),
        models.aliases(),
        models.routing().with(RoutingConfig.Breaker.NEVER),
        models.unboundedInput(),
        models.learning(),
        models.streamDuration(),
        models.jsonDepth(),
        models.disconnect(),
        models.drainTimeout());
  }

  private static ProviderConfig provider(
      String name,
      Dialect dialect,
      URI url,
      @Nullable List<String> models,
      Duration firstByte,
      Duration idle) {
    ProviderConfig plain = ProviderConfig.of(name, dialect, url, new Secret("sk-up"), models);
    return new ProviderConfig(
        name,
        dialect,
        url,
        plain.apiKeys(),
        models,
        plain.aliases(),
        plain.headers(),
        Duration.ofSeconds(1),
        firstByte,
        idle,
        2,
        plain.ownKeys(),
        null);
  }

  private Tenant tenant() {
    return gateway.tenant(1_000_000L);
  }

  private static String asked(String model, boolean stream, String directives) {
    return "{\"model\":\"%s\",\"max_tokens\":%d,\"stream\":%s,".formatted(model, MAXIMUM, stream)
        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi [[sim: %s]]\"}]}"
            .formatted(directives);
  }

  private HttpResponse<String> call(Tenant tenant, String path, String body) {
    return gateway.send("POST", path, tenant.key(), body);
  }

  private HttpResponse<String> messages(Tenant tenant, boolean stream, String directives) {
    return call(tenant, "/v1/messages", asked("claude-haiku-4-5", stream, directives));
  }

  private HttpResponse<String> completions(Tenant tenant, boolean stream, String directives) {
    return call(tenant, "/v1/chat/completions", asked("gpt-4o-mini", stream, directives));
  }

  /** The tenant's only entry, when it is there. */
  private JsonNode entry(Tenant tenant) {
    await().atMost(PATIENCE).until(() -> gateway.ledger(tenant).size() == 1);
    return gateway.ledger(tenant).path(0);
  }

  private static String status(JsonNode entry) {
    return entry.path("status").stringValue();
  }

  private static long cost(JsonNode entry) {
    return entry.path("costNanos").asLong();
  }

  /** What was held for everything but the output. */
  private static long inputBound(JsonNode entry, long outputRate) {
    return entry.path("heldNanos").asLong() - MAXIMUM * outputRate;
  }

  /** Bytes of text in a stream's deltas, escapes as they are written. */
  private static long delivered(String stream) {
    long bytes = 0;
    Matcher text = TEXT.matcher(stream);
    while (text.find()) {
      bytes += text.group(1).getBytes(StandardCharsets.UTF_8).length;
    }
    return bytes;
  }

  // The client goes away
  // ----------------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void cancelsTheUpstreamOfAClientThatIsGoneInMidStream(HttpClient.Version version)
      throws IOException, InterruptedException {
    long fastest = Long.MAX_VALUE;
    for (int run = 0; run < 3; run++) {
      fastest = Math.min(fastest, nanosToCancel(version));
    }
    // A machine that is busy may be late once; a gateway that reads on is late each time.
    assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofSeconds(1));
  }

  private long nanosToCancel(HttpClient.Version version) throws IOException, InterruptedException {
    Tenant tenant = tenant();
    long cancelled = gateway.simulator().stats().cancelled();
    HttpResponse<InputStream> response =
        http.send(
            HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/messages"))
                .version(version)
                .header("x-api-key", tenant.key())
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        asked(
                            "claude-haiku-4-5",
                            true,
                            "input-tokens=100 answer-bytes=20000 chunks=200 between=100ms")))
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    StringBuilder seen = new StringBuilder();
    long gone;
    try (InputStream body = response.body()) {
      byte[] bytes = new byte[4_096];
      while (delivered(seen.toString()) < 300) {
        seen.append(new String(bytes, 0, body.read(bytes), StandardCharsets.UTF_8));
      }
      gone = System.nanoTime();
    }
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(() -> gateway.simulator().stats().cancelled() == cancelled + 1);
    final long took = System.nanoTime() - gone;
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("disconnected");
    assertThat(entry.path("tokens").path("input").asLong()).isEqualTo(100);
    long output = entry.path("tokens").path("output").asLong();
    assertThat(output).isBetween(delivered(seen.toString()), 15_000L);
    assertThat(cost(entry)).isEqualTo(100 * HAIKU_INPUT + output * HAIKU_OUTPUT);
    return took;
  }

  @Test
  void cancelsTheUpstreamOfAClientThatIsGoneBeforeTheFirstByte() throws IOException {
    Tenant tenant = tenant();
    long cancelled = gateway.simulator().stats().cancelled();
    gateway.simulator().closeGate();
    try {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
        byte[] body =
            asked("gpt-4o-mini", false, "output-tokens=10").getBytes(StandardCharsets.UTF_8);
        socket
            .getOutputStream()
            .write(
                ("POST /v1/chat/completions HTTP/1.1\r\nhost: tollgate\r\nauthorization: Bearer "
                        + tenant.key()
                        + "\r\ncontent-length: "
                        + body.length
                        + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
        await().atMost(PATIENCE).until(() -> gateway.simulator().stats().parked() == 1);
      }
      await()
          .atMost(PATIENCE)
          .until(() -> gateway.simulator().stats().cancelled() == cancelled + 1);
      JsonNode entry = entry(tenant);
      assertThat(status(entry)).isEqualTo("disconnected");
      assertThat(cost(entry)).isPositive().isEqualTo(inputBound(entry, MINI_OUTPUT));
    } finally {
      gateway.simulator().openGate();
    }
  }

  // The provider goes away
  // --------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"reset", "close"})
  void tellsOfAStreamThatWasCutAndChargesWhatCame(String how) {
    Tenant tenant = tenant();
    HttpResponse<String> cut =
        messages(
            tenant,
            true,
            "input-tokens=100 answer-bytes=5000 chunks=50 between=10ms cut-after=20 cut=" + how);
    assertThat(cut.statusCode()).isEqualTo(200);
    assertThat(cut.body())
        .contains("event: message_start")
        .doesNotContain("message_stop")
        .contains("event: error\ndata: {\"type\":\"error\"")
        .contains("lost in the middle of the answer");
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("error");
    assertThat(delivered(cut.body())).isPositive();
    assertThat(cost(entry)).isEqualTo(100 * HAIKU_INPUT + delivered(cut.body()) * HAIKU_OUTPUT);
  }

  @Test
  void chargesACutStreamThatReportedNothingByTheBoundOfItsInput() {
    Tenant tenant = tenant();
    HttpResponse<String> cut =
        completions(tenant, true, "answer-bytes=5000 chunks=50 between=10ms cut-after=20");
    assertThat(cut.statusCode()).isEqualTo(200);
    assertThat(cut.body()).contains("data: {\"error\":{").doesNotContain("[DONE]");
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("error");
    assertThat(delivered(cut.body())).isPositive();
    assertThat(cost(entry))
        .isEqualTo(inputBound(entry, MINI_OUTPUT) + delivered(cut.body()) * MINI_OUTPUT);
  }

  @Test
  void tellsOfAStreamThatEndedWithoutItsEnd() {
    Tenant tenant = tenant();
    HttpResponse<String> ended = messages(tenant, true, "cut-after=4 cut=close between=10ms");
    assertThat(ended.body()).contains("event: error");
    assertThat(status(entry(tenant))).isEqualTo("error");
  }

  @Test
  void passesAnErrorInMidStreamAndChargesWhatCame() {
    Tenant tenant = tenant();
    HttpResponse<String> failed =
        messages(tenant, true, "input-tokens=100 answer-bytes=5000 chunks=50 error-after=20");
    assertThat(failed.body()).contains("event: error").contains("overloaded_error");
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("error");
    assertThat(cost(entry)).isEqualTo(100 * HAIKU_INPUT + delivered(failed.body()) * HAIKU_OUTPUT);
  }

  @Test
  void tellsOnceOfAnErrorThatEndsAStream() {
    Tenant tenant = tenant();
    HttpResponse<String> failed =
        completions(tenant, true, "input-tokens=100 answer-bytes=5000 chunks=50 error-after=20");
    assertThat(failed.body().split("\"error\":", -1)).hasSize(2);
    assertThat(status(entry(tenant))).isEqualTo("error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "close"})
  void refusesAWholeAnswerThatWasCut(String how) {
    Tenant tenant = tenant();
    HttpResponse<String> cut = completions(tenant, false, "cut-bytes=120 cut=" + how);
    assertThat(cut.statusCode()).isEqualTo(502);
    assertThat(cut.body()).contains("\"type\":\"server_error\"").contains("provider openai");
    JsonNode entry = entry(tenant);
    long input = inputBound(entry, MINI_OUTPUT);
    assertThat(status(entry)).isEqualTo("error");
    assertThat(cost(entry)).isBetween(input, input + 120 * MINI_OUTPUT);
  }

  @Test
  void givesUpOnAProviderThatKeepsSilent() {
    Tenant tenant = tenant();
    HttpResponse<String> silent =
        call(tenant, "/v1/chat/completions", asked("impatient/gpt-4.1-nano", false, "silent=true"));
    assertThat(silent.statusCode()).isEqualTo(504);
    assertThat(silent.body()).contains("provider impatient kept silent");
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("error");
    // gpt-4.1-nano: $0.40 a million tokens of output.
    assertThat(cost(entry)).isPositive().isEqualTo(inputBound(entry, 400));
  }

  @Test
  void givesUpOnAStreamThatFallsSilent() {
    Tenant tenant = tenant();
    HttpResponse<String> silent =
        call(tenant, "/v1/chat/completions", asked("restless/gpt-4.1-nano", true, "between=60s"));
    assertThat(silent.statusCode()).isEqualTo(200);
    assertThat(silent.body()).contains("data: {\"error\":{").contains("kept silent");
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("error");
    assertThat(cost(entry)).isEqualTo(inputBound(entry, 400));
  }

  // The provider answers oddly
  // ------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waitsForAProviderThatIsSlow(boolean stream) {
    Tenant tenant = tenant();
    HttpResponse<String> slow =
        completions(
            tenant, stream, "first-byte=300ms between=20ms input-tokens=100 output-tokens=40");
    assertThat(slow.statusCode()).isEqualTo(200);
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("ok");
    assertThat(cost(entry)).isEqualTo(100 * MINI_INPUT + 40 * MINI_OUTPUT);
    assertThat(entry.path("firstByteMicros").asLong()).isGreaterThanOrEqualTo(300_000);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesAnAnswerOfTheWrongContentType(boolean stream) {
    Tenant tenant = tenant();
    HttpResponse<String> page = messages(tenant, stream, "body=html");
    assertThat(page.statusCode()).isEqualTo(502);
    assertThat(page.body()).contains("\"type\":\"error\"").contains("text/html");
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("error");
    assertThat(cost(entry)).isPositive().isEqualTo(inputBound(entry, HAIKU_OUTPUT));
  }

  @Test
  void refusesAnAnswerThatIsNoJson() {
    Tenant tenant = tenant();
    HttpResponse<String> torn = completions(tenant, false, "body=invalid");
    assertThat(torn.statusCode()).isEqualTo(502);
    assertThat(torn.body()).contains("not a JSON object");
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("error");
    assertThat(cost(entry)).isGreaterThan(inputBound(entry, MINI_OUTPUT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void unpacksAnAnswerThatCameInGzipUnasked(boolean stream) {
    Tenant tenant = tenant();
    HttpResponse<String> plain =
        completions(tenant, stream, "gzip=true input-tokens=100 output-tokens=40");
    assertThat(plain.statusCode()).isEqualTo(200);
    assertThat(plain.headers().firstValue("content-encoding")).isEmpty();
    assertThat(plain.body()).startsWith(stream ? "data: {" : "{").contains("[simulated]");
    assertThat(cost(entry(tenant))).isEqualTo(100 * MINI_INPUT + 40 * MINI_OUTPUT);
  }

  @Test
  void letsALongAnswerFlowAndChargesIt() {
    Tenant tenant = tenant();
    HttpResponse<String> huge =
        completions(tenant, false, "answer-bytes=3000000 input-tokens=100 output-tokens=40");
    assertThat(huge.statusCode()).isEqualTo(200);
    assertThat(huge.body()).hasSize(3_000_000);
    assertThat(JSON.readTree(huge.body()).path("usage").path("completion_tokens").asInt())
        .isEqualTo(40);
    // It was not held back until its cost was known.
    assertThat(huge.headers().firstValue("x-tollgate-cost-usd")).isEmpty();
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("ok");
    assertThat(cost(entry)).isEqualTo(100 * MINI_INPUT + 40 * MINI_OUTPUT);
  }

  // What crosses the gateway
  // --------------------------------------------------------------------------------------

  /**
   * An answer of another model would be let past what the key may use, and priced as this one's.
   */
  @ParameterizedTest
  @CsvSource({
    "/v1/messages,claude-haiku-4-5,fallbacks",
    "/v1/chat/completions,gpt-4o-mini,models",
    "/v1/responses,gpt-4o-mini,models",
  })
  void refusesABodyThatHasTheProviderChooseTheModel(String path, String model, String field) {
    Tenant tenant = tenant();
    long sent = gateway.simulator().stats().requests();
    HttpResponse<String> refused =
        call(
            tenant,
            path,
            "{\"model\":\"%s\",\"max_tokens\":9,\"messages\":[],\"input\":\"Hi\",".formatted(model)
                + "\"%s\":[{\"model\":\"dearer\"}]}".formatted(field));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("the field " + field + " is not taken here");
    assertThat(gateway.simulator().stats().requests()).isEqualTo(sent);
  }

  @Test
  void refusesABodyThatNamesTwoModelsAndSendsNothing() {
    Tenant tenant = tenant();
    long sent = gateway.simulator().stats().requests();
    HttpResponse<String> refused =
        call(
            tenant,
            "/v1/messages",
            "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":9,\"messages\":[],"
                + "\"model\":\"claude-opus-5-5\"}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("invalid_request_error").contains("model is there twice");
    assertThat(gateway.simulator().stats().requests()).isEqualTo(sent);
    assertThat(gateway.ledger(tenant)).isEmpty();
  }

  @Test
  void answersAnUnknownRouteInTheCallersDialect() {
    Tenant tenant = tenant();
    HttpResponse<String> openai = call(tenant, "/v1/nowhere", "{}");
    assertThat(openai.statusCode()).isEqualTo(404);
    assertThat(openai.body()).startsWith("{\"error\":{").contains("\"code\":\"not_found\"");
    HttpResponse<String> anthropic =
        gateway.send(
            request("/v1/nowhere", tenant)
                .header("anthropic-version", "2023-06-01")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());
    assertThat(anthropic.statusCode()).isEqualTo(404);
    assertThat(anthropic.body()).contains("\"type\":\"error\"").contains("not_found_error");
  }

  @Test
  void answersAnUnknownModelWithTheCodeThatClientsLookFor() {
    HttpResponse<String> openai =
        call(tenant(), "/v1/chat/completions", "{\"model\":\"gpt-none\",\"messages\":[]}");
    assertThat(openai.statusCode()).isEqualTo(404);
    assertThat(openai.body()).contains("\"code\":\"model_not_found\"", "\"param\":\"model\"");
  }

  @Test
  void tellsWhichMethodsARouteTakes() {
    HttpResponse<String> refused = gateway.send(request("/v1/messages", tenant()).GET().build());
    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("allow")).hasValue("POST");
    assertThat(refused.body()).contains("/v1/messages takes POST, not GET");
  }

  @Test
  void tellsWhereTheBodyOfAnAdministratorIsBroken() {
    assertThat(gateway.admin("POST", "/admin/v1/organizations", "{\"name\":", 400).toString())
        .contains("the body is not valid JSON (line 1, column 9)")
        .doesNotContain("Source");
  }

  private HttpRequest.Builder request(String path, Tenant tenant) {
    return HttpRequest.newBuilder(URI.create(gateway.url() + path))
        .header("authorization", "Bearer " + tenant.key());
  }

  @ParameterizedTest
  @CsvSource({"claude-haiku-5-5, claude-haiku-5-5", "fast, claude-haiku-5-5"})
  void passesARequestByteForByteButForItsModel(String asked, String served) {
    Tenant tenant = tenant();
    String body =
        "{ \"unknown\" : [1.0e2, 1E400, \"\\u00e9é\"],\n\t\"max_tokens\":  16 ,\"model\"  :\"%s\","
            + "\"messages\":[{\"content\":\"h\\u0069\",\"role\":\"user\"}] , \"z\":{} }\n";
    HttpResponse<String> answered =
        gateway.send(
            request("/v1/messages?beta=true&x=%20y", tenant)
                .header("anthropic-beta", "one-2025-01-01,two-2025-02-02")
                .header("anthropic-version", "2023-06-01")
                .header("x-nobody-knows", "kept")
                .header("x-tollgate-secret", "not for the provider")
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.formatted(asked)))
                .build());
    assertThat(answered.statusCode()).isEqualTo(200);
    Recorded sent = gateway.simulator().requests().getLast();
    assertThat(sent.path()).isEqualTo("/v1/messages?beta=true&x=%20y");
    assertThat(sent.body().toString(StandardCharsets.UTF_8)).isEqualTo(body.formatted(served));
    assertThat(sent.header("anthropic-beta")).isEqualTo("one-2025-01-01,two-2025-02-02");
    assertThat(sent.header("anthropic-version")).isEqualTo("2023-06-01");
    assertThat(sent.header("x-nobody-knows")).isEqualTo("kept");
    assertThat(sent.header("x-api-key")).isEqualTo("sk-up");
    assertThat(sent.header("authorization")).isEmpty();
    assertThat(sent.header("x-tollgate-secret")).isEmpty();
    assertThat(sent.headers().toString()).doesNotContain(tenant.key());
  }

  @Test
  void passesAProvidersErrorUnmodified() {
    Tenant tenant = tenant();
    String body = asked("gpt-4o-mini", false, "status=429 retry-after=7");
    HttpResponse<String> direct =
        gateway.send(
            HttpRequest.newBuilder(URI.create(gateway.simulator().url() + "/v1/chat/completions"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    HttpResponse<String> passed = call(tenant, "/v1/chat/completions", body);
    assertThat(passed.statusCode()).isEqualTo(429);
    assertThat(passed.body()).isEqualTo(direct.body());
    assertThat(passed.headers().firstValue("retry-after")).contains("7");
    assertThat(passed.headers().firstValue("x-tollgate-refusal")).isEmpty();
    JsonNode entry = entry(tenant);
    assertThat(status(entry)).isEqualTo("error");
    assertThat(cost(entry)).isZero();
  }

  @Test
  void keepsTheCallersRequestId() {
    Tenant tenant = tenant();
    HttpResponse<String> answered =
        gateway.send(
            request("/v1/chat/completions", tenant)
                .header("x-request-id", "mine:1.2-3_4")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        asked("gpt-4o-mini", false, "output-tokens=9")))
                .build());
    assertThat(answered.headers().allValues("x-request-id")).containsExactly("mine:1.2-3_4");
    assertThat(gateway.simulator().requests().getLast().header("x-request-id"))
        .isEqualTo("mine:1.2-3_4");
    assertThat(entry(tenant).path("requestId").stringValue()).isEqualTo("mine:1.2-3_4");
    HttpResponse<String> refused =
        gateway.send(
            request("/v1/nowhere", tenant).header("x-request-id", "mine:1.2-3_4").GET().build());
    assertThat(refused.headers().allValues("x-request-id")).containsExactly("mine:1.2-3_4");
  }

  // Nothing is left behind
  // ----------------------------------------------------------------------------------------

  @Test
  void leaksNoConnectionHoweverCallsEnd() {
    Tenant tenant = tenant();
    List<String> whole =
        List.of(
            "cut-bytes=90", "cut-bytes=90 cut=close", "body=html", "body=invalid", "body=empty");
    List<String> streams =
        List.of(
            "between=10ms cut-after=3",
            "between=10ms cut-after=3 cut=close",
            "body=html",
            "error-after=2");
    for (int round = 0; round < 5; round++) {
      whole.forEach(fault -> completions(tenant, false, fault));
      streams.forEach(fault -> completions(tenant, true, fault));
    }
    assertThat(completions(tenant, false, "output-tokens=1").statusCode()).isEqualTo(200);
    // Two connections a loop to each of four providers.
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(gateway.simulator().stats().active()).isZero();
          assertThat(gateway.simulator().stats().connections()).isLessThanOrEqualTo(16);
        });
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(gateway.ledger(tenant).size()).isEqualTo(46));
    assertThat(gateway.books().differences()).isEmpty();
  }
}
