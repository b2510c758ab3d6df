package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.Headers;
import com.anthropic.models.messages.MessageCreateParams;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Limits of keys as their callers see them, on a whole node. */
@TestInstance(Lifecycle.PER_CLASS)
class RateLimitsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();

  /** An answer of eight seconds. */
  private static final String SLOW = "[[sim: between=40ms output-tokens=200]]";

  private final TestGateway gateway = TestGateway.start();
  private String organization = "";

  /** More callers than there may be streams, and not all of them together. */
  private final Semaphore atOnce = new Semaphore(12);

  @BeforeAll
  void anOrganization() {
    organization = "/admin/v1/organizations/" + gateway.tenant(null).id();
  }

  @AfterAll
  void close() {
    gateway.close();
  }

  private JsonNode made(String terms) {
    return gateway.admin(
        "POST",
        organization + "/keys",
        ("{`name`:`limited`," + terms + "}").replace('`', '"'),
        201);
  }

  private String key(String terms) {
    return made(terms).path("key").stringValue();
  }

  private static String message(String model, int most, boolean stream, String text) {
    return ("{\"model\":\"%s\",\"max_tokens\":%d,\"stream\":%s,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}")
        .formatted(model, most, stream, text);
  }

  @Test
  void anthropicsSdkSeesItsOwnErrorAndWhenToTryAgain() {
    AnthropicClient client =
        AnthropicOkHttpClient.builder()
            .baseUrl(gateway.url())
            .apiKey(key("`limits`:{`requestsPerMinute`:2}"))
            .maxRetries(0)
            .build();
    try {
      MessageCreateParams hello =
          MessageCreateParams.builder()
              .model("claude-haiku-5-5")
              .maxTokens(16)
              .addUserMessage("hello")
              .build();
      Instant before = Instant.now();
      Headers first;
      try (var raw = client.messages().withRawResponse().create(hello)) {
        first = raw.headers();
      }
      assertThat(first.values("anthropic-ratelimit-requests-limit")).containsExactly("2");
      assertThat(first.values("anthropic-ratelimit-requests-remaining")).containsExactly("1");
      assertThat(Instant.parse(first.values("anthropic-ratelimit-requests-reset").getFirst()))
          .isBetween(before.plusSeconds(50), Instant.now().plusSeconds(64));
      assertThat(first.values("anthropic-ratelimit-tokens-limit")).isEmpty();
      client.messages().create(hello);
      assertThatExceptionOfType(com.anthropic.errors.RateLimitException.class)
          .isThrownBy(() -> client.messages().create(hello))
          .satisfies(refused -> {
            assertThat(refused.headers().values("retry-after"))
                .singleElement()
                .satisfies(seconds -> assertThat(Integer.parseInt(seconds)).isBetween(50, 64));
            assertThat(refused.headers().values("x-tollgate-refusal"))
                .containsExactly("rate_limited");
            assertThat(refused.headers().values("x-should-retry")).containsExactly("true");
            assertThat(refused.body().toString()).contains("rate_limit_error");
          });
    } finally {
      client.close();
    }
  }

  @Test
  void openAisSdkSeesItsOwnErrorAndWhenToTryAgain() {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(gateway.url() + "/v1")
            .apiKey(key("`limits`:{`requestsPerMinute`:50,`tokensPerMinute`:200}"))
            .maxRetries(0)
            .build();
    try {
      ChatCompletionCreateParams hello =
          ChatCompletionCreateParams.builder()
              .model("gpt-4o-mini")
              .maxCompletionTokens(80)
              .addUserMessage("hello [[sim: output-tokens=70 input-tokens=30]]")
              .build();
      com.openai.core.http.Headers first;
      try (var raw = client.chat().completions().withRawResponse().create(hello)) {
        first = raw.headers();
      }
      assertThat(first.values("x-ratelimit-limit-requests")).containsExactly("50");
      assertThat(first.values("x-ratelimit-remaining-requests")).containsExactly("49");
      assertThat(first.values("x-ratelimit-reset-requests")).containsExactly("1m2s");
      assertThat(first.values("x-ratelimit-limit-tokens")).containsExactly("200");
      assertThat(Long.parseLong(first.values("x-ratelimit-remaining-tokens").getFirst()))
          .isBetween(0L, 120L);
      assertThatExceptionOfType(com.openai.errors.RateLimitException.class)
          .isThrownBy(() -> client.chat().completions().create(hello))
          .satisfies(refused -> {
            assertThat(refused.code()).contains("rate_limit_exceeded");
            assertThat(refused.type()).contains("tokens");
            assertThat(refused.headers().values("retry-after")).hasSize(1);
            assertThat(refused.headers().values("x-ratelimit-limit-tokens")).hasSize(1);
          });
    } finally {
      client.close();
    }
  }

  @Test
  void whatACallDidNotUseOfItsMaximumComesBack() {
    String key = key("`limits`:{`tokensPerMinute`:2000}");
    String body = message("claude-haiku-5-5", 1_500, false, "[[sim: output-tokens=5]]");
    for (int i = 0; i < 5; i++) {
      assertThat(gateway.send("POST", "/v1/messages", key, body).statusCode()).isEqualTo(200);
    }
    String refused = message("claude-haiku-5-5", 1_500, false, "[[sim: status=500]]");
    assertThat(gateway.send("POST", "/v1/messages", key, refused).statusCode()).isEqualTo(500);
    assertThat(gateway.send("POST", "/v1/messages", key, body).statusCode()).isEqualTo(200);
  }

  @Test
  void aCallThatCanNeverPassIsNotToBeRetried() {
    String key = key("`limits`:{`tokensPerMinute`:1000}");
    HttpResponse<String> refused =
        gateway.send(
            "POST", "/v1/messages", key, message("claude-haiku-5-5", 5_000, false, "hello"));
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).isEmpty();
    assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    assertThat(refused.body()).contains("more than the 1000 a minute that this key may use");
  }

  @Test
  void questionsAboutTokensAreRequestsAndNoTokens() {
    String key = key("`limits`:{`requestsPerMinute`:2,`tokensPerMinute`:1}");
    String body =
        "{\"model\":\"claude-haiku-5-5\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> counted = gateway.send("POST", "/v1/messages/count_tokens", key, body);
      assertThat(counted.statusCode()).isEqualTo(200);
      assertThat(counted.headers().firstValue("anthropic-ratelimit-requests-limit")).contains("2");
    }
    assertThat(gateway.send("POST", "/v1/messages/count_tokens", key, body).statusCode())
        .isEqualTo(429);
  }

  @Test
  void embeddingsAreLimitedToo() {
    String key = key("`limits`:{`requestsPerMinute`:1}");
    String body = "{\"model\":\"text-embedding-3-small\",\"input\":\"hi\"}";
    assertThat(gateway.send("POST", "/v1/embeddings", key, body).statusCode()).isEqualTo(200);
    assertThat(gateway.send("POST", "/v1/embeddings", key, body).statusCode()).isEqualTo(429);
  }

  @Test
  void callsOfToolsAreRequests() {
    String key = key("`limits`:{`requestsPerMinute`:1}");
    HttpRequest call = ToolServer.call(gateway.url(), "none", key, "ask");
    assertThat(gateway.send(call).body()).doesNotContain("requests_limited");
    HttpResponse<String> refused = gateway.send(call);
    JsonNode error = JSON.readTree(refused.body()).path("error");
    assertThat(error.path("data").path("code").stringValue()).isEqualTo("requests_limited");
    assertThat(error.path("data").path("retryable").booleanValue()).isTrue();
    assertThat(refused.headers().firstValue("retry-after")).isPresent();
    assertThat(refused.headers().firstValue("x-tollgate-refusal")).contains("rate_limited");
  }

  @Test
  void aChangedLimitHoldsAtOnce() {
    JsonNode made = made("`limits`:{`requestsPerMinute`:1}");
    String key = made.path("key").stringValue();
    String body = message("claude-haiku-5-5", 16, false, "hello");
    assertThat(gateway.send("POST", "/v1/messages", key, body).statusCode()).isEqualTo(200);
    assertThat(gateway.send("POST", "/v1/messages", key, body).statusCode()).isEqualTo(429);
    gateway.admin(
        "PATCH",
        organization + "/keys/" + made.path("id").stringValue(),
        "{\"limits\":{\"requestsPerMinute\":null}}",
        200);
    for (int i = 0; i < 3; i++) {
      assertThat(gateway.send("POST", "/v1/messages", key, body).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void callersThatGoAwayLeaveNoStreamBehind() throws Exception {
    String key = key("`limits`:{`concurrentStreams`:3}");
    try (HttpClient http = HttpClient.newHttpClient();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        Random random = new Random(i);
        calls.add(threads.submit(() -> cutShort(http, key, random)));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> call : calls) {
        statuses.add(call.get());
      }
      assertThat(statuses).contains(200, 429);
      // All three, and not one more: so none was left behind, and none was given back twice.
      // Seldom enough that a connection may reset so many streams.
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(() -> assertThat(openAtOnce(http, key)).isEqualTo(3));
    }
  }

  private HttpRequest stream(String key, String text) {
    return HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/messages"))
        .header("x-api-key", key)
        .timeout(Duration.ofSeconds(60))
        .POST(HttpRequest.BodyPublishers.ofString(message("claude-haiku-5-5", 400, true, text)))
        .build();
  }

  private static String ending(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> "[[sim: status=529]]";
      case 1 -> "[[sim: cut-after=3]]";
      case 2 -> "hello";
      default -> SLOW;
    };
  }

  private int cutShort(HttpClient http, String key, Random random)
      throws IOException, InterruptedException {
    atOnce.acquire();
    try {
      return cutShortNow(http, key, random);
    } finally {
      atOnce.release();
    }
  }

  private int cutShortNow(HttpClient http, String key, Random random)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        http.send(stream(key, ending(random)), HttpResponse.BodyHandlers.ofInputStream());
    try (var body = answer.body()) {
      int wanted = random.nextInt(600);
      for (int read = 0; read < wanted && body.read() >= 0; read++) {
        // Reads a part, and closes in the middle.
      }
    } catch (IOException cut) {
      return answer.statusCode();
    }
    return answer.statusCode();
  }

  private int openAtOnce(HttpClient http, String key) throws IOException, InterruptedException {
    List<HttpResponse<InputStream>> open = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        HttpResponse<InputStream> answer =
            http.send(stream(key, SLOW), HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() == 200) {
          open.add(answer);
        } else {
          answer.body().close();
        }
      }
      return open.size();
    } finally {
      for (HttpResponse<InputStream> answer : open) {
        answer.body().close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // What is allowed, what is asked for, and the answer.
        "claude-haiku-5-5 | claude-haiku-5-5 | 200",
        "claude-haiku-5-5 | fast | 200",
        "claude-haiku-5-5 | quick | 200",
        "claude-haiku-5-5 | claude-sonnet-5-5 | 403",
        "claude-haiku-5-5 | ultrabrain | 403",
        "claude-haiku* | claude-haiku-5-5 | 200",
        "fa* | fast | 403",
        "fast | fast | 200",
        "fast | claude-sonnet-5-5 | 403",
        "quick | quick | 200",
        "quick | claude-opus-5-5 | 403",
        "auto | claude-opus-5-5 | 200",
        "anthropic/* | claude-opus-5-5 | 200",
        "anthropic/claude-haiku-5-5 | claude-haiku-5-5 | 200",
        "openai/* | claude-haiku-5-5 | 403"
      })
  void aKeyUsesItsModelsAlone(String allowed, String asked, int status) {
    String key = key("`allowedModels`:[`" + allowed + "`]");
    HttpResponse<String> answer =
        gateway.send("POST", "/v1/messages", key, message(asked, 16, false, "hello"));
    assertThat(answer.statusCode()).isEqualTo(status);
    if (status == 403) {
      assertThat(JSON.readTree(answer.body()).path("error").path("type").stringValue())
          .isEqualTo("permission_error");
      assertThat(answer.body()).contains(asked).contains(allowed);
    }
    String count = "{\"model\":\"" + asked + "\",\"messages\":[]}";
    assertThat(gateway.send("POST", "/v1/messages/count_tokens", key, count).statusCode() == 403)
        .isEqualTo(status == 403);
  }

  @Test
  void theListOfModelsHasWhatTheKeyMayUse() {
    String key = key("`allowedModels`:[`claude-haiku-5-5`,`gpt-4o-mini`]");
    HttpRequest anthropic =
        HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/models"))
            .header("x-api-key", key)
            .header("anthropic-version", "2023-06-01")
            .build();
    assertThat(ids(gateway.send(anthropic)))
        .contains("claude-haiku-5-5", "fast", "quick")
        .doesNotContain("claude-sonnet-5-5", "claude-opus-5-5", "ultrabrain");
    assertThat(ids(gateway.send("GET", "/v1/models", key, ""))).contains("gpt-4o-mini");
    assertThat(gateway.send("GET", "/v1/models/gpt-4o", key, "").statusCode()).isEqualTo(404);
    assertThat(gateway.send("GET", "/v1/models/gpt-4o-mini", key, "").statusCode()).isEqualTo(200);
  }

  private static List<String> ids(HttpResponse<String> answer) {
    return JSON.readTree(answer.body())
        .path("data")
        .valueStream()
        .map(model -> model.path("id").stringValue())
        .toList();
  }

  @Test
  void aDowngradeOpensNoDoor() {
    TestGateway.Tenant poor = gateway.tenant(90L);
    JsonNode made =
        gateway.admin(
            "POST",
            "/admin/v1/organizations/" + poor.id() + "/keys",
            "{\"name\":\"k\",\"allowedModels\":[\"claude-opus-5-5\"]}",
            201);
    String body = message("claude-opus-5-5", 16, false, "hello");
    HttpResponse<String> open = gateway.send("POST", "/v1/messages", poor.key(), body);
    assertThat(open.headers().firstValue("x-tollgate-downgraded")).isPresent();
    HttpResponse<String> refused =
        gateway.send("POST", "/v1/messages", made.path("key").stringValue(), body);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body())
        .contains(
            "this key may not use " + open.headers().firstValue("x-tollgate-model").orElseThrow());
  }

  @Test
  void refusalsAreCounted() {
    String key = key("`limits`:{`requestsPerMinute`:1}");
    String body = message("claude-haiku-5-5", 16, false, "hello");
    gateway.send("POST", "/v1/messages", key, body);
    gateway.send("POST", "/v1/messages", key, body);
    String metrics = gateway.send("GET", "/metrics", TestGateway.ADMIN_KEY, "").body();
    assertThat(metrics.lines().filter(line -> line.startsWith("rate_limited_total{")))
        .hasSize(9)
        .anyMatch(line ->
            line.contains("scope=\"key\"")
                && line.contains("kind=\"requests\"")
                && !line.endsWith(" 0.0"));
  }
}
