package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.SpendConfig;
import dev.tollgate.upstreams.Endpoint;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What calls of tools cost, and what the ledger says of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MeteringIT {

  private static final Money PRICE = Money.ofDollars("0.25");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final ScriptedServer server =
      ScriptedServer.modern().on("tools/call", MeteringIT::called);
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes
              .spend(countingOften())
              .servers(
                  server("paid", server.url(), false, PRICE),
                  server("kept", server.url(), true, PRICE),
                  server("free", server.url(), true, null),
                  server("gone", URI.create("http://127.0.0.1:9/mcp"), false, PRICE)));

  private static ConfiguredConnectors.Server server(
      String name, URI url, boolean stateless, @Nullable Money price) {
    return new ConfiguredConnectors.Server(
        name, new Endpoint.Http(url), Map.of(), stateless, price, Map.of("gift", Money.ZERO));
  }

  static SpendConfig countingOften() {
    SpendConfig preset = SpendConfig.DEFAULT;
    return new SpendConfig(
        preset.heldWait(),
        preset.waiters(),
        preset.settleTimeout(),
        preset.outstanding(),
        preset.batch(),
        preset.leaseLifetime(),
        preset.accounts(),
        preset.labels(),
        preset.drain(),
        preset.retention(),
        preset.journal(),
        Duration.ofMillis(100));
  }

  @AfterAll
  void close() {
    gateway.close();
    server.close();
  }

  private static void called(ScriptedServer.Arrived asked) {
    String complete = "{\"resultType\":\"complete\",\"content\":[]";
    switch (String.valueOf(asked.params().string("name"))) {
      case "broken" -> asked.result(complete + ",\"isError\":true}");
      case "unknown" -> asked.error(200, -32602, "Unknown tool");
      case "failing" -> asked.error(500, -32603, "boom");
      case "asking" ->
          asked.result(
              asked.params().has("inputResponses")
                  ? complete + "}"
                  : "{\"resultType\":\"input_required\",\"requestState\":\"s\",\"inputRequests\":"
                      + "{\"a\":{\"method\":\"roots/list\"}}}");
      case "hanging" -> asked.stream();
      default -> asked.result(complete + "}");
    }
  }

  private HttpResponse<String> call(Tenant tenant, String connector, String tool) {
    return new RawClient(gateway, "/mcp/" + connector, tenant.key())
        .modern("tools/call", "\"name\":\"" + tool + "\",\"arguments\":{}");
  }

  /** Of the kind {@code charge}, as dollars and status. */
  private List<String> charges(Tenant tenant) {
    List<String> charges = new ArrayList<>();
    for (JsonNode entry : gateway.ledger(tenant)) {
      if (entry.path("kind").stringValue().equals("charge")) {
        charges.add(
            entry.path("connector").stringValue()
                + "/"
                + entry.path("tool").stringValue()
                + " "
                + entry.path("costUsd").stringValue()
                + " "
                + entry.path("status").stringValue());
      }
    }
    return charges;
  }

  private long sent(String tool) {
    return server.arrived("tools/call").stream()
        .filter(came -> tool.equals(came.params().string("name")))
        .count();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCallIsChargedItsPriceBeforeItIsAnswered(boolean modern) {
    Tenant tenant = gateway.tenant(100L);
    if (modern) {
      assertThat(RawClient.last(call(tenant, "paid", "echo")).has("result")).isTrue();
    } else {
      RawClient client = new RawClient(gateway, "/mcp/paid", tenant.key());
      client.initialize("{}");
      assertThat(
              RawClient.last(client.legacy(1, "tools/call", "{\"name\":\"echo\"}")).has("result"))
          .isTrue();
    }
    assertThat(charges(tenant)).containsExactly("paid/echo 0.25 ok");
    JsonNode entry = gateway.ledger(tenant).get(0);
    assertThat(entry.path("requestId").stringValue()).isNotBlank();
    assertThat(entry.path("heldUsd").stringValue()).isEqualTo("0.25");
    assertThat(entry.path("budgets")).hasSize(1);
    assertThat(gateway.books().differences()).isEmpty();
  }

  @Test
  void theSameCallAmongAllConnectorsIsChargedToTheConnector() {
    Tenant tenant = gateway.tenant(100L);
    RawClient client = new RawClient(gateway, "/mcp", tenant.key());
    assertThat(client.modern("tools/call", "\"name\":\"paid__echo\",\"arguments\":{}").statusCode())
        .isEqualTo(200);
    assertThat(charges(tenant)).containsExactly("paid/echo 0.25 ok");
  }

  @Test
  void aToolsOwnPriceGoesBeforeItsConnectors() {
    Tenant tenant = gateway.tenant(0L);
    assertThat(RawClient.last(call(tenant, "paid", "gift")).has("result")).isTrue();
    assertThat(charges(tenant)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutMoneyNothingIsSent(boolean modern) {
    Tenant tenant = gateway.tenant(24L);
    String tool = "too_dear_" + modern;
    RawClient client = new RawClient(gateway, "/mcp/paid", tenant.key());
    if (!modern) {
      client.initialize("{}");
    }
    JsonNode error =
        RawClient.last(
                modern
                    ? call(tenant, "paid", tool)
                    : client.legacy(1, "tools/call", "{\"name\":\"" + tool + "\"}"))
            .path("error");
    assertThat(error.path("code").intValue()).isEqualTo(-31001);
    assertThat(error.path("data").path("code").stringValue()).isEqualTo("budget_insufficient");
    assertThat(error.path("data").path("retryable").isBoolean()).isTrue();
    assertThat(error.path("data").path("retryable").booleanValue()).isFalse();
    assertThat(error.path("message").stringValue())
        .contains("$0.24 left", "a call of " + tool + " costs $0.25");
    assertThat(sent(tool)).isZero();
    assertThat(charges(tenant)).isEmpty();
  }

  @Test
  void theLaddersBlockHoldsForToolsToo() {
    Tenant tenant = gateway.tenant(5L);
    JsonNode error = RawClient.last(call(tenant, "paid", "blocked")).path("error");
    assertThat(error.path("data").path("code").stringValue()).isEqualTo("budget_exhausted");
    assertThat(sent("blocked")).isZero();
  }

  @Test
  void whatHappenedIsChargedAndWhatWasRefusedIsNot() {
    Tenant tenant = gateway.tenant(1_000L);
    assertThat(RawClient.last(call(tenant, "paid", "broken")).path("result").path("isError"))
        .isNotNull();
    assertThat(RawClient.last(call(tenant, "paid", "unknown")).has("error")).isTrue();
    assertThat(RawClient.last(call(tenant, "paid", "failing")).has("error")).isTrue();
    assertThat(RawClient.last(call(tenant, "gone", "unreached")).has("error")).isTrue();
    assertThat(charges(tenant))
        .containsExactlyInAnyOrder("paid/broken 0.25 error", "paid/failing 0.25 error");
    assertThat(gateway.books().differences()).isEmpty();
  }

  @Test
  void aCallOfSeveralRoundsIsChargedOnce() {
    Tenant tenant = gateway.tenant(100L);
    JsonNode first = RawClient.last(call(tenant, "paid", "asking")).path("result");
    assertThat(first.path("resultType").stringValue()).isEqualTo("input_required");
    assertThat(charges(tenant)).isEmpty();
    HttpResponse<String> second =
        new RawClient(gateway, "/mcp/paid", tenant.key())
            .modern(
                "tools/call",
                "\"name\":\"asking\",\"arguments\":{},\"inputResponses\":{\"a\":{\"roots\":[]}},"
                    + "\"requestState\":\""
                    + first.path("requestState").stringValue()
                    + "\"");
    assertThat(RawClient.last(second).path("result").path("resultType").stringValue())
        .isEqualTo("complete");
    assertThat(charges(tenant)).containsExactly("paid/asking 0.25 ok");
  }

  @Test
  void aCallThatIsGivenUpAfterItWasSentIsCharged() throws Exception {
    Tenant tenant = gateway.tenant(100L);
    RawClient client = new RawClient(gateway, "/mcp/paid", tenant.key());
    client.initialize("{}");
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> answer =
          callers.submit(() -> client.legacy(7, "tools/call", "{\"name\":\"hanging\"}"));
      await().atMost(PATIENCE).until(() -> sent("hanging") > 0);
      client.inSession(
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
              + "\"params\":{\"requestId\":7}}");
      answer.get();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(charges(tenant)).containsExactly("paid/hanging 0.25 disconnected"));
  }

  /** A node keeps nothing before all others must have heard of it: a quarter of a second. */
  private void untilTheCacheKeeps() {
    Tenant somebody = gateway.tenant(1_000L);
    await()
        .atMost(PATIENCE)
        .until(() ->
            call(somebody, "kept", "get_other")
                .headers()
                .firstValue("x-tollgate-cache")
                .orElse("")
                .equals("hit"));
  }

  @Test
  void whatTheCacheAnswersCostsNothingAndIsCounted() {
    untilTheCacheKeeps();
    Tenant tenant = gateway.tenant(100L);
    HttpResponse<String> first = call(tenant, "kept", "get_page");
    assertThat(first.headers().firstValue("x-tollgate-cache")).hasValue("miss");
    assertThat(first.headers().firstValue("age")).isEmpty();
    HttpResponse<String> second = call(tenant, "kept", "get_page");
    assertThat(second.headers().firstValue("x-tollgate-cache")).hasValue("hit");
    assertThat(second.headers().firstValue("age")).isPresent();
    JsonNode again = RawClient.last(second).path("result").path("_meta");
    assertThat(again.path("dev.tollgate/cache").path("status").stringValue()).isEqualTo("hit");
    assertThat(sent("get_page")).isEqualTo(1);
    assertThat(charges(tenant)).containsExactly("kept/get_page 0.25 ok");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(usage(tenant, "tool"))
                .containsExactly("get_page of kept: 2 calls, 1 cached, 0 errors, $0.25"));
  }

  @Test
  void callsWithoutAPriceAreCountedAndTakeNothing() {
    Tenant tenant = gateway.tenant(0L);
    for (int i = 0; i < 5; i++) {
      call(tenant, "free", "create_page");
    }
    call(tenant, "free", "broken");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(usage(tenant, "tool"))
                .containsExactly(
                    "broken of free: 1 calls, 0 cached, 1 errors, $0",
                    "create_page of free: 5 calls, 0 cached, 0 errors, $0"));
    assertThat(usage(tenant, "connector"))
        .containsExactly("free of all: 6 calls, 0 cached, 1 errors, $0");
    JsonNode entry = gateway.ledger(tenant).get(0);
    assertThat(entry.path("kind").stringValue()).isEqualTo("count");
    assertThat(entry.path("budgets")).isEmpty();
    assertThat(entry.path("keyId").stringValue()).isNotBlank();
    assertThat(gateway.books().differences()).isEmpty();
  }

  @Test
  void administratorsSetPricesWhichHoldAtOnce() {
    Tenant tenant = gateway.tenant(1_000L);
    String all = "/admin/v1/organizations/" + tenant.id() + "/connectors";
    JsonNode made =
        gateway.admin(
            "POST",
            all,
            "{\"name\":\"own\",\"url\":\""
                + server.url()
                + "\",\"price\":\"0.5\",\"policies\":{\"rare\":{\"price\":\"2\"}}}",
            201);
    String one = all + "/" + made.path("id").stringValue();
    assertThat(made.path("price").stringValue()).isEqualTo("0.5");
    assertThat(made.path("policies").path("rare").path("price").stringValue()).isEqualTo("2");
    call(tenant, "own", "rare");
    call(tenant, "own", "common");
    JsonNode changed = gateway.admin("PATCH", one, "{\"price\":null,\"policies\":{\"x\":{}}}", 200);
    assertThat(changed.path("price").isNull()).isTrue();
    call(tenant, "own", "common");
    call(tenant, "own", "rare");
    assertThat(charges(tenant))
        .containsExactly("own/rare 2 ok", "own/common 0.5 ok", "own/rare 2 ok");
    JsonNode refused = gateway.admin("PATCH", one, "{\"price\":\"-1\"}", 400);
    assertThat(refused.path("error").path("field").stringValue()).isEqualTo("price");
  }

  @Test
  void anotherOrganizationSeesNothingOfIt() {
    Tenant tenant = gateway.tenant(100L);
    Tenant other = gateway.tenant(100L);
    call(tenant, "paid", "echo");
    call(tenant, "free", "create_page");
    await().atMost(PATIENCE).until(() -> usage(tenant, "tool").size() == 2);
    assertThat(usage(other, "tool")).isEmpty();
    assertThat(gateway.ledger(other)).isEmpty();
  }

  private List<String> usage(Tenant tenant, String by) {
    JsonNode report =
        RawClient.JSON.readTree(
            gateway.send("GET", "/v1/usage?groupBy=" + by, tenant.key(), "").body());
    List<String> groups = new ArrayList<>();
    for (JsonNode group : report.path("groups")) {
      groups.add(
          group.path(by).stringValue()
              + " of "
              + (by.equals("tool") ? group.path("connector").stringValue() : "all")
              + ": "
              + group.path("calls").intValue()
              + " calls, "
              + group.path("cached").intValue()
              + " cached, "
              + group.path("errors").intValue()
              + " errors, $"
              + group.path("costUsd").stringValue());
    }
    return groups;
  }

  @Test
  void aHundredCallersOfABudgetThatPaysForThirtySevenSendThirtySeven() throws Exception {
    Tenant tenant = gateway.tenant(37L * 25);
    gateway.budget(tenant, "{\"monthlyBudgetCents\":925,\"ladder\":\"off\"}");
    int paid = 0;
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> answers = new ArrayList<>();
      for (int caller = 0; caller < 100; caller++) {
        answers.add(callers.submit(() -> call(tenant, "paid", "crowded")));
      }
      for (Future<HttpResponse<String>> answer : answers) {
        JsonNode said = RawClient.last(answer.get());
        if (said.has("result")) {
          paid++;
        } else {
          assertThat(said.path("error").path("code").intValue()).isEqualTo(-31001);
        }
      }
    }
    assertThat(paid).isEqualTo(37);
    assertThat(sent("crowded")).isEqualTo(37);
    assertThat(charges(tenant)).hasSize(37);
    assertThat(gateway.books().differences()).isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void whateverBecomesOfCallsNothingStaysHeld(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> tools = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      tools.add(List.of("fine", "broken", "unknown", "failing", "asking").get(random.nextInt(5)));
    }
    long paid = tools.stream().filter(Set.of("fine", "broken", "failing")::contains).count();
    Tenant tenant = gateway.tenant(100_000L);
    long hung = sent("hanging");
    RawClient client = new RawClient(gateway, "/mcp/paid", tenant.key());
    client.initialize("{}");
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int call = 0; call < 3; call++) {
        int id = call;
        callers.execute(() -> client.legacy(id, "tools/call", "{\"name\":\"hanging\"}"));
      }
      await().atMost(PATIENCE).until(() -> sent("hanging") == hung + 3);
      tools.forEach(tool -> callers.execute(() -> call(tenant, "paid", tool)));
      for (int call = 0; call < 3; call++) {
        client.inSession(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
                + "\"params\":{\"requestId\":"
                + call
                + "}}");
      }
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(charges(tenant)).hasSize((int) paid + 3));
    gateway.budget(tenant, "{\"monthlyBudgetCents\":" + (paid + 4) * 25 + ",\"ladder\":\"off\"}");
    assertThat(RawClient.last(call(tenant, "paid", "last")).has("result"))
        .as("all that is left is free")
        .isTrue();
    assertThat(RawClient.last(call(tenant, "paid", "one_more")).has("error")).isTrue();
    assertThat(gateway.books().differences()).isEmpty();
  }

  @Test
  void callsMoveTheirMeters() {
    Tenant tenant = gateway.tenant(100L);
    call(tenant, "free", "create_page");
    call(gateway.tenant(1L), "paid", "echo");
    String metrics = gateway.send("GET", "/metrics", TestGateway.ADMIN_KEY, "").body();
    assertThat(metrics)
        .contains(
            "mcp_tool_calls_total{provider=\"custom\",success=\"true\",tool=\"unlisted\"}",
            "mcp_tool_duration_seconds_count",
            "mcp_tool_refused_total{code=\"budget_exhausted\"}");
  }
}
