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
import dev.tollgate.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Fallbacks and retries: who is tried in which order, what the caller gets, and that each attempt
 * is in the ledger. The provider {@code shaky} is a simulator of its own, which fails on demand.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FallbackIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Refuses connections: it has a port and does not listen there. */
  private final Socket nobody = new Socket();

  private Simulator shaky;
  private TestGateway gateway;

  @BeforeAll
  void start() throws IOException {
    nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    shaky = Simulator.start();
    gateway = TestGateway.start(wishes -> wishes.models(withFallbacks(wishes.models())));
  }

  @AfterAll
  void stop() throws IOException {
    gateway.close();
    shaky.close();
    nobody.close();
  }

  @BeforeEach
  void steady() {
    shaky.reset();
    gateway.simulator().reset();
  }

  private ModelsConfig withFallbacks(ModelsConfig models) {
    List<ProviderConfig> providers = new ArrayList<>(models.providers());
    providers.add(
        provider(
            "shaky",
            URI.create(shaky.url() + "/v1"),
            List.of("shaky-mini", "gpt-4.1", "text-embedding-3-large")));
    providers.add(
        provider("lone", URI.create(shaky.url() + "/v1"), List.of("gpt-4.1", "gpt-4.1-mini")));
    providers.add(
        provider(
            "away",
            URI.create("http://127.0.0.1:" + nobody.getLocalPort() + "/v1"),
            List.of("gpt-4.1-mini")));
    return new ModelsConfig(
        providers,
        models.tiers(),
        Map.of(
            "fast", "claude-haiku-5-5",
            "steady", "shaky/gpt-4.1",
            "again", "shaky/gpt-4.1",
            "lost", "away/gpt-4.1-mini",
            "gone", "away/gpt-4.1-mini",
            "choosy", "shaky/gpt-4.1",
            "alone", "lone/gpt-4.1",
            "vectors", "shaky/text-embedding-3-large"),
        new RoutingConfig(
                Map.of(
                    "steady", List.of("openai/gpt-4o-mini"),
                    "lost", List.of("shaky/gpt-4.1", "gpt-4o-mini"),
                    "choosy", List.of("openai/gpt-4o", "openai/gpt-4o-mini"),
                    "alone", List.of("lone/gpt-4.1-mini"),
                    "vectors",
                        List.of(
                            "openai/text-embedding-3-small",
                            "gpt-4o-mini",
                            "openai/text-embedding-3-large"),
                    "gpt-4o", List.of("o1-pro")),
                1,
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

  private static ProviderConfig provider(String name, URI url, List<String> models) {
    return ProviderConfig.of(name, Dialect.OPENAI, url, new Secret("sk-" + name), models);
  }

  private HttpResponse<String> call(Tenant tenant, String model, boolean stream) {
    return gateway.send(
        "POST",
        "/v1/chat/completions",
        tenant.key(),
        "{\"model\":\"%s\",\"stream\":%s,\"max_tokens\":50,".formatted(model, stream)
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
  }

  private Tenant tenant() {
    return gateway.tenantWithKey(1_000_000L, "shaky");
  }

  /** The tenant's entries, in the order of their attempts. */
  private List<JsonNode> entries(Tenant tenant, int count) {
    await().atMost(PATIENCE).until(() -> gateway.ledger(tenant).size() == count);
    List<JsonNode> entries = new ArrayList<>();
    gateway.ledger(tenant).forEach(entries::add);
    entries.sort((left, right) -> left.path("attempt").asInt() - right.path("attempt").asInt());
    return entries;
  }

  private static String attempts(HttpResponse<String> response) {
    return response.headers().firstValue("x-tollgate-attempts").orElse("");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503, 529})
  void goesOnToTheFallback(int status) {
    shaky.behave("status=" + status + " retry-after=30");
    for (boolean stream : new boolean[] {false, true}) {
      Tenant tenant = tenant();
      HttpResponse<String> response = call(tenant, "steady", stream);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(attempts(response)).isEqualTo("2");
      assertThat(response.headers().firstValue("x-tollgate-provider")).hasValue("openai");
      List<JsonNode> entries = entries(tenant, 2);
      assertThat(entries.getFirst().path("status").stringValue()).isEqualTo("error");
      assertThat(entries.getFirst().path("costNanos").asLong()).isZero();
      assertThat(entries.getFirst().path("provider").stringValue()).isEqualTo("shaky");
      assertThat(entries.getLast().path("status").stringValue()).isEqualTo("ok");
      assertThat(entries.getLast().path("costNanos").asLong()).isPositive();
      assertThat(entries.getFirst().path("callId")).isEqualTo(entries.getLast().path("callId"));
    }
    assertThat(gateway.simulator().requests()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 413, 422})
  void passesOnWhatAnotherProviderWouldSayToo(int status) {
    shaky.behave("status=" + status);
    Tenant tenant = tenant();
    HttpResponse<String> response = call(tenant, "steady", false);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(attempts(response)).isEqualTo("1");
    assertThat(gateway.simulator().requests()).isEmpty();
    entries(tenant, 1);
  }

  @Test
  void leavesOutAFallbackThatTheKeyMayNotUse() {
    shaky.behave("status=503");
    Tenant tenant = tenant();
    String key =
        gateway
            .admin(
                "POST",
                "/admin/v1/organizations/" + tenant.id() + "/keys",
                "{\"name\":\"some\",\"allowedModels\":[\"choosy\",\"gpt-4o-mini\"]}",
                201)
            .path("key")
            .stringValue();
    HttpResponse<String> all = call(tenant, "choosy", false);
    assertThat(all.headers().firstValue("x-tollgate-model")).hasValue("gpt-4o");
    assertThat(attempts(all)).isEqualTo("2");
    HttpResponse<String> some = call(new Tenant(tenant.id(), key), "choosy", false);
    assertThat(some.statusCode()).isEqualTo(200);
    assertThat(some.headers().firstValue("x-tollgate-model")).hasValue("gpt-4o-mini");
    assertThat(attempts(some)).isEqualTo("2");
    assertThat(gateway.simulator().requests().getLast().body().toString())
        .contains("\"model\":\"gpt-4o-mini\"");
  }

  @Test
  void goesOnWhereAProviderCannotBeReached() {
    shaky.behave("status=500");
    Tenant tenant = tenant();
    HttpResponse<String> response = call(tenant, "lost", false);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(attempts(response)).isEqualTo("3");
    assertThat(entries(tenant, 3))
        .extracting(entry -> entry.path("provider").stringValue())
        .containsExactly("away", "shaky", "openai");
    assertThat(entries(tenant, 3))
        .extracting(entry -> entry.path("attempt").asInt())
        .containsExactly(1, 2, 3);
  }

  @Test
  void triesAgainWithinTheRetryBudget() {
    shaky.behave("status=503");
    Tenant tenant = tenant();
    HttpResponse<String> response = call(tenant, "again", false);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(attempts(response)).isEqualTo("2");
    assertThat(response.body()).contains("\"error\"");
    assertThat(shaky.requests()).hasSize(2);
    entries(tenant, 2);
  }

  @Test
  void passesALongRetryAfterOnToTheCaller() {
    shaky.behave("status=429 retry-after=30");
    HttpResponse<String> response = call(tenant(), "again", false);
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("retry-after")).hasValue("30");
    assertThat(attempts(response)).isEqualTo("1");
    assertThat(shaky.requests()).hasSize(1);
  }

  @Test
  void passesTheLastRefusalOnUnmodifiedWhereEveryOneFails() {
    shaky.behave("status=529");
    gateway.simulator().behave("status=500 retry-after=60");
    Tenant tenant = tenant();
    HttpResponse<String> response = call(tenant, "steady", false);
    assertThat(response.statusCode()).isEqualTo(529);
    // Not once more at the second one, which asked to be left alone.
    assertThat(attempts(response)).isEqualTo("3");
    assertThat(entries(tenant, 3))
        .allSatisfy(entry -> assertThat(entry.path("costNanos").asLong()).isZero());
    assertThat(gateway.books().balanced()).isTrue();
  }

  @Test
  void startsNoOtherAttemptWhenTheAnswerHasBegun() {
    shaky.behave("cut-after=3 chunks=10");
    Tenant tenant = tenant();
    HttpResponse<String> response = call(tenant, "steady", true);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"error\"");
    assertThat(gateway.simulator().requests()).isEmpty();
    entries(tenant, 1);
  }

  @Test
  void passesTheRefusalOnWhereTheBudgetHasNoMoneyForTheFallback() {
    // Enough for gpt-4o and not for the least answer of o1-pro.
    Tenant poor = gateway.tenant(12L);
    gateway.simulator().behave("status=503 retry-after=9");
    HttpResponse<String> response =
        gateway.send(
            "POST",
            "/v1/chat/completions",
            poor.key(),
            "{\"model\":\"gpt-4o\",\"max_tokens\":2000,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"Hi\"}]}");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).hasValue("9");
    assertThat(attempts(response)).isEqualTo("1");
    assertThat(entries(poor, 1).getFirst().path("costNanos").asLong()).isZero();
  }

  @Test
  void sendsTheFallbackTheSameRequestUnderItsOwnModel() {
    shaky.behave("status=500");
    call(tenant(), "steady", false);
    Recorded sent = gateway.simulator().requests().getLast();
    assertThat(sent.body().toString())
        .contains("\"model\":\"gpt-4o-mini\"")
        .contains("\"max_tokens\":50");
  }

  /** A key that asked to be spared is asked all the same where the rest have no other. */
  @Test
  void staysWithTheModelWhereItsFallbacksHaveTheSameKey() {
    Tenant tenant = gateway.tenantWithKey(1_000_000L, "lone");
    shaky.behave("status=429 retry-after=30");
    assertThat(call(tenant, "lone/gpt-4.1-mini", false).statusCode()).isEqualTo(429);
    shaky.reset();

    HttpResponse<String> answer = call(tenant, "alone", false);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-tollgate-model")).hasValue("gpt-4.1");
    assertThat(attempts(answer)).isEqualTo("1");
  }

  @Test
  void fallsBackFromVectorsOnlyToTheSameModelElsewhere() {
    Tenant tenant = gateway.tenantWithKey(1_000_000L, "shaky");
    shaky.behave("status=500");

    HttpResponse<String> answer =
        gateway.send(
            "POST",
            "/v1/embeddings",
            tenant.key(),
            "{\"model\":\"vectors\",\"input\":\"Hi\",\"dimensions\":4}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-tollgate-provider")).hasValue("openai");
    assertThat(answer.headers().firstValue("x-tollgate-model")).hasValue("text-embedding-3-large");
    assertThat(attempts(answer)).isEqualTo("2");
  }

  @Test
  void tellsOfAttemptsAndLimitsInRefusalsOfItsOwn() {
    Tenant tenant = tenant();
    gateway.admin(
        "PATCH",
        "/admin/v1/organizations/" + tenant.id(),
        "{\"limits\":{\"requestsPerMinute\":1000}}",
        200);

    HttpResponse<String> refused = call(tenant, "gone", false);

    assertThat(refused.statusCode()).isEqualTo(502);
    assertThat(attempts(refused)).isEqualTo("2");
    assertThat(refused.headers().firstValue("x-ratelimit-limit-requests")).hasValue("1000");
    assertThat(refused.headers().firstValue("x-ratelimit-remaining-requests")).hasValue("999");

    gateway.budget(tenant, "{\"monthlyBudgetCents\":0}");
    HttpResponse<String> poor = call(tenant, "gpt-4o-mini", true);
    assertThat(poor.statusCode()).isEqualTo(429);
    assertThat(poor.headers().firstValue("x-tollgate-refusal")).hasValue("budget_exhausted");
    assertThat(poor.headers().firstValue("x-ratelimit-remaining-requests")).hasValue("998");
  }
}
