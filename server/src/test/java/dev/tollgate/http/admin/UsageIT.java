package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.kernel.Cursor;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Usage and exports as keys and administrators read them: over HTTP, on a whole node. */
@TestInstance(Lifecycle.PER_CLASS)
class UsageIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String ALL = "/admin/v1/usage";

  private final StorageConfig database = TestDatabase.freshPlainOwner();
  private final TestGateway gateway = TestGateway.start(database, wishes -> wishes);

  @AfterAll
  void close() {
    gateway.close();
  }

  private void call(TestGateway.Tenant tenant, String model) {
    HttpResponse<String> answer =
        gateway.send(
            "POST",
            "/v1/messages",
            tenant.key(),
            "{\"model\":\"%s\",\"max_tokens\":32,".formatted(model)
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private JsonNode own(TestGateway.Tenant tenant, String query) {
    HttpResponse<String> answer = gateway.send("GET", "/v1/usage" + query, tenant.key(), "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static String of(TestGateway.Tenant tenant) {
    return "/admin/v1/organizations/" + tenant.id();
  }

  @Test
  void tellsUsageByWhateverIsAsked() {
    TestGateway.Tenant tenant = gateway.tenant(10_000L);
    call(tenant, "claude-haiku-5-5");
    call(tenant, "claude-haiku-5-5");
    call(tenant, "claude-sonnet-5-5");
    JsonNode whole = own(tenant, "");
    assertThat(whole.path("calls").intValue()).isEqualTo(3);
    assertThat(whole.path("models").size()).isEqualTo(2);
    for (String by :
        List.of(
            "model", "provider", "category", "key", "project", "user", "status", "hour", "day")) {
      JsonNode usage = own(tenant, "?groupBy=" + by);
      assertThat(usage.path("costNanos")).as(by).isEqualTo(whole.path("costNanos"));
      long calls = 0;
      long cost = 0;
      for (JsonNode group : usage.path("groups")) {
        assertThat(group.has(by)).as(by).isTrue();
        calls += group.path("calls").longValue();
        cost += group.path("costNanos").longValue();
      }
      assertThat(calls).as(by).isEqualTo(3);
      assertThat(cost).as(by).isEqualTo(whole.path("costNanos").longValue());
      assertThat(gateway.admin("GET", of(tenant) + "/usage?groupBy=" + by, "", 200))
          .isEqualTo(usage);
    }
    JsonNode series = own(tenant, "?groupBy=model&series=hour&limit=1").path("groups");
    assertThat(series.size()).isEqualTo(1);
    assertThat(series.get(0).path("model").stringValue()).isEqualTo("claude-haiku-5-5");
    assertThat(series.get(0).path("series").get(0).path("at").stringValue()).endsWith(":00:00Z");
  }

  @Test
  void givesGroupsByPages() {
    TestGateway.Tenant tenant = gateway.tenant(10_000L);
    call(tenant, "claude-haiku-5-5");
    call(tenant, "claude-sonnet-5-5");
    JsonNode first = own(tenant, "?groupBy=model&limit=1");
    JsonNode second =
        own(tenant, "?groupBy=model&limit=1&cursor=" + first.path("nextCursor").stringValue());
    assertThat(first.path("groups").get(0).path("model").stringValue())
        .isEqualTo("claude-haiku-5-5");
    assertThat(second.path("groups").get(0).path("model").stringValue())
        .isEqualTo("claude-sonnet-5-5");
    assertThat(second.path("nextCursor").isNull()).isTrue();
  }

  @Test
  void tellsAdministratorsOfAllOrganizations() {
    TestGateway.Tenant one = gateway.tenant(10_000L);
    TestGateway.Tenant other = gateway.tenant(10_000L);
    call(one, "claude-haiku-5-5");
    call(other, "claude-haiku-5-5");
    Set<String> organizations = new HashSet<>();
    gateway
        .admin("GET", ALL + "?groupBy=organization&limit=1000", "", 200)
        .path("groups")
        .forEach(group -> organizations.add(group.path("organization").stringValue()));
    assertThat(organizations).contains(one.id().toString(), other.id().toString());
    long models = 0;
    for (JsonNode model : gateway.admin("GET", ALL, "", 200).path("models")) {
      models += model.path("calls").longValue();
    }
    assertThat(models).isGreaterThanOrEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "?groupBy=organization,groupBy",
    "?groupBy=MODEL,groupBy",
    "?groupBy=,groupBy",
    "?groupBy=model&groupBy=key,groupBy",
    "?series=week,series",
    "?groupBy=day&series=hour,series",
    "?limit=0,limit",
    "?limit=1001,limit",
    "?from=yesterday,from",
    "?from=2026-02-01&to=2026-01-01,to",
    "?cursor=nonsense,cursor",
    "?from=%2B294277-01-01,from",
    "?to=%2B294277-01-01,to",
    "?to=10000-01-01T00:00:00Z,to",
    "?from=-0044-03-15,from",
    "?from=1969-12-31T23:59:59Z,from",
    "?groupBy=mod%00el,groupBy",
    "?by=model,by"
  })
  void refusesWhatItDoesNotKnow(String query, String field) {
    TestGateway.Tenant tenant = gateway.tenant(1L);
    HttpResponse<String> answer = gateway.send("GET", "/v1/usage" + query, tenant.key(), "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).toString()).contains("\"" + field + "\"");
  }

  @Test
  void refusesWhatPostgresCannotTake() {
    TestGateway.Tenant tenant = gateway.tenant(1L);
    for (String path : List.of("/ledger", "/ledger.csv")) {
      assertRefused("GET", of(tenant) + path + "?to=%2B294277-01-01", "", "to");
    }
    String place = "01a22827-5e57-7811-b326-c2c138110e19/1/char";
    for (String kind : List.of("", "\0ge", "gegege")) {
      String cursor = Cursor.of("ledger", place + kind);
      assertRefused("GET", of(tenant) + "/ledger?cursor=" + cursor, "", "cursor");
    }
    assertRefused(
        "POST",
        of(tenant) + "/keys",
        "{\"name\":\"late\",\"expiresAt\":\"+294277-01-01T00:00:00Z\"}",
        "expiresAt");
    assertRefused("PUT", of(tenant) + "/projects/a%00b/budget", "{\"budgetCents\":1}", "project");
  }

  private void assertRefused(String method, String path, String body, String field) {
    JsonNode error = gateway.admin(method, path, body, 400).path("error");
    assertThat(error.path("field").asString()).as(path).isEqualTo(field);
  }

  @Test
  void exportsAllEntriesAsCsv() throws SQLException {
    TestGateway.Tenant tenant = gateway.tenant(10_000L);
    call(tenant, "claude-haiku-5-5");
    fill(tenant, 2_500);
    HttpResponse<String> answer =
        gateway.send("GET", of(tenant) + "/ledger.csv", TestGateway.ADMIN_KEY, "");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/csv");
    assertThat(answer.headers().firstValue("content-disposition").orElseThrow())
        .contains("attachment", tenant.id() + ".csv");
    List<String> lines = new ArrayList<>(List.of(answer.body().split("\r\n")));
    assertThat(lines.removeFirst()).startsWith("callId,attempt,");
    assertThat(lines).hasSize(2_501).doesNotHaveDuplicates();
    assertThat(lines.stream().filter(line -> line.contains(",'=cmd|' /C calc'!A0,")))
        .hasSize(2_500);
    HttpResponse<String> none =
        gateway.send("GET", of(tenant) + "/ledger.csv?to=2026-01-01", TestGateway.ADMIN_KEY, "");
    assertThat(none.body()).startsWith("callId,").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?from=yesterday", "?limit=1", "?from=2026-02-01&to=2026-01-01"})
  void refusesAnExportBeforeItBegins(String query) {
    TestGateway.Tenant tenant = gateway.tenant(1L);
    gateway.admin("GET", of(tenant) + "/ledger.csv" + query, "", 400);
  }

  private void fill(TestGateway.Tenant tenant, int entries) throws SQLException {
    long millis = System.currentTimeMillis();
    String hex = "%012x".formatted(millis);
    String timed = hex.substring(0, 8) + "-" + hex.substring(8) + "-7000-8000-";
    try (Connection connection = TestDatabase.connectAsSuperuser(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO tollgate.ledger (held_at, call_id, attempt, kind, organization_id, project,
            model_asked, model_served, dialect, provider, credential, request_id, held_nanos,
            cost_nanos, status, budgets, windows)
          SELECT timestamptz 'epoch' + interval '1 millisecond' * %d, ('%s' || lpad(to_hex(i), 12, '0'))::uuid, 1,
            'charge', '%s', '=cmd|'' /C calc''!A0', 'a', 'm', 'openai', 'p', 'c', 'r', 0, 0, 'ok',
            '{}', '{}'
          FROM generate_series(1, %d) i
          """
              .formatted(millis, timed, tenant.id(), entries));
    }
  }
}
