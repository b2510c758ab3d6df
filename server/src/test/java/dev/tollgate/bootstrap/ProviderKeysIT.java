package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.kernel.Secret;
import dev.tollgate.keyring.Keyring;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.models.ProviderConfig.ApiKey;
import dev.tollgate.models.ProviderConfig.OwnKeysPolicy;
import dev.tollgate.models.RoutingConfig;
import dev.tollgate.simulator.Recorded;
import dev.tollgate.simulator.Simulator;
import dev.tollgate.simulator.SimulatorConfig;
import dev.tollgate.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Which key a provider sees, and what becomes of keys that it does not take. */
class ProviderKeysIT {

  private static final String MODEL = "claude-haiku-4-5";

  /** Only the account that made its thinking takes it back. */
  private static final String BOUND = "claude-sonnet-5-5";

  private final Simulator strict =
      Simulator.start(SimulatorConfig.DEFAULT.with("api-key", "sk-good"));
  private final TestGateway gateway =
      TestGateway.start(wishes -> wishes.models(models(wishes.models())));

  /** The simulator under several names: with one key, two, another account, and a bad one. */
  private ModelsConfig models(ModelsConfig preset) {
    URI plain = preset.providers().getFirst().baseUrl();
    return new ModelsConfig(
        List.of(
            provider("plain", plain, OwnKeysPolicy.PREFER, new ApiKey(new Secret("sk-op"), null)),
            provider(
                "several",
                plain,
                OwnKeysPolicy.PREFER,
                new ApiKey(new Secret("sk-a"), "one"),
                new ApiKey(new Secret("sk-b"), "one")),
            provider(
                "strict",
                URI.create(strict.url()),
                OwnKeysPolicy.PREFER,
                new ApiKey(new Secret("sk-good"), null),
                new ApiKey(new Secret("sk-bad"), null)),
            provider("byo", plain, OwnKeysPolicy.REQUIRE),
            provider(
                "accounts",
                BOUND,
                plain,
                OwnKeysPolicy.PREFER,
                new ApiKey(new Secret("sk-one-a"), "one"),
                new ApiKey(new Secret("sk-one-b"), "one"),
                new ApiKey(new Secret("sk-two-a"), "two"),
                new ApiKey(new Secret("sk-two-b"), "two"))),
        Map.of(),
        Map.of(),
        preset.routing().with(RoutingConfig.Breaker.DEFAULT),
        preset.unboundedInput(),
        preset.learning(),
        preset.streamDuration(),
        preset.jsonDepth(),
        preset.disconnect(),
        preset.drainTimeout());
  }

  private static ProviderConfig provider(
      String name, URI url, OwnKeysPolicy policy, ApiKey... keys) {
    return provider(name, MODEL, url, policy, keys);
  }

  private static ProviderConfig provider(
      String name, String model, URI url, OwnKeysPolicy policy, ApiKey... keys) {
    return new ProviderConfig(
        name,
        Dialect.ANTHROPIC,
        url,
        List.of(keys),
        List.of(model),
        Map.of(name + "-model", model),
        Map.of(),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        16,
        policy,
        null);
  }

  @AfterEach
  void close() {
    gateway.close();
    strict.close();
  }

  private HttpResponse<String> call(Tenant tenant, String model, String say, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/messages"))
            .header("authorization", "Bearer " + tenant.key());
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return gateway.send(
        request
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\""
                        + model
                        + "\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\",\"content\":\""
                        + say
                        + "\"}]}"))
            .build());
  }

  /** A turn of a conversation in which the model has thought. */
  private HttpResponse<String> thoughtful(Tenant tenant, String session, String say) {
    return gateway.send(
        HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/messages"))
            .header("authorization", "Bearer " + tenant.key())
            .header("x-claude-code-session-id", session)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"model":"accounts-model","max_tokens":16,"messages":[
                     {"role":"user","content":"hi"},
                     {"role":"assistant","content":[
                      {"type":"thinking","thinking":"hm","signature":"c2lnbmVk"},
                      {"type":"text","text":"yes?"}]},
                     {"role":"user","content":"%s"}]}\
                    """
                        .formatted(say)))
            .build());
  }

  private static String key(Simulator at) {
    Recorded last = at.requests().getLast();
    return last.header("x-api-key");
  }

  private JsonNode addKey(Tenant tenant, String provider, String key) {
    return gateway.admin(
        "POST",
        "/admin/v1/organizations/" + tenant.id() + "/provider-keys",
        "{\"provider\":\"" + provider + "\",\"key\":\"" + key + "\"}",
        201);
  }

  private JsonNode health(String provider, String fingerprint) {
    for (JsonNode key : gateway.admin("GET", "/health/providers", "", 200).path("items")) {
      if (key.path("provider").stringValue().equals(provider)
          && key.path("credential").stringValue().equals(fingerprint)) {
        return key;
      }
    }
    throw new AssertionError("health does not tell of " + fingerprint);
  }

  @Test
  void goesWithAnOrganizationsOwnKeyAndElseWithTheOperators() {
    Tenant own = gateway.tenant(10_000L);
    Tenant none = gateway.tenant(10_000L);
    assertThat(call(own, "plain-model", "hi").statusCode()).isEqualTo(200);
    assertThat(key(gateway.simulator())).isEqualTo("sk-op");
    JsonNode made = addKey(own, "plain", "sk-of-acme");
    assertThat(made.toString()).doesNotContain("sk-of-acme");
    assertThat(call(own, "plain-model", "hi").statusCode()).isEqualTo(200);
    assertThat(key(gateway.simulator())).isEqualTo("sk-of-acme");
    assertThat(call(none, "plain-model", "hi").statusCode()).isEqualTo(200);
    assertThat(key(gateway.simulator())).isEqualTo("sk-op");
    assertThat(gateway.ledger(own).get(0).path("credential").stringValue())
        .isEqualTo(Keyring.fingerprint(new Secret("sk-of-acme")))
        .isEqualTo(made.path("fingerprint").stringValue());
    gateway.admin(
        "DELETE",
        "/admin/v1/organizations/"
            + own.id()
            + "/provider-keys/"
            + UUID.fromString(made.path("id").stringValue()),
        "",
        204);
    assertThat(call(own, "plain-model", "hi").statusCode()).isEqualTo(200);
    assertThat(key(gateway.simulator())).isEqualTo("sk-op");
  }

  @Test
  void destroysTheKeysOfAnOrganizationThatIsDeleted() throws SQLException {
    Tenant tenant = gateway.tenant(10_000L);
    addKey(tenant, "plain", "sk-of-acme");
    assertThat(call(tenant, "plain-model", "hi").statusCode()).isEqualTo(200);
    gateway.admin("DELETE", "/admin/v1/organizations/" + tenant.id(), "", 204);
    assertThat(call(tenant, "plain-model", "hi").statusCode()).isEqualTo(401);
    try (Connection owner = TestDatabase.connectAsSuperuser(gateway.database());
        Statement statement = owner.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*), count(sealed), count(revoked_at) FROM tollgate.provider_keys")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(1);
      assertThat(rows.getInt(2)).isZero();
      assertThat(rows.getInt(3)).isEqualTo(1);
    }
  }

  @Test
  void boundThinkingSpillsWithinItsAccountAlone() {
    Tenant tenant = gateway.tenant(10_000L);
    assertThat(thoughtful(tenant, "s", "one").statusCode()).isEqualTo(200);
    String home = key(gateway.simulator());
    String account = home.substring(0, home.length() - 1);
    int before = gateway.simulator().requests().size();
    HttpResponse<String> limited = thoughtful(tenant, "s", "[[sim: status=429 retry-after=30]]");
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(gateway.simulator().requests().stream().skip(before))
        .extracting(one -> one.header("x-api-key"))
        .containsExactlyInAnyOrder(account + "a", account + "b")
        .startsWith(home);
    assertThat(thoughtful(tenant, "s", "two").statusCode()).isEqualTo(200);
    assertThat(key(gateway.simulator())).as("what is bound stays").isEqualTo(home);
    call(tenant, "accounts-model", "now", "x-claude-code-session-id", "s");
    assertThat(key(gateway.simulator())).as("what nothing binds").doesNotStartWith(account);
    assertThat(thoughtful(tenant, "s", "three").statusCode()).isEqualTo(200);
    assertThat(key(gateway.simulator()))
        .as("bound to where it went meanwhile")
        .doesNotStartWith(account);
  }

  @Test
  void goesNowhereWithKeysThatCannotBeRead() throws SQLException {
    Tenant tenant = gateway.tenant(10_000L);
    addKey(tenant, "plain", "sk-of-acme");
    try (Connection owner = TestDatabase.connectAsSuperuser(gateway.database());
        Statement statement = owner.createStatement()) {
      statement.execute("CREATE TABLE kept AS SELECT id, sealed FROM tollgate.provider_keys");
      statement.execute("UPDATE tollgate.provider_keys SET sealed = '\\x00'");
      for (String path : List.of("/v1/messages", "/v1/messages/count_tokens")) {
        HttpResponse<String> refused =
            gateway.send(
                "POST",
                path,
                tenant.key(),
                "{\"model\":\"plain-model\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\","
                    + "\"content\":\"hi\"}]}");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        assertThat(refused.body())
            .contains("\"type\":\"error\"")
            .contains("own provider keys cannot be read");
      }
      assertThat(gateway.simulator().requests()).isEmpty();
      assertThat(gateway.ledger(tenant)).isEmpty();
      statement.execute(
          "UPDATE tollgate.provider_keys k SET sealed = kept.sealed FROM kept WHERE kept.id ="
              + " k.id");
    }
    assertThat(call(tenant, "plain-model", "hi").statusCode()).isEqualTo(200);
    assertThat(key(gateway.simulator())).isEqualTo("sk-of-acme");
  }

  @Test
  void theOperatorsAccountIsNobodyElsesToSee() {
    gateway
        .simulator()
        .behave(
            "headers=x-ratelimit-remaining-requests:7,anthropic-ratelimit-tokens-limit:8,"
                + "anthropic-priority-input-tokens-remaining:9,x-should-retry:false");
    Tenant shared = gateway.tenant(10_000L);
    Tenant own = gateway.tenant(10_000L);
    addKey(own, "plain", "sk-of-acme");
    for (String say : List.of("hi", "[[sim: status=429 retry-after=9]]")) {
      HttpResponse<String> theirs = call(own, "plain-model", say);
      assertThat(rates(theirs)).as("of the organization's own account").hasSize(3);
      HttpResponse<String> operators = call(shared, "plain-model", say);
      assertThat(rates(operators)).as("of the operator's account").isEmpty();
      assertThat(operators.headers().firstValue("x-should-retry")).hasValue("false");
      assertThat(operators.headers().firstValue("retry-after"))
          .isEqualTo(theirs.headers().firstValue("retry-after"));
      assertThat(operators.statusCode()).isEqualTo(theirs.statusCode());
    }
    assertThat(rates(count(own))).hasSize(3);
    assertThat(rates(count(shared))).isEmpty();
  }

  private HttpResponse<String> count(Tenant tenant) {
    return gateway.send(
        "POST",
        "/v1/messages/count_tokens",
        tenant.key(),
        "{\"model\":\"plain-model\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
  }

  private static List<String> rates(HttpResponse<String> answer) {
    return answer.headers().map().keySet().stream()
        .filter(name -> name.contains("ratelimit") || name.contains("priority"))
        .toList();
  }

  @Test
  void refusesAProviderThatThereIsNotAndOneThatNeedsAnOwnKey() {
    Tenant tenant = gateway.tenant(10_000L);
    JsonNode error =
        gateway.admin(
            "POST",
            "/admin/v1/organizations/" + tenant.id() + "/provider-keys",
            "{\"provider\":\"gemini\",\"key\":\"x\"}",
            400);
    assertThat(error.toString())
        .contains("provider")
        .contains("accounts, byo, plain, several, strict");
    HttpResponse<String> refused = call(tenant, "byo-model", "hi");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("key of their own");
    addKey(tenant, "byo", "sk-mine");
    assertThat(call(tenant, "byo-model", "hi").statusCode()).isEqualTo(200);
    assertThat(key(gateway.simulator())).isEqualTo("sk-mine");
  }

  @Test
  void aTenantsBadKeyConcernsNobodyElse() {
    Tenant bad = gateway.tenant(10_000L);
    Tenant good = gateway.tenant(10_000L);
    addKey(bad, "strict", "sk-wrong");
    for (int i = 0; i < 10; i++) {
      assertThat(call(bad, "strict-model", "hi").statusCode()).isEqualTo(401);
    }
    assertThat(call(good, "strict-model", "hi").statusCode()).isEqualTo(200);
    JsonNode theirs = health("strict", Keyring.fingerprint(new Secret("sk-wrong")));
    assertThat(theirs.path("owner").stringValue()).isEqualTo("own");
    assertThat(theirs.path("rejected").booleanValue()).isTrue();
    JsonNode operators = health("strict", Keyring.fingerprint(new Secret("sk-good")));
    assertThat(operators.path("rejected").booleanValue()).isFalse();
  }

  @Test
  void aTenantsFailuresOpenTheCircuitOfItsOwnKeyAlone() {
    Tenant failing = gateway.tenant(10_000L);
    Tenant well = gateway.tenant(10_000L);
    addKey(failing, "plain", "sk-failing");
    int sent = 0;
    HttpResponse<String> last = call(failing, "plain-model", "[[sim: status=500]]");
    for (; sent < 20 && last.statusCode() == 500; sent++) {
      last = call(failing, "plain-model", "[[sim: status=500]]");
    }
    assertThat(last.statusCode()).isEqualTo(503);
    assertThat(last.headers().firstValue("retry-after")).isPresent();
    assertThat(sent).isLessThan(20);
    int before = gateway.simulator().requests().size();
    assertThat(call(failing, "plain-model", "hi").statusCode()).isEqualTo(503);
    assertThat(gateway.simulator().requests()).hasSize(before);
    assertThat(call(well, "plain-model", "hi").statusCode()).isEqualTo(200);
    JsonNode theirs = health("plain", Keyring.fingerprint(new Secret("sk-failing")));
    assertThat(theirs.path("breaker").stringValue()).isEqualTo("open");
    assertThat(gateway.books().balanced()).isTrue();
  }

  @Test
  void takesAnotherKeyWhereOneIsRefused() {
    Tenant tenant = gateway.tenant(10_000L);
    // Each begins with a key by chance; among so many, one does with the refused.
    for (int i = 0; i < 64; i++) {
      HttpResponse<String> answer = call(tenant, "strict-model", "conversation " + i);
      assertThat(answer.statusCode()).isEqualTo(200);
    }
    JsonNode refused = health("strict", Keyring.fingerprint(new Secret("sk-bad")));
    assertThat(refused.path("rejected").booleanValue()).isTrue();
  }

  @Test
  void aConversationKeepsItsKeyAndSpillsWhileThatCoolsDown() {
    Tenant tenant = gateway.tenant(10_000L);
    String session = "x-claude-code-session-id";
    call(tenant, "several-model", "one", session, "s");
    String home = key(gateway.simulator());
    for (int i = 0; i < 5; i++) {
      call(tenant, "several-model", "turn " + i, session, "s");
      assertThat(key(gateway.simulator())).isEqualTo(home);
    }
    int before = gateway.simulator().requests().size();
    HttpResponse<String> limited =
        call(tenant, "several-model", "[[sim: status=429 retry-after=30]]", session, "s");
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(limited.headers().firstValue("retry-after")).hasValue("30");
    List<Recorded> tried =
        gateway.simulator().requests().subList(before, gateway.simulator().requests().size());
    assertThat(tried).extracting(one -> one.header("x-api-key")).hasSize(2).doesNotHaveDuplicates();
    assertThat(call(tenant, "several-model", "now", session, "s").statusCode()).isEqualTo(200);
    assertThat(key(gateway.simulator())).as("both cool down: its own").isEqualTo(home);
    assertThat(gateway.admin("GET", "/health/providers", "", 200).path("status").stringValue())
        .isEqualTo("degraded");
  }
}
