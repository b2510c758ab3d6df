package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Administration as an administrator does it: over HTTP, on a whole node. */
@TestInstance(Lifecycle.PER_CLASS)
class AdministrationIT {

  private static final String ORGANIZATIONS = "/admin/v1/organizations";
  private static final JsonMapper JSON = new JsonMapper();

  private final TestGateway gateway = TestGateway.start();

  @AfterAll
  void close() {
    gateway.close();
  }

  @Test
  void makesAnOrganizationWithItsBudget() {
    JsonNode made =
        gateway.admin(
            "POST",
            ORGANIZATIONS,
            "{\"name\":\"Acme\",\"externalId\":\"crm/1\",\"monthlyBudgetCents\":0}",
            201);
    assertThat(made.path("name").stringValue()).isEqualTo("Acme");
    assertThat(made.path("externalId").stringValue()).isEqualTo("crm/1");
    assertThat(made.path("monthlyBudgetCents").longValue()).isZero();
    String one = ORGANIZATIONS + "/" + made.path("id").stringValue();
    assertThat(gateway.admin("GET", one, "", 200)).isEqualTo(made);
    gateway.admin(
        "POST",
        ORGANIZATIONS,
        "{\"name\":\"Other\",\"externalId\":\"crm/1\",\"monthlyBudgetCents\":0}",
        409);
    assertThat(gateway.admin("PATCH", one, "{\"name\":\"Acme Ltd\"}", 200).path("name").asString())
        .isEqualTo("Acme Ltd");
    gateway.admin("DELETE", one, "", 204);
    gateway.admin("GET", one, "", 404);
    gateway.admin("DELETE", one, "", 404);
  }

  @Test
  void keepsWhatAnotherAdministratorChangesAtTheSameTime() throws SQLException {
    TestGateway.Tenant tenant = gateway.tenant(500L);
    String budget = ORGANIZATIONS + "/" + tenant.id() + "/budget";
    List<CompletableFuture<JsonNode>> both;
    try (Connection holder = TestDatabase.connectAsSuperuser(gateway.database());
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute(
          "SELECT 1 FROM tollgate.budgets WHERE organization_id = '%s' FOR NO KEY UPDATE"
              .formatted(tenant.id()));
      both =
          List.of(
              put(budget, "{\"monthlyBudgetCents\":600,\"estimation\":\"strict\"}"),
              put(budget, "{\"monthlyBudgetCents\":600,\"ladder\":\"off\"}"));
      await().atMost(Duration.ofMinutes(2)).until(() -> waiting() == 2);
      holder.commit();
    }
    both.forEach(CompletableFuture::join);
    JsonNode after = gateway.admin("GET", budget, "", 200);
    assertThat(after.path("estimation").asString()).isEqualTo("strict");
    assertThat(after.path("ladder").toString()).contains("off");
  }

  private CompletableFuture<JsonNode> put(String path, String body) {
    return CompletableFuture.supplyAsync(
        () -> gateway.admin("PUT", path, body, 200), Thread::startVirtualThread);
  }

  /** How many transactions wait for another's lock. */
  private int waiting() throws SQLException {
    try (Connection watch = TestDatabase.connectAsSuperuser(gateway.database());
        Statement statement = watch.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void tellsThatABudgetIsExhaustedWhereEveryCallIsBlocked() {
    TestGateway.Tenant tenant = gateway.tenant(5L);
    assertThat(health(tenant)).isEqualTo("exhausted");
    gateway.admin(
        "PUT",
        ORGANIZATIONS + "/" + tenant.id() + "/budget",
        "{\"monthlyBudgetCents\":5,\"ladder\":\"percent\"}",
        200);
    assertThat(health(tenant)).isEqualTo("ok");
  }

  private String health(TestGateway.Tenant tenant) {
    return JSON.readTree(gateway.send("GET", "/health/budget", tenant.key(), "").body())
        .path("organizations")
        .get(0)
        .path("status")
        .asString();
  }

  @Test
  void putsByExternalIdAgainAndAgain() {
    String path = ORGANIZATIONS + "/by-external-id/gitops%2Fteam+a";
    String body = "{\"name\":\"Team A\",\"monthlyBudgetCents\":700}";
    JsonNode made = gateway.admin("PUT", path, body, 201);
    assertThat(made.path("externalId").stringValue()).isEqualTo("gitops/team+a");
    int entries = auditOf(made).size();
    assertThat(gateway.admin("PUT", path, body, 200)).isEqualTo(made);
    assertThat(auditOf(made)).hasSize(entries);
    JsonNode raised =
        gateway.admin("PUT", path, "{\"name\":\"Team A\",\"monthlyBudgetCents\":900}", 200);
    assertThat(raised.path("monthlyBudgetCents").longValue()).isEqualTo(900);
    assertThat(
            gateway
                .admin("GET", organization(made) + "/budget", "", 200)
                .path("monthlyBudgetCents")
                .longValue())
        .isEqualTo(900);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{`name`:`x`}|monthlyBudgetCents",
        "{`monthlyBudgetCents`:1}|name",
        "{`name`:``,`monthlyBudgetCents`:1}|name",
        "{`name`:5,`monthlyBudgetCents`:1}|name",
        "{`name`:`x`,`monthlyBudgetCents`:-1}|monthlyBudgetCents",
        "{`name`:`x`,`monthlyBudgetCents`:1.5}|monthlyBudgetCents",
        "{`name`:`x`,`monthlyBudgetCents`:`1`}|monthlyBudgetCents",
        "{`name`:`x`,`monthlyBudgetCents`:99999999999999999999}|monthlyBudgetCents",
        "{`name`:`x`,`monthlyBudgetCents`:1,`timeZone`:`UTC`}|timeZone",
        "{`name`:`x\\u0000`,`monthlyBudgetCents`:1}|name",
      })
  void namesTheFieldThatIsWrong(String body, String field) {
    assertRefused("POST", ORGANIZATIONS, body.replace('`', '"'), field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{\"name\":\"a\",\"name\":\"b\"}"})
  void refusesWhatIsNoObject(String body) {
    HttpResponse<String> answer = gateway.send("POST", ORGANIZATIONS, TestGateway.ADMIN_KEY, body);
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode error = JSON.readTree(answer.body()).path("error");
    assertThat(error.path("code").stringValue()).isEqualTo("invalid_request");
    assertThat(error.path("requestId").stringValue())
        .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
  }

  @Test
  void looksAfterUsers() {
    String users = organization(gateway.tenant(100L)) + "/users";
    JsonNode made =
        gateway.admin("POST", users, "{\"email\":\"ada@example.org\",\"name\":\"Ada\"}", 201);
    String one = users + "/" + made.path("id").stringValue();
    assertThat(gateway.admin("GET", one, "", 200)).isEqualTo(made);
    gateway.admin("POST", users, "{\"email\":\"ADA@example.org\"}", 409);
    JsonNode changed = gateway.admin("PUT", one, "{\"name\":\"Ada L.\"}", 200);
    assertThat(changed.path("email").isNull()).isTrue();
    assertRefused("POST", users, "{}", "email");
    assertRefused("POST", users, "{\"email\":\"nobody\"}", "email");
    assertRefused("POST", users, "{\"name\":\"x\",\"role\":\"owner\"}", "role");
    gateway.admin("DELETE", one, "", 204);
    gateway.admin("GET", one, "", 404);
    gateway.admin("GET", users + "/not-an-id", "", 404);
  }

  @Test
  void issuesListsAndRevokesKeys() {
    TestGateway.Tenant tenant = gateway.tenant(100L);
    String keys = organization(tenant) + "/keys";
    HttpResponse<String> answer =
        gateway.send(
            "POST",
            keys,
            TestGateway.ADMIN_KEY,
            "{\"name\":\"ci\",\"project\":\"blue\",\"expiresAt\":\"2099-01-01T00:00:00Z\"}");
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
    JsonNode made = JSON.readTree(answer.body());
    String key = made.path("key").stringValue();
    assertThat(gateway.send("GET", "/v1/usage", key, "").statusCode()).isEqualTo(200);
    String listed = gateway.admin("GET", keys, "", 200).toString();
    assertThat(listed).contains(made.path("id").stringValue()).doesNotContain(key);
    gateway.admin("DELETE", keys + "/" + made.path("id").stringValue(), "", 204);
    assertThat(gateway.send("GET", "/v1/usage", key, "").statusCode()).isEqualTo(401);
    gateway.admin("DELETE", keys + "/" + made.path("id").stringValue(), "", 204);
    gateway.admin("DELETE", keys + "/" + UUID.randomUUID(), "", 404);
    assertRefused("POST", keys, "{\"name\":\"x\",\"rateLimit\":1}", "rateLimit");
    assertRefused("POST", keys, "{\"name\":\"x\",\"scopes\":[]}", "scopes");
    assertRefused(
        "POST", keys, "{\"name\":\"x\",\"expiresAt\":\"2001-01-01T00:00:00Z\"}", "expiresAt");
    assertRefused("POST", keys, "{\"name\":\"x\",\"expiresAt\":\"soon\"}", "expiresAt");
    assertRefused("POST", keys, "{\"name\":\"x\",\"userId\":\"ada\"}", "userId");
    assertRefused(
        "POST", keys, "{\"name\":\"x\",\"userId\":\"" + UUID.randomUUID() + "\"}", "userId");
  }

  @Test
  void setsABudgetAndResetsIt() {
    String budget = organization(gateway.tenant(100L)) + "/budget";
    JsonNode first = gateway.admin("GET", budget, "", 200);
    assertThat(first.path("monthlyBudgetCents").longValue()).isEqualTo(100);
    assertThat(first.path("currentMonthSpendCents").longValue()).isZero();
    assertThat(first.path("ladder").asString()).isEqualTo("default");
    assertThat(first.path("estimation").stringValue()).isEqualTo("capped");
    JsonNode strict =
        gateway.admin(
            "PUT",
            budget,
            "{\"monthlyBudgetCents\":null,\"ladder\":\"percent\",\"estimation\":\"strict\","
                + "\"capAllowed\":false}",
            200);
    assertThat(strict.path("monthlyBudgetCents").isNull()).isTrue();
    assertThat(strict.path("remainingCents").isNull()).isTrue();
    JsonNode kept = gateway.admin("PUT", budget, "{\"monthlyBudgetCents\":0}", 200);
    assertThat(kept.path("monthlyBudgetCents").longValue()).isZero();
    assertThat(kept.path("ladder").asString()).isEqualTo("percent");
    assertThat(kept.path("estimation").stringValue()).isEqualTo("strict");
    JsonNode reset = gateway.admin("POST", budget + "/reset", "{\"reason\":\"a new month\"}", 200);
    assertThat(reset.path("windowNumber").longValue())
        .isGreaterThan(first.path("windowNumber").longValue());
    assertThat(reset.path("budgetResetAt").stringValue())
        .isNotEqualTo(first.path("budgetResetAt").stringValue());
    assertRefused("POST", budget + "/reset", "{}", "reason");
    assertRefused("POST", budget + "/reset", "{\"reason\":\" \"}", "reason");
    assertRefused("PUT", budget, "{\"ladder\":\"off\"}", "monthlyBudgetCents");
    assertRefused("PUT", budget, "{\"monthlyBudgetCents\":1,\"ladder\":\"steep\"}", "ladder");
    assertRefused(
        "PUT", budget, "{\"monthlyBudgetCents\":1,\"estimation\":\"wild\"}", "estimation");
    assertRefused("PUT", budget, "{\"monthlyBudgetCents\":1,\"window\":\"year\"}", "window");
  }

  @Test
  void tellsHowBudgetsStandToWhomTheyBelong() {
    TestGateway.Tenant tenant = gateway.tenant(100L);
    JsonNode own = JSON.readTree(gateway.send("GET", "/health/budget", tenant.key(), "").body());
    assertThat(own.path("organizations").size()).isEqualTo(1);
    JsonNode one = own.path("organizations").get(0);
    assertThat(one.path("organizationId").stringValue()).isEqualTo(tenant.id().toString());
    assertThat(one.path("monthlyBudgetCents").longValue()).isEqualTo(100);
    assertThat(one.path("currentMonthSpendCents").longValue()).isZero();
    assertThat(one.path("remainingCents").longValue()).isEqualTo(100);
    assertThat(one.path("percentUsed").doubleValue()).isZero();
    assertThat(one.path("status").stringValue()).isEqualTo("ok");
    assertThat(own.path("warningThreshold").intValue()).isEqualTo(80);
    assertThat(own.path("criticalThreshold").intValue()).isEqualTo(90);
    gateway.tenant(100L);
    Set<String> seen = new HashSet<>();
    for (JsonNode page : pages("/health/budget?limit=1")) {
      page.path("organizations")
          .forEach(entry -> assertThat(seen.add(entry.path("organizationId").asString())).isTrue());
    }
    assertThat(seen).contains(tenant.id().toString()).hasSizeGreaterThan(1);
  }

  @Test
  void listsByPagesThatAreSafeInAUrl() {
    String keys = organization(gateway.tenant(100L)) + "/keys";
    for (int i = 0; i < 4; i++) {
      gateway.admin("POST", keys, "{\"name\":\"key " + i + "\"}", 201);
    }
    List<String> names = new ArrayList<>();
    for (JsonNode page : pages(keys + "?limit=2")) {
      page.path("items").forEach(item -> names.add(item.path("name").stringValue()));
    }
    assertThat(names).containsExactly("test", "key 0", "key 1", "key 2", "key 3");
    assertRefused("GET", keys + "?cursor=nonsense", "", "cursor");
    assertRefused("GET", keys + "?limit=1001", "", "limit");
    assertRefused("GET", keys + "?limit=0", "", "limit");
    assertRefused("GET", keys + "?page=2", "", "page");
  }

  private List<JsonNode> pages(String path) {
    List<JsonNode> pages = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = gateway.admin("GET", path + cursor, "", 200);
      pages.add(page);
      JsonNode next = page.path("nextCursor");
      cursor = next.isString() ? "&cursor=" + next.stringValue() : "";
      assertThat(cursor).matches("(&cursor=[A-Za-z0-9_-]+)?");
    } while (!cursor.isEmpty());
    return pages;
  }

  @Test
  void listsWhatWasSpent() {
    TestGateway.Tenant tenant = gateway.tenant(10_000L);
    HttpResponse<String> answer =
        gateway.send(
            "POST",
            "/v1/messages",
            tenant.key(),
            "{\"model\":\"claude-haiku-5-5\",\"max_tokens\":32,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String ledger = organization(tenant) + "/ledger";
    JsonNode items = gateway.admin("GET", ledger, "", 200).path("items");
    assertThat(items.size()).isEqualTo(1);
    JsonNode entry = items.get(0);
    assertThat(entry.path("callId").stringValue())
        .isEqualTo(answer.headers().firstValue("x-tollgate-call-id").orElseThrow());
    assertThat(entry.path("kind").stringValue()).isEqualTo("charge");
    assertThat(entry.path("status").stringValue()).isEqualTo("ok");
    assertThat(entry.path("modelServed").stringValue()).isEqualTo("claude-haiku-5-5");
    assertThat(entry.path("costNanos").longValue()).isPositive();
    assertThat(entry.path("tokens").path("output").longValue()).isPositive();
    assertThat(entry.path("rawUsage").isObject()).isTrue();
    JsonNode usage = JSON.readTree(gateway.send("GET", "/v1/usage", tenant.key(), "").body());
    assertThat(usage.path("costUsd")).isEqualTo(entry.path("costUsd"));
    assertThat(gateway.admin("GET", organization(tenant) + "/usage", "", 200)).isEqualTo(usage);
    assertThat(gateway.admin("GET", ledger + "?to=2001-01-01", "", 200).path("items").size())
        .isZero();
    assertThat(gateway.admin("GET", ledger + "?from=2001-01-01", "", 200).path("items").size())
        .isEqualTo(1);
    assertRefused("GET", ledger + "?from=yesterday", "", "from");
    assertRefused("GET", ledger + "?from=2026-02-01&to=2026-01-01", "", "to");
  }

  @Test
  void looksAfterAdministratorsAndTellsWhatTheyDid() {
    JsonNode made = gateway.admin("POST", "/admin/v1/administrators", "{\"name\":\"ada\"}", 201);
    String key = made.path("key").stringValue();
    HttpResponse<String> done =
        gateway.send("POST", ORGANIZATIONS, key, "{\"name\":\"Hers\",\"monthlyBudgetCents\":1}");
    assertThat(done.statusCode()).isEqualTo(201);
    List<String> lines = new ArrayList<>();
    auditOf(JSON.readTree(done.body()))
        .forEach(e -> lines.add(e.path("actor").stringValue() + " " + e.path("action").asString()));
    assertThat(lines).contains("ada organization.create").allMatch(line -> line.startsWith("ada "));
    assertThat(gateway.admin("GET", "/admin/v1/administrators", "", 200).toString())
        .contains("ada", "environment")
        .doesNotContain(key);
    String one = "/admin/v1/administrators/" + made.path("id").stringValue();
    gateway.admin("DELETE", one, "", 204);
    assertThat(gateway.send("GET", ORGANIZATIONS, key, "").statusCode()).isEqualTo(401);
    gateway.admin("DELETE", "/admin/v1/administrators/" + UUID.randomUUID(), "", 404);
  }

  private List<JsonNode> auditOf(JsonNode organization) {
    List<JsonNode> entries = new ArrayList<>();
    gateway
        .admin(
            "GET",
            "/admin/v1/audit?organizationId=" + organization.path("id").stringValue(),
            "",
            200)
        .path("items")
        .forEach(entries::add);
    return entries;
  }

  private static String organization(TestGateway.Tenant tenant) {
    return ORGANIZATIONS + "/" + tenant.id();
  }

  private static String organization(JsonNode made) {
    return ORGANIZATIONS + "/" + made.path("id").stringValue();
  }

  private void assertRefused(String method, String path, String body, String field) {
    JsonNode error = gateway.admin(method, path, body, 400).path("error");
    assertThat(error.path("field").asString()).as(error.toString()).isEqualTo(field);
    assertThat(error.path("message").stringValue()).isNotBlank();
  }
}
