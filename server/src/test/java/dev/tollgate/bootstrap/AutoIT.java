package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.AutoConfig;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.models.RoutingConfig;
import dev.tollgate.simulator.Simulator;
import dev.tollgate.spend.Tier;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The model {@code auto}: what it is decided by, who pays for that, and that nothing that goes
 * wrong with it reaches the caller. The provider {@code judge}, which is asked for categories, is a
 * simulator of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AutoIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Nothing in it tells its kind. */
  private static final String VAGUE =
      "The thing with the other thing from the day before is as it was, and they said that it would"
          + " be so until somebody comes along and takes it away from there for good";

  private Simulator judge;
  private TestGateway gateway;

  @BeforeAll
  void start() {
    judge = Simulator.start();
    gateway = TestGateway.start(wishes -> wishes.models(withJudge(wishes.models(), PATIENCE)));
  }

  @AfterAll
  void stop() {
    gateway.close();
    judge.close();
  }

  @BeforeEach
  void reset() {
    judge.reset();
    gateway.simulator().reset();
  }

  private ModelsConfig withJudge(ModelsConfig models, Duration patience) {
    List<ProviderConfig> providers = new ArrayList<>(models.providers());
    providers.add(
        ProviderConfig.of(
            "judge",
            Dialect.ANTHROPIC,
            URI.create(judge.url()),
            new Secret("sk-judge"),
            List.of("claude-haiku-5-5")));
    Map<Tier, Map<String, String>> tiers = new EnumMap<>(models.tiers());
    tiers.put(Tier.ECONOMY, Map.of("anthropic", "claude-haiku-5-5", "openai", "gpt-4o-mini"));
    return new ModelsConfig(
        providers,
        tiers,
        Map.of("clever", "ultrabrain", "any", "auto"),
        new RoutingConfig(
            Map.of(),
            0,
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            new AutoConfig(0.6, "judge/claude-haiku-5-5", true, patience, true),
            RoutingConfig.Breaker.NEVER),
        models.unboundedInput(),
        models.learning(),
        models.streamDuration(),
        models.jsonDepth(),
        models.disconnect(),
        models.drainTimeout());
  }

  private Tenant tenant() {
    return gateway.tenant(1_000_000L);
  }

  private HttpResponse<String> ask(Tenant tenant, String model, String text) {
    return ask(gateway, tenant, model, text);
  }

  private static HttpResponse<String> ask(
      TestGateway gateway, Tenant tenant, String model, String text) {
    return gateway.send("POST", "/v1/messages", tenant.key(), body(model, text));
  }

  private static String body(String model, String text) {
    return JSON.writeValueAsString(
        Map.of(
            "model",
            model,
            "max_tokens",
            200,
            "messages",
            List.of(Map.of("role", "user", "content", text))));
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue("x-tollgate-" + name).orElse("");
  }

  private List<JsonNode> entries(Tenant tenant, int count) {
    return entries(gateway, tenant, count);
  }

  private static List<JsonNode> entries(TestGateway gateway, Tenant tenant, int count) {
    await().atMost(PATIENCE).until(() -> gateway.ledger(tenant).size() == count);
    List<JsonNode> entries = new ArrayList<>();
    gateway.ledger(tenant).forEach(entries::add);
    return entries;
  }

  private static List<JsonNode> ofClass(List<JsonNode> entries, String requestClass) {
    return entries.stream()
        .filter(entry -> entry.path("requestClass").stringValue("").equals(requestClass))
        .toList();
  }

  @Test
  void goesByTheWordsOfAPrompt() {
    Tenant tenant = tenant();

    HttpResponse<String> response = ask(tenant, "any", "Write a poem about the sea");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "model")).isEqualTo("claude-sonnet-5-5");
    assertThat(header(response, "category")).isEqualTo("artistry");
    assertThat(header(response, "category-reason")).isEqualTo("lexicon");
    double confidence = Double.parseDouble(header(response, "category-confidence"));
    assertThat(confidence).isBetween(0.7, 1.0);
    JsonNode entry = entries(tenant, 1).getFirst();
    assertThat(entry.path("category").stringValue()).isEqualTo("artistry");
    assertThat(entry.path("categoryConfidence").asDouble()).isEqualTo(confidence);
    assertThat(entry.path("categoryReason").stringValue()).isEqualTo("lexicon");
    assertThat(entry.path("modelAsked").stringValue()).isEqualTo("any");
    assertThat(judge.requests()).isEmpty();
  }

  @Test
  void saysNothingOfACategoryThatWasNamed() {
    Tenant tenant = tenant();

    HttpResponse<String> response = ask(tenant, "writing", "Write a poem about the sea");

    assertThat(header(response, "category")).isEqualTo("writing");
    assertThat(response.headers().firstValue("x-tollgate-category-reason")).isEmpty();
    assertThat(entries(tenant, 1).getFirst().path("categoryReason").isNull()).isTrue();
  }

  @Test
  void asksACheapModelOnceWhereWordsDoNotTell() {
    judge.behave("say=writing");
    Tenant tenant = tenant();

    for (int call = 0; call < 3; call++) {
      HttpResponse<String> response = ask(tenant, "auto", VAGUE);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(header(response, "category")).isEqualTo("writing");
      assertThat(header(response, "category-reason")).isEqualTo("model");
      assertThat(header(response, "model")).isEqualTo("claude-sonnet-5-5");
    }

    assertThat(judge.requests()).hasSize(1);
    List<JsonNode> entries = entries(tenant, 4);
    JsonNode asked = ofClass(entries, "classification").getFirst();
    assertThat(ofClass(entries, "classification")).hasSize(1);
    assertThat(asked.path("status").stringValue()).isEqualTo("ok");
    assertThat(asked.path("costNanos").asLong()).isPositive();
    assertThat(asked.path("modelServed").stringValue()).isEqualTo("claude-haiku-5-5");
    assertThat(asked.path("provider").stringValue()).isEqualTo("judge");
    assertThat(asked.path("category").isNull()).isTrue();
    assertThat(entries.stream().map(entry -> entry.path("callId").stringValue()).distinct())
        .hasSize(4);
    assertThat(gateway.books().balanced()).isTrue();
  }

  @Test
  void sendsTheCheapModelNothingButTheText() {
    judge.behave("say=quick");

    ask(tenant(), "auto", VAGUE);

    JsonNode sent = JSON.readTree(judge.requests().getFirst().body().getBytes());
    assertThat(sent.path("max_tokens").asInt()).isEqualTo(16);
    assertThat(sent.path("thinking").path("type").stringValue()).isEqualTo("disabled");
    assertThat(sent.path("messages").size()).isEqualTo(1);
    assertThat(sent.path("messages").path(0).path("content").stringValue()).contains(VAGUE);
    assertThat(judge.requests().getFirst().header("x-api-key")).isEqualTo("sk-judge");
    assertThat(judge.requests().getFirst().header("anthropic-version")).isEqualTo("2023-06-01");
  }

  @Test
  void keepsOrganizationsApart() {
    judge.behave("say=writing");
    Tenant first = tenant();
    Tenant second = tenant();

    ask(first, "auto", VAGUE);
    judge.behave("say=artistry");

    assertThat(header(ask(second, "auto", VAGUE), "category")).isEqualTo("artistry");
    assertThat(header(ask(first, "auto", VAGUE), "category")).isEqualTo("writing");
    assertThat(judge.requests()).hasSize(2);
  }

  @Test
  void asksOnceForCallsAtTheSameTime() {
    judge.behave("say=visual");
    judge.closeGate();
    Tenant tenant = tenant();

    List<CompletableFuture<HttpResponse<String>>> calls =
        IntStream.range(0, 6)
            .mapToObj(i ->
                CompletableFuture.supplyAsync(
                    () -> ask(tenant, "auto", VAGUE), task -> Thread.ofVirtual().start(task)))
            .toList();
    await().atMost(PATIENCE).until(() -> judge.stats().parked() == 1);
    judge.openGate();

    assertThat(calls)
        .allSatisfy(call -> assertThat(header(call.join(), "category")).isEqualTo("visual"));
    assertThat(judge.requests()).hasSize(1);
    entries(tenant, 7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "say=maybe",
        "say=writing-or-visual",
        "status=500",
        "status=429",
        "body=invalid",
        "body=html",
        "body=empty",
        "cut-bytes=10"
      })
  void fallsBackOnTheBestGuess(String behaviour) {
    judge.behave(behaviour);
    Tenant tenant = tenant();

    HttpResponse<String> response = ask(tenant, "auto", VAGUE);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "category")).isEqualTo("quick");
    assertThat(header(response, "category-reason")).isEqualTo("shape");
    assertThat(Double.parseDouble(header(response, "category-confidence"))).isLessThan(0.7);
    entries(tenant, 2);
    assertThat(gateway.books().balanced()).isTrue();
  }

  @Test
  void doesNotWaitForAModelThatIsSilent() {
    judge.behave("silent=true");
    Duration patience = AutoConfig.DEFAULT.patience();
    try (TestGateway hasty =
        TestGateway.start(wishes -> wishes.models(withJudge(wishes.models(), patience)))) {
      Tenant tenant = hasty.tenant(1_000_000L);

      HttpResponse<String> first = ask(hasty, tenant, "auto", VAGUE);
      assertThat(header(first, "category-reason")).isEqualTo("shape");
      // Nor once more, right after.
      HttpResponse<String> second = ask(hasty, tenant, "auto", VAGUE + ".");
      assertThat(header(second, "category-reason")).isEqualTo("shape");

      assertThat(judge.requests()).hasSize(1);
      JsonNode asked = ofClass(entries(hasty, tenant, 3), "classification").getFirst();
      assertThat(asked.path("status").stringValue()).isEqualTo("error");
      assertThat(hasty.books().balanced()).isTrue();
    }
  }

  @Test
  void refusesTheCallItselfWhereThereIsNoMoney() {
    Tenant poor = gateway.tenant(0L);

    HttpResponse<String> response = ask(poor, "auto", VAGUE);

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(header(response, "refusal")).isEqualTo("budget_exhausted");
    assertThat(judge.requests()).isEmpty();
    assertThat(gateway.ledger(poor).size()).isZero();
  }

  @Test
  void streamsAsAnyOtherCall() {
    Tenant tenant = tenant();

    HttpResponse<String> response =
        gateway.send(
            "POST",
            "/v1/messages",
            tenant.key(),
            body("auto", "Find the root cause of this deadlock")
                .replaceFirst("\\{", "{\"stream\":true,"));

    assertThat(response.body()).contains("event: message_stop");
    assertThat(header(response, "category")).isEqualTo("ultrabrain");
    assertThat(header(response, "model")).isEqualTo("claude-opus-5-5");
  }

  @Test
  void carriesACallToTheDialectThatHasItsTier() {
    judge.behave("say=ultrabrain");
    Tenant tenant = tenant();

    HttpResponse<String> clever =
        gateway.send("POST", "/v1/chat/completions", tenant.key(), body("auto", VAGUE));
    HttpResponse<String> quick =
        gateway.send(
            "POST", "/v1/chat/completions", tenant.key(), body("auto", "convert 3 miles to km"));

    assertThat(clever.statusCode()).isEqualTo(200);
    assertThat(header(clever, "model")).isEqualTo("claude-opus-5-5");
    assertThat(header(clever, "category")).isEqualTo("ultrabrain");
    assertThat(header(clever, "category-reason")).isEqualTo("model");
    assertThat(clever.body()).contains("\"choices\"");
    assertThat(header(quick, "model")).isEqualTo("gpt-4o-mini");
  }

  @Test
  void isListedAndCounted() {
    Tenant tenant = tenant();

    assertThat(gateway.send("GET", "/v1/models", tenant.key(), "").body())
        .contains("\"id\":\"auto\"");
    HttpResponse<String> counted =
        gateway.send(
            "POST",
            "/v1/messages/count_tokens",
            tenant.key(),
            body("auto", VAGUE).replace("\"max_tokens\":200,", ""));
    assertThat(counted.statusCode()).isEqualTo(200);
    assertThat(judge.requests()).isEmpty();
    ask(tenant, "auto", "Write a poem about the sea");
    assertThat(gateway.send("GET", "/metrics", TestGateway.ADMIN_KEY, "").body())
        .contains("ai_requests_sorted_total{category=\"artistry\",reason=\"lexicon\"}");
  }

  @Test
  void isNotForEmbeddings() {
    HttpResponse<String> response =
        gateway.send(
            "POST", "/v1/embeddings", tenant().key(), "{\"model\":\"auto\",\"input\":\"x\"}");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("auto is for conversations");
  }

  @Test
  void givesATrivialRequestToTheEconomyTier() {
    Tenant tenant = tenant();

    HttpResponse<String> response = ask(tenant, "clever", "convert 72 fahrenheit to celsius");

    assertThat(header(response, "downgraded")).isEqualTo("low_complexity");
    assertThat(header(response, "model")).isEqualTo("claude-haiku-5-5");
    JsonNode entry = entries(tenant, 1).getFirst();
    assertThat(entry.path("ladderStep").stringValue()).isEqualTo("low_complexity");
    assertThat(entry.path("category").stringValue()).isEqualTo("ultrabrain");
    assertThat(gateway.send("GET", "/metrics", TestGateway.ADMIN_KEY, "").body())
        .containsPattern(
            "ai_requests_downgraded_total\\{organizationId=\""
                + tenant.id()
                + "\",reason=\"low_complexity\"\\} 1");
  }

  @Test
  void sparesNothingThatIsMoreThanTrivialOrNamesAModel() {
    Tenant tenant = tenant();
    String trivial = "convert 72 fahrenheit to celsius";
    String tools =
        body("ultrabrain", trivial)
            .replaceFirst(
                "\\{", "{\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}],");

    assertThat(header(ask(tenant, "ultrabrain", "Prove it step by step"), "model"))
        .isEqualTo("claude-opus-5-5");
    assertThat(header(ask(tenant, "claude-opus-5-5", trivial), "model"))
        .isEqualTo("claude-opus-5-5");
    assertThat(header(gateway.send("POST", "/v1/messages", tenant.key(), tools), "model"))
        .isEqualTo("claude-opus-5-5");
  }

  @Test
  void sparesNothingForWhoOptedOutOfDowngrades() {
    Tenant tenant = tenant();
    gateway.budget(
        tenant,
        "{\"monthlyBudgetCents\":1000000,\"ladder\":{\"preset\":\"default\","
            + "\"optOutOfDowngrades\":true}}");

    HttpResponse<String> response = ask(tenant, "ultrabrain", "convert 72 fahrenheit to celsius");

    assertThat(header(response, "model")).isEqualTo("claude-opus-5-5");
  }

  @Test
  void previewsByWordsAndAsksNobody() {
    Tenant tenant = tenant();

    JsonNode clear = preview(tenant, "auto", "Write a poem about the sea");
    JsonNode vague = preview(tenant, "auto", VAGUE);
    JsonNode trivial = preview(tenant, "ultrabrain", "convert 72 fahrenheit to celsius");

    assertThat(clear.path("category").stringValue()).isEqualTo("artistry");
    assertThat(clear.path("categoryReason").stringValue()).isEqualTo("lexicon");
    assertThat(clear.path("categoryModel").isNull()).isTrue();
    assertThat(clear.path("modelServed").stringValue()).isEqualTo("claude-sonnet-5-5");
    assertThat(vague.path("categoryConfidence").asDouble()).isLessThan(0.7);
    assertThat(vague.path("categoryModel").stringValue()).isEqualTo("claude-haiku-5-5");
    assertThat(trivial.path("ladderStep").stringValue()).isEqualTo("low_complexity");
    assertThat(judge.requests()).isEmpty();
  }

  private JsonNode preview(Tenant tenant, String model, String text) {
    HttpResponse<String> response =
        gateway.send(
            "POST",
            "/v1/budget/preview",
            tenant.key(),
            "{\"dialect\":\"anthropic\",\"request\":" + body(model, text) + "}");
    assertThat(response.statusCode()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  /** The caller made one request; what it took is what both models took. */
  @Test
  void countsTheQuestionsTokensAndNoRequest() {
    Tenant tenant = tenant();
    gateway.admin(
        "PATCH",
        "/admin/v1/organizations/" + tenant.id(),
        "{\"limits\":{\"requestsPerMinute\":100,\"tokensPerMinute\":1000000}}",
        200);
    judge.behave("say=writing");
    assertThat(ask(tenant, "auto", VAGUE + " for tokens").statusCode()).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> gateway.ledger(tenant).size() == 2);
    long tokens = 0;
    for (JsonNode entry : gateway.ledger(tenant)) {
      JsonNode counts = entry.path("tokens");
      long of = counts.path("input").asLong() + counts.path("output").asLong();
      assertThat(of).isPositive();
      tokens += of;
    }

    HttpResponse<String> after =
        gateway.send(
            "POST", "/v1/messages/count_tokens", tenant.key(), body("claude-haiku-5-5", "hi"));

    assertThat(after.headers().firstValue("anthropic-ratelimit-requests-remaining")).hasValue("98");
    assertThat(after.headers().firstValue("anthropic-ratelimit-tokens-remaining"))
        .hasValue(Long.toString(1_000_000 - tokens));
  }
}
