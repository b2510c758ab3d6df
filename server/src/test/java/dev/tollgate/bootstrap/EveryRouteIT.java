package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Route;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tries every route with no key, with another tenant's key and ids, and with a key of the wrong
 * kind. A route that is not in {@link #BODIES} fails: whoever adds one says here what to send.
 */
@TestInstance(Lifecycle.PER_CLASS)
class EveryRouteIT {

  private static final String NONE = "";
  private static final String CALL =
      "{\"model\":\"%s\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String PREVIEW =
      "{\"dialect\":\"anthropic\",\"request\":" + CALL.formatted("claude-haiku-5-5") + "}";
  private static final String HANDSHAKE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":"
          + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
          + "\"clientInfo\":{\"name\":\"x\",\"version\":\"1\"}}}";
  private static final String ADMIN = "/admin/v1";
  private static final String ORGANIZATION = ADMIN + "/organizations/{organizationId}";

  /** Each route, and a body that it takes. */
  private static final Map<String, String> BODIES =
      Map.ofEntries(
          Map.entry("POST /v1/messages", CALL.formatted("claude-haiku-5-5")),
          Map.entry("POST /v1/messages/count_tokens", CALL.formatted("claude-haiku-5-5")),
          Map.entry("POST /v1/chat/completions", CALL.formatted("gpt-4o-mini")),
          Map.entry(
              "POST /v1/embeddings", "{\"model\":\"text-embedding-3-small\",\"input\":\"hi\"}"),
          Map.entry("POST /v1/responses", "{\"model\":\"gpt-4o-mini\",\"input\":\"hi\"}"),
          Map.entry("GET /v1/responses/{responseId}", NONE),
          Map.entry("DELETE /v1/responses/{responseId}", NONE),
          Map.entry("GET /v1/responses/{responseId}/input_items", NONE),
          Map.entry("POST /mcp", HANDSHAKE),
          Map.entry("POST /mcp/{connector}", HANDSHAKE),
          Map.entry("GET /mcp", NONE),
          Map.entry("GET /mcp/{connector}", NONE),
          Map.entry("DELETE /mcp", NONE),
          Map.entry("DELETE /mcp/{connector}", NONE),
          Map.entry("GET /node/proof", NONE),
          Map.entry("GET /oauth/callback", NONE),
          Map.entry("GET /oauth/client-metadata.json", NONE),
          Map.entry("GET /.well-known/oauth-protected-resource", NONE),
          Map.entry("GET /.well-known/oauth-protected-resource/mcp", NONE),
          Map.entry("GET /.well-known/oauth-protected-resource/mcp/{connector}", NONE),
          Map.entry("GET /v1/models", NONE),
          Map.entry("GET /v1/models/{model}", NONE),
          Map.entry("GET /v1/usage", NONE),
          Map.entry("GET /v1/budget", NONE),
          Map.entry("GET /health", NONE),
          Map.entry("GET /health/live", NONE),
          Map.entry("GET /health/ready", NONE),
          Map.entry("GET /health/budget", NONE),
          Map.entry("GET /metrics", NONE),
          Map.entry(
              "POST " + ADMIN + "/organizations", "{\"name\":\"x\",\"monthlyBudgetCents\":null}"),
          Map.entry("GET " + ADMIN + "/organizations", NONE),
          Map.entry(
              "PUT " + ADMIN + "/organizations/by-external-id/{externalId}",
              "{\"name\":\"x\",\"monthlyBudgetCents\":1}"),
          Map.entry("GET " + ORGANIZATION, NONE),
          Map.entry("PATCH " + ORGANIZATION, "{\"name\":\"x\"}"),
          Map.entry("DELETE " + ORGANIZATION, NONE),
          Map.entry("POST " + ORGANIZATION + "/users", "{\"name\":\"x\"}"),
          Map.entry("GET " + ORGANIZATION + "/users", NONE),
          Map.entry("GET " + ORGANIZATION + "/users/{userId}", NONE),
          Map.entry("PUT " + ORGANIZATION + "/users/{userId}", "{\"name\":\"x\"}"),
          Map.entry(
              "PATCH " + ORGANIZATION + "/users/{userId}",
              "{\"limits\":{\"requestsPerMinute\":1}}"),
          Map.entry("DELETE " + ORGANIZATION + "/users/{userId}", NONE),
          Map.entry("POST " + ORGANIZATION + "/keys", "{\"name\":\"x\"}"),
          Map.entry("GET " + ORGANIZATION + "/keys", NONE),
          Map.entry(
              "PATCH " + ORGANIZATION + "/keys/{keyId}", "{\"limits\":{\"requestsPerMinute\":1}}"),
          Map.entry("DELETE " + ORGANIZATION + "/keys/{keyId}", NONE),
          Map.entry(
              "POST " + ORGANIZATION + "/provider-keys",
              "{\"provider\":\"anthropic\",\"key\":\"sk-x\"}"),
          Map.entry("GET " + ORGANIZATION + "/provider-keys", NONE),
          Map.entry("DELETE " + ORGANIZATION + "/provider-keys/{providerKeyId}", NONE),
          Map.entry("GET " + ORGANIZATION + "/budget", NONE),
          Map.entry("PUT " + ORGANIZATION + "/budget", "{\"monthlyBudgetCents\":1}"),
          Map.entry("POST " + ORGANIZATION + "/budget/reset", "{\"reason\":\"x\"}"),
          Map.entry("POST " + ORGANIZATION + "/budget/preview", PREVIEW),
          Map.entry("POST /v1/budget/preview", PREVIEW),
          Map.entry("GET " + ORGANIZATION + "/budgets", NONE),
          Map.entry("GET " + ORGANIZATION + "/users/{userId}/budget", NONE),
          Map.entry("PUT " + ORGANIZATION + "/users/{userId}/budget", "{\"budgetCents\":1}"),
          Map.entry("DELETE " + ORGANIZATION + "/users/{userId}/budget", NONE),
          Map.entry("POST " + ORGANIZATION + "/users/{userId}/budget/reset", "{\"reason\":\"x\"}"),
          Map.entry("GET " + ORGANIZATION + "/keys/{keyId}/budget", NONE),
          Map.entry("PUT " + ORGANIZATION + "/keys/{keyId}/budget", "{\"budgetCents\":1}"),
          Map.entry("DELETE " + ORGANIZATION + "/keys/{keyId}/budget", NONE),
          Map.entry("POST " + ORGANIZATION + "/keys/{keyId}/budget/reset", "{\"reason\":\"x\"}"),
          Map.entry("GET " + ORGANIZATION + "/projects/{project}/budget", NONE),
          Map.entry("PUT " + ORGANIZATION + "/projects/{project}/budget", "{\"budgetCents\":1}"),
          Map.entry("DELETE " + ORGANIZATION + "/projects/{project}/budget", NONE),
          Map.entry(
              "POST " + ORGANIZATION + "/projects/{project}/budget/reset", "{\"reason\":\"x\"}"),
          Map.entry("GET " + ADMIN + "/catalogue", NONE),
          Map.entry("POST " + ORGANIZATION + "/connectors", "{\"catalogue\":\"github\"}"),
          Map.entry("GET " + ORGANIZATION + "/connectors", NONE),
          Map.entry("GET " + ORGANIZATION + "/connectors/{connectorId}", NONE),
          Map.entry("PATCH " + ORGANIZATION + "/connectors/{connectorId}", "{\"name\":\"x\"}"),
          Map.entry("DELETE " + ORGANIZATION + "/connectors/{connectorId}", NONE),
          Map.entry("POST " + ORGANIZATION + "/connectors/{connectorId}/connect", "{}"),
          Map.entry("GET " + ORGANIZATION + "/connectors/{connectorId}/status", NONE),
          Map.entry("POST " + ORGANIZATION + "/connectors/{connectorId}/invalidate", NONE),
          Map.entry(
              "PUT " + ORGANIZATION + "/connectors/{connectorId}/credentials", "{\"token\":\"x\"}"),
          Map.entry("DELETE " + ORGANIZATION + "/connectors/{connectorId}/credentials", NONE),
          Map.entry(
              "PUT " + ORGANIZATION + "/oauth-clients",
              "{\"issuer\":\"https://a.example\",\"clientId\":\"x\"}"),
          Map.entry("GET /health/mcp-cache", NONE),
          Map.entry("GET /health/providers", NONE),
          Map.entry("GET " + ORGANIZATION + "/tools", NONE),
          Map.entry("PUT " + ORGANIZATION + "/tools", "{\"deny\":[\"x__*\"]}"),
          Map.entry("GET " + ORGANIZATION + "/keys/{keyId}/tools", NONE),
          Map.entry("PUT " + ORGANIZATION + "/keys/{keyId}/tools", "{\"allow\":[\"x__*\"]}"),
          Map.entry("GET " + ORGANIZATION + "/ledger", NONE),
          Map.entry("GET " + ORGANIZATION + "/ledger.csv", NONE),
          Map.entry("GET " + ORGANIZATION + "/usage", NONE),
          Map.entry("GET " + ADMIN + "/usage", NONE),
          Map.entry("POST " + ADMIN + "/administrators", "{\"name\":\"x\"}"),
          Map.entry("GET " + ADMIN + "/administrators", NONE),
          Map.entry("DELETE " + ADMIN + "/administrators/{administratorId}", NONE),
          Map.entry("GET " + ADMIN + "/audit", NONE));

  private final TestGateway gateway =
      TestGateway.start(wishes -> wishes.trust(TokenIssuer.trust("https://issuer.test", null)));

  /** The intruder, and whom it must not reach. */
  private TestGateway.Tenant mine;

  private Victim theirs;

  /** A tenant with one of everything. */
  private record Victim(
      String organization,
      String externalId,
      String user,
      String key,
      String connector,
      String providerKey,
      String administrator,
      String response) {

    String fill(String template, String model) {
      String path =
          template
              .replace("{organizationId}", organization)
              .replace("{externalId}", URLEncoder.encode(externalId, StandardCharsets.UTF_8))
              .replace("{userId}", user)
              .replace("{keyId}", key)
              .replace("{connectorId}", connector)
              .replace("{providerKeyId}", providerKey)
              .replace("{project}", "victims")
              .replace("{administratorId}", administrator)
              .replace("{responseId}", response)
              .replace("{connector}", "victims")
              .replace("{model}", model);
      assertThat(path).as("a parameter that this test does not know").doesNotContain("{");
      return path;
    }

    List<String> marks() {
      return List.of(organization, externalId, user, key, connector, providerKey);
    }
  }

  @BeforeAll
  void prepare() {
    mine = gateway.tenant(100_000L);
    String externalId = "victim-of-the-test";
    String organization =
        made(
            "/organizations",
            "{\"name\":\"victim\",\"externalId\":\""
                + externalId
                + "\","
                + "\"monthlyBudgetCents\":500}");
    String one = "/organizations/" + organization;
    String user = made(one + "/users", "{\"name\":\"victim\"}");
    String key = made(one + "/keys", "{\"name\":\"victim\",\"userId\":\"" + user + "\"}");
    String administrator = made("/administrators", "{\"name\":\"second\"}");
    String connector = made(one + "/connectors", "{\"catalogue\":\"linear\"}");
    String providerKey =
        made(one + "/provider-keys", "{\"provider\":\"anthropic\",\"key\":\"sk-victims\"}");
    theirs =
        new Victim(
            organization,
            externalId,
            user,
            key,
            connector,
            providerKey,
            administrator,
            response(one, user));
  }

  /** What the provider keeps for the victim. */
  private String response(String organization, String user) {
    String key =
        gateway
            .admin(
                "POST",
                ADMIN + organization + "/keys",
                "{\"name\":\"caller\",\"userId\":\"" + user + "\"}",
                201)
            .path("key")
            .stringValue();
    String answer =
        gateway
            .send("POST", "/v1/responses", key, BODIES.getOrDefault("POST /v1/responses", NONE))
            .body();
    return new JsonMapper().readTree(answer).path("id").stringValue();
  }

  private String made(String path, String body) {
    return gateway.admin("POST", ADMIN + path, body, 201).path("id").stringValue();
  }

  @AfterAll
  void close() {
    gateway.close();
  }

  @Test
  void knowsEveryRouteThatIsServed() {
    assertThat(new TreeSet<>(gateway.routes().stream().map(EveryRouteIT::name).toList()))
        .isEqualTo(new TreeSet<>(BODIES.keySet()));
  }

  @Test
  void letsNobodyInWithoutAKeyButWhereItIsOpen() {
    for (Route route : gateway.routes()) {
      int expected = route.access() == Access.OPEN ? open(route) : 401;
      assertThat(ask(route, null).statusCode()).as(name(route)).isEqualTo(expected);
      assertThat(ask(route, "tg_live_" + "0".repeat(43)).statusCode())
          .as(name(route) + " with a key that nobody has")
          .isEqualTo(expected);
    }
  }

  /** A callback that nobody began is refused. */
  private static int open(Route route) {
    return List.of("/oauth/callback", "/node/proof").contains(route.template()) ? 400 : 200;
  }

  @Test
  void givesATenantNothingOfAnother() {
    List<JsonNode> before = everythingOfTheirs();
    for (Route route : gateway.routes()) {
      HttpResponse<String> answer = ask(route, mine.key());
      assertThat(answer.body()).as(name(route)).doesNotContain(theirs.marks());
      if (route.access() == Access.ADMINISTRATOR) {
        assertThat(answer.statusCode()).as(name(route)).isEqualTo(403);
      } else if (route.template().contains("{responseId}")) {
        assertThat(answer.statusCode()).as(name(route)).isEqualTo(404);
      } else if (needsSession(route)) {
        assertThat(answer.statusCode()).as(name(route)).isEqualTo(405);
      } else {
        assertThat(answer.statusCode())
            .as(name(route))
            .isLessThanOrEqualTo(route.access() == Access.OPEN ? open(route) : 399);
      }
    }
    assertThat(everythingOfTheirs()).isEqualTo(before);
  }

  /** Streams and ends of sessions are a session's own: without one there is nothing here. */
  private static boolean needsSession(Route route) {
    return route.template().startsWith("/mcp") && !route.method().name().equals("POST");
  }

  @Test
  void ignoresAnOrganizationThatATenantNames() {
    for (String path : List.of("/v1/usage", "/v1/budget", "/health/budget")) {
      HttpResponse<String> answer =
          gateway.send("GET", path + "?organizationId=" + theirs.organization(), mine.key(), NONE);
      assertThat(answer.statusCode()).as(path).isEqualTo(400);
      assertThat(
              gateway
                  .send(
                      HttpRequest.newBuilder(URI.create(gateway.url() + path))
                          .header("authorization", "Bearer " + mine.key())
                          .header("x-organization-id", theirs.organization())
                          .build())
                  .body())
          .doesNotContain(theirs.marks());
    }
  }

  @Test
  void findsNothingOfOneOrganizationUnderAnother() {
    Victim mixed =
        new Victim(
            mine.id().toString(),
            theirs.externalId(),
            theirs.user(),
            theirs.key(),
            theirs.connector(),
            theirs.providerKey(),
            theirs.administrator(),
            theirs.response());
    for (Route route : gateway.routes()) {
      if (Stream.of("{userId}", "{keyId}", "{connectorId}", "{providerKeyId}")
          .anyMatch(route.template()::contains)) {
        HttpResponse<String> answer =
            gateway.send(
                route.method().name(),
                mixed.fill(route.template(), ""),
                TestGateway.ADMIN_KEY,
                BODIES.getOrDefault(name(route), NONE));
        assertThat(answer.statusCode()).as(name(route)).isEqualTo(404);
      }
    }
  }

  @Test
  void takesNoAdministratorsKeyWhereATenantIsCharged() {
    for (Route route : gateway.routes()) {
      if (route.access() == Access.TENANT) {
        assertThat(ask(route, TestGateway.ADMIN_KEY).statusCode()).as(name(route)).isEqualTo(403);
      }
    }
  }

  private List<JsonNode> everythingOfTheirs() {
    gateway.awaitCharges();
    String one = ADMIN + "/organizations/" + theirs.organization();
    List<JsonNode> all = new ArrayList<>();
    for (String path :
        List.of(
            "", "/users", "/keys", "/budget", "/budgets", "/ledger", "/usage", "/provider-keys")) {
      all.add(gateway.admin("GET", one + path, NONE, 200));
    }
    all.add(gateway.admin("GET", ADMIN + "/administrators", NONE, 200));
    return all;
  }

  private HttpResponse<String> ask(Route route, @Nullable String key) {
    String path = theirs.fill(route.template(), "gpt-4o-mini");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway.url() + path))
            .method(
                route.method().name(),
                HttpRequest.BodyPublishers.ofString(BODIES.getOrDefault(name(route), NONE)));
    if (key != null) {
      request.header("authorization", "Bearer " + key);
    }
    return gateway.send(request.build());
  }

  private static String name(Route route) {
    return route.method().name() + " " + route.template();
  }
}
