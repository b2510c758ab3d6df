package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Budgets of users, keys and projects, and windows by the calendar, over HTTP on a whole node. */
@TestInstance(Lifecycle.PER_CLASS)
class ScopedBudgetsIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String CALL =
      "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":1000,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi [[sim: output-tokens=1000]]\"}]}";

  private final TestGateway gateway = TestGateway.start();

  @AfterAll
  void close() {
    gateway.close();
  }

  private static String organization(Tenant tenant) {
    return "/admin/v1/organizations/" + tenant.id();
  }

  private String user(Tenant tenant, String body) {
    return gateway
        .admin("POST", organization(tenant) + "/users", body, 201)
        .path("id")
        .stringValue();
  }

  private JsonNode key(Tenant tenant, String fields) {
    return gateway.admin("POST", organization(tenant) + "/keys", fields, 201);
  }

  private HttpResponse<String> call(String key) {
    return gateway.send("POST", "/v1/messages", key, CALL);
  }

  private static String message(HttpResponse<String> answer) {
    return JSON.readTree(answer.body()).path("error").path("message").asString();
  }

  private void assertRefused(String path, String body, String field) {
    JsonNode error = gateway.admin("PUT", path, body, 400).path("error");
    assertThat(error.path("field").asString()).as(body).isEqualTo(field);
    assertThat(error.path("message").asString()).contains(field);
  }

  @Test
  void tellsAKeyOfEveryBudgetThatItsCallsAreHeldAgainstAndOfNoOther() {
    Tenant tenant = gateway.tenant(100_000L);
    String whole = organization(tenant);
    String user = user(tenant, "{\"email\":\"eve@example.org\"}");
    JsonNode made = key(tenant, "{\"name\":\"own\",\"project\":\"p\",\"userId\":\"" + user + "\"}");
    String other = key(tenant, "{\"name\":\"other\"}").path("id").stringValue();
    String key = made.path("id").stringValue();
    gateway.admin("PUT", whole + "/keys/" + key + "/budget", "{\"budgetCents\":300}", 200);
    gateway.admin("PUT", whole + "/keys/" + other + "/budget", "{\"budgetCents\":200}", 200);
    gateway.admin(
        "PUT", whole + "/projects/p/budget", "{\"budgetCents\":null,\"window\":\"day\"}", 200);
    gateway.admin("PUT", whole + "/users/" + user + "/budget", "{\"budgetCents\":400}", 200);
    assertThat(call(made.path("key").stringValue()).statusCode()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(own(made).get(0).path("spentCents").asLong()).isEqualTo(1));
    JsonNode budgets = own(made);
    assertThat(budgets.size()).isEqualTo(4);
    List<String> scopes = new ArrayList<>();
    budgets.forEach(budget -> scopes.add(budget.path("scope").asString()));
    assertThat(scopes).containsExactly("key", "project", "user", "organization");
    assertThat(budgets.get(0).path("name").asString()).isEqualTo("own");
    assertThat(budgets.get(0).path("budgetCents").asLong()).isEqualTo(300);
    assertThat(budgets.get(0).path("remainingCents").asLong()).isEqualTo(299);
    assertThat(budgets.get(0).path("reservedCents").asLong()).isBetween(0L, 299L);
    assertThat(budgets.get(0).path("windowEndsAt").isNull()).isTrue();
    assertThat(budgets.get(1).path("budgetCents").isNull()).isTrue();
    assertThat(budgets.get(1).path("remainingCents").isNull()).isTrue();
    assertThat(Instant.parse(budgets.get(1).path("windowEndsAt").asString()))
        .isAfter(Instant.now());
    assertThat(budgets.get(3).path("budgetCents").asLong()).isEqualTo(100_000);
  }

  private JsonNode own(JsonNode made) {
    HttpResponse<String> answer =
        gateway.send("GET", "/v1/budget", made.path("key").stringValue(), "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("budgets");
  }

  @Test
  void givesAUserAKeyAndAProjectABudgetEach() {
    Tenant tenant = gateway.tenant(100_000L);
    String user = user(tenant, "{\"email\":\"ada@example.org\"}");
    String key = key(tenant, "{\"name\":\"ci\"}").path("id").stringValue();
    String whole = organization(tenant);
    for (String[] part :
        new String[][] {
          {"/users/" + user, "user", user, "ada@example.org"},
          {"/keys/" + key, "key", key, "ci"},
          {"/projects/night%2Fly%20x", "project", "night/ly x", "night/ly x"}
        }) {
      String one = whole + part[0] + "/budget";
      gateway.admin("GET", one, "", 404);
      JsonNode made = gateway.admin("PUT", one, "{\"budgetCents\":250}", 200);
      assertThat(made.path("scope").asString()).isEqualTo(part[1]);
      assertThat(made.path("subject").asString()).isEqualTo(part[2]);
      assertThat(made.path("name").asString()).isEqualTo(part[3]);
      assertThat(made.path("budgetCents").asLong()).isEqualTo(250);
      assertThat(made.path("spentCents").asLong()).isZero();
      assertThat(made.path("remainingCents").asLong()).isEqualTo(250);
      assertThat(made.path("window").asString()).isEqualTo("manual");
      assertThat(made.path("windowEndsAt").isNull()).isTrue();
      assertThat(gateway.admin("GET", one, "", 200)).isEqualTo(made);
      JsonNode reset = gateway.admin("POST", one + "/reset", "{\"reason\":\"a test\"}", 200);
      assertThat(reset.path("windowNumber").asLong())
          .isEqualTo(made.path("windowNumber").asLong() + 1);
    }
    JsonNode all = gateway.admin("GET", whole + "/budgets?limit=2", "", 200);
    assertThat(all.path("items").size()).isEqualTo(2);
    String cursor = all.path("nextCursor").stringValue();
    assertThat(
            gateway
                .admin("GET", whole + "/budgets?limit=2&cursor=" + cursor, "", 200)
                .path("items")
                .get(0)
                .path("scope")
                .asString())
        .isEqualTo("project");
  }

  @Test
  void takesABudgetAwayAndGivesItAgain() {
    Tenant tenant = gateway.tenant(100_000L);
    String one = organization(tenant) + "/projects/blue/budget";
    gateway.admin("PUT", one, "{\"budgetCents\":1,\"window\":\"day\"}", 200);
    gateway.admin("DELETE", one, "", 204);
    gateway.admin("GET", one, "", 404);
    gateway.admin("DELETE", one, "", 404);
    gateway.admin("POST", one + "/reset", "{\"reason\":\"x\"}", 404);
    JsonNode again = gateway.admin("PUT", one, "{\"budgetCents\":null}", 200);
    assertThat(again.path("budgetCents").isNull()).isTrue();
    assertThat(again.path("window").asString()).isEqualTo("manual");
    assertThat(gateway.admin("GET", organization(tenant) + "/budgets", "", 200).path("items"))
        .hasSize(1);
    assertThat(
            gateway
                .admin("GET", "/admin/v1/audit?organizationId=" + tenant.id(), "", 200)
                .toString())
        .contains("budget.remove", "project:blue");
  }

  @Test
  void findsNoBudgetForWhomTheOrganizationDoesNotHave() {
    Tenant tenant = gateway.tenant(100L);
    Tenant other = gateway.tenant(100L);
    String stranger = user(other, "{\"name\":\"eve\"}");
    String limit = "{\"budgetCents\":1}";
    String one = organization(tenant);
    gateway.admin("PUT", one + "/users/" + stranger + "/budget", limit, 404);
    gateway.admin("PUT", one + "/keys/" + UUID.randomUUID() + "/budget", limit, 404);
    gateway.admin("PUT", one + "/keys/not-an-id/budget", limit, 404);
    gateway.admin(
        "PUT", "/admin/v1/organizations/" + UUID.randomUUID() + "/projects/x/budget", limit, 404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{`window`:`day`}|budgetCents",
        "{`budgetCents`:-1}|budgetCents",
        "{`budgetCents`:1.5}|budgetCents",
        "{`budgetCents`:1e2}|budgetCents",
        "{`budgetCents`:`1`}|budgetCents",
        "{`budgetCents`:100000000001}|budgetCents",
        "{`budgetCents`:9223372036854775808}|budgetCents",
        "{`budgetCents`:1,`window`:`year`}|window",
        "{`budgetCents`:1,`window`:`DAY`}|window",
        "{`budgetCents`:1,`window`:7}|window",
        "{`budgetCents`:1,`timeZone`:`UTC`}|timeZone",
        "{`budgetCents`:1,`monthlyBudgetCents`:1}|monthlyBudgetCents",
      })
  void namesTheFieldThatIsWrong(String body, String field) {
    Tenant tenant = gateway.tenant(100L);
    assertRefused(organization(tenant) + "/projects/x/budget", body.replace('`', '"'), field);
  }

  @ParameterizedTest
  @CsvSource({"Mars/Olympus", "''", "europe/berlin", "+02:00", "Z", "UTC+2"})
  void refusesWhatIsNoTimeZone(String zone) {
    Tenant tenant = gateway.tenant(100L);
    assertRefused(
        organization(tenant) + "/budget",
        "{\"monthlyBudgetCents\":1,\"timeZone\":\"" + zone + "\"}",
        "timeZone");
  }

  @Test
  void refusesAProjectWithALongerNameThanAKeyCanHave() {
    Tenant tenant = gateway.tenant(100L);
    assertRefused(
        organization(tenant) + "/projects/" + "x".repeat(201) + "/budget",
        "{\"budgetCents\":1}",
        "project");
  }

  @Test
  void countsByTheCalendarOfTheOrganization() {
    Tenant tenant = gateway.tenant(5_000L);
    JsonNode first = gateway.admin("GET", organization(tenant) + "/budget", "", 200);
    assertThat(first.path("window").asString()).isEqualTo("manual");
    assertThat(first.path("timeZone").asString()).isEqualTo("UTC");
    assertThat(first.path("windowEndsAt").isNull()).isTrue();
    JsonNode daily =
        gateway.budget(
            tenant,
            "{\"monthlyBudgetCents\":5000,\"window\":\"day\",\"timeZone\":\"Pacific/Kiritimati\"}");
    Instant ends = Instant.parse(daily.path("windowEndsAt").asString());
    assertThat(ends)
        .isEqualTo(
            Instant.now()
                .atZone(ZoneId.of("Pacific/Kiritimati"))
                .toLocalDate()
                .plusDays(1)
                .atStartOfDay(ZoneId.of("Pacific/Kiritimati"))
                .toInstant());
    assertThat(call(tenant.key()).statusCode()).isEqualTo(200);
    JsonNode kept = gateway.budget(tenant, "{\"monthlyBudgetCents\":4000}");
    assertThat(kept.path("window").asString()).isEqualTo("day");
    assertThat(kept.path("timeZone").asString()).isEqualTo("Pacific/Kiritimati");
    JsonNode monthly = gateway.budget(tenant, "{\"monthlyBudgetCents\":4000,\"window\":\"month\"}");
    assertThat(monthly.path("windowNumber")).isEqualTo(daily.path("windowNumber"));
    assertThat(monthly.path("currentMonthSpendCents").asLong()).isPositive();
    String project = organization(tenant) + "/projects/x/budget";
    JsonNode scoped =
        gateway.admin("PUT", project, "{\"budgetCents\":1,\"window\":\"month\"}", 200);
    assertThat(scoped.path("timeZone").asString()).isEqualTo("Pacific/Kiritimati");
    assertThat(scoped.path("windowEndsAt")).isEqualTo(monthly.path("windowEndsAt"));
    gateway.budget(tenant, "{\"monthlyBudgetCents\":4000,\"timeZone\":\"Pacific/Pago_Pago\"}");
    assertThat(gateway.admin("GET", project, "", 200).path("timeZone").asString())
        .isEqualTo("Pacific/Pago_Pago");
  }

  @Test
  void keepsTheWindowOfAnOrganizationThatIsPutAgain() {
    String path = "/admin/v1/organizations/by-external-id/windowed";
    String id =
        gateway
            .admin("PUT", path, "{\"name\":\"W\",\"monthlyBudgetCents\":10}", 201)
            .path("id")
            .stringValue();
    Tenant made = new Tenant(UUID.fromString(id), "");
    gateway.budget(made, "{\"monthlyBudgetCents\":10,\"window\":\"week\"}");
    gateway.admin("PUT", path, "{\"name\":\"W\",\"monthlyBudgetCents\":20}", 200);
    assertThat(
            gateway.admin("GET", organization(made) + "/budget", "", 200).path("window").asString())
        .isEqualTo("week");
  }

  @Test
  void refusesByTheKeysBudgetInsideABigOne() {
    Tenant tenant = gateway.tenant(100_000L);
    JsonNode small = key(tenant, "{\"name\":\"intern\"}");
    String one = organization(tenant) + "/keys/" + small.path("id").stringValue() + "/budget";
    assertThat(call(small.path("key").stringValue()).statusCode()).isEqualTo(200);
    gateway.admin("PUT", one, "{\"budgetCents\":5,\"window\":\"day\"}", 200);
    HttpResponse<String> refused = call(small.path("key").stringValue());
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
    assertThat(refused.headers().firstValue("x-tollgate-refusal")).hasValue("budget_exhausted");
    assertThat(message(refused)).contains("the daily budget of key \"intern\"", "it resets at");
    assertThat(call(tenant.key()).statusCode()).isEqualTo(200);
    gateway.admin("DELETE", one, "", 204);
    assertThat(call(small.path("key").stringValue()).statusCode()).isEqualTo(200);
    assertThat(gateway.books().differences()).isEmpty();
  }

  @Test
  void chargesEveryBudgetOfACall() {
    Tenant tenant = gateway.tenant(100_000L);
    String user = user(tenant, "{\"name\":\"Ada\"}");
    JsonNode key = key(tenant, "{\"name\":\"k\",\"project\":\"red\",\"userId\":\"" + user + "\"}");
    String whole = organization(tenant);
    for (String part :
        new String[] {"/users/" + user, "/keys/" + key.path("id").stringValue(), "/projects/red"}) {
      gateway.admin("PUT", whole + part + "/budget", "{\"budgetCents\":5000}", 200);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(call(key.path("key").stringValue()).statusCode()).isEqualTo(200);
    }
    long spent =
        gateway.admin("GET", whole + "/budget", "", 200).path("currentMonthSpendCents").asLong();
    assertThat(spent).isPositive();
    gateway
        .admin("GET", whole + "/budgets", "", 200)
        .path("items")
        .forEach(item -> assertThat(item.path("spentCents").asLong()).isEqualTo(spent));
    assertThat(gateway.ledger(tenant).get(0).path("budgets").size()).isEqualTo(4);
    assertThat(gateway.books().differences()).isEmpty();
  }

  @Test
  void changesALimitWhileCallsAreInFlight()
      throws ExecutionException, InterruptedException, TimeoutException {
    Tenant tenant = gateway.tenant(100_000L);
    JsonNode key = key(tenant, "{\"name\":\"busy\"}");
    String secret = key.path("key").stringValue();
    String one = organization(tenant) + "/keys/" + key.path("id").stringValue() + "/budget";
    gateway.admin("PUT", one, "{\"budgetCents\":1000}", 200);
    gateway.simulator().closeGate();
    CompletableFuture<HttpResponse<String>> flying;
    try {
      flying = CompletableFuture.supplyAsync(() -> call(secret));
      await().atMost(PATIENCE).until(() -> gateway.simulator().stats().parked() == 1);
      gateway.admin("PUT", one, "{\"budgetCents\":0}", 200);
      HttpResponse<String> lowered = call(secret);
      assertThat(lowered.statusCode()).as(lowered.body()).isEqualTo(429);
      assertThat(message(lowered)).contains("key \"busy\"");
      gateway.admin("PUT", one, "{\"budgetCents\":null}", 200);
      gateway.admin("PUT", one, "{\"budgetCents\":2000}", 200);
    } finally {
      gateway.simulator().openGate();
    }
    assertThat(flying.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(call(secret).statusCode()).isEqualTo(200);
    assertThat(gateway.admin("GET", one, "", 200).path("spentCents").asLong()).isEqualTo(1);
    assertThat(gateway.books().differences()).isEmpty();
  }
}
