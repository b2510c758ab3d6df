package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a preview says is what then happens, and it costs nothing. */
@TestInstance(Lifecycle.PER_CLASS)
class PreviewIT {

  private static final JsonMapper JSON = new JsonMapper();

  private final TestGateway gateway = TestGateway.start();

  @AfterAll
  void close() {
    gateway.close();
  }

  private static String request(String model, long maximum) {
    return "{\"model\":\"%s\",\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
        .formatted(model, maximum);
  }

  private JsonNode preview(Tenant tenant, String request) {
    HttpResponse<String> answer =
        gateway.send(
            "POST",
            "/v1/budget/preview",
            tenant.key(),
            "{\"dialect\":\"anthropic\",\"request\": " + request + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> call(Tenant tenant, String request) {
    return gateway.send("POST", "/v1/messages", tenant.key(), request);
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @Test
  void saysWhatWouldBeServedAndHoldsNothing() {
    Tenant tenant = gateway.tenant(10_000L);
    String request = request("claude-sonnet-5-5", 100);
    JsonNode said = preview(tenant, request);
    assertThat(said.path("decision").asString()).isEqualTo("served");
    assertThat(said.path("modelServed").asString()).isEqualTo("claude-sonnet-5-5");
    assertThat(said.path("refusal").isNull()).isTrue();
    assertThat(said.path("budgets").get(0).path("remainingCents").asLong()).isEqualTo(10_000);
    assertThat(gateway.ledger(tenant)).isEmpty();
    assertThat(call(tenant, request).statusCode()).isEqualTo(200);
    assertThat(gateway.ledger(tenant).get(0).path("heldNanos").asLong())
        .as("to the nano-dollar")
        .isEqualTo(said.path("boundNanos").asLong());
  }

  /** A prompt that is summed up first is read twice, and the summary is billed as well. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"clear_thinking_20251015\"}|false",
        "{\"type\":\"compact_20260112\"}|false",
        "{\"type\":\"compact_20260112\",\"trigger\":{\"type\":\"input_tokens\",\"value\":50}}|true",
        "{\"type\":\"compact_20260112\",\"trigger\":{\"type\":\"other\",\"value\":50000}}|true",
        "{\"type\":\"compact_20990101\"}|true"
      })
  void boundsAPromptThatIsCompacted(String edit, boolean compacts) {
    Tenant tenant = gateway.tenant(1_000_000L);
    String plain = request("claude-haiku-4-5", 100);
    long once = preview(tenant, plain).path("boundNanos").asLong();
    String edits = "{\"context_management\":{\"edits\":[" + edit + "]},";
    long bound = preview(tenant, edits + plain.substring(1)).path("boundNanos").asLong();
    // Haiku's longest summary is 64,000 tokens of 5,000 nanos each.
    assertThat(bound).isGreaterThan(once).isLessThan(once + 64_000L * 5_000 + 1_000_000);
    assertThat(bound > 64_000L * 5_000).isEqualTo(compacts);
  }

  @Test
  void saysWhatWouldBeDowngraded() {
    Tenant tenant = gateway.tenant(90L);
    String request = request("claude-opus-5-5", 100);
    JsonNode said = preview(tenant, request);
    assertThat(said.path("decision").asString()).isEqualTo("downgraded");
    assertThat(said.path("modelAsked").asString()).isEqualTo("claude-opus-5-5");
    assertThat(said.path("ladderStep").asString()).isEqualTo("premium_threshold");
    HttpResponse<String> answer = call(tenant, request);
    assertThat(said.path("modelServed").asString()).isEqualTo(header(answer, "x-tollgate-model"));
  }

  @Test
  void tellsOfAStepThatWarnsAndChangesNothing() {
    Tenant tenant = gateway.tenant(10_000L);
    gateway.budget(
        tenant,
        "{\"monthlyBudgetCents\":10000,\"ladder\":{\"steps\":[{\"name\":\"look_out\","
            + "\"usedPercent\":0,\"action\":\"warn\"}]}}");
    String request = request("claude-opus-5-5", 100);
    JsonNode said = preview(tenant, request);
    assertThat(said.path("decision").asString()).isEqualTo("served");
    assertThat(said.path("ladderStep").isNull()).isTrue();
    assertThat(said.path("warning").asString()).isEqualTo("look_out");
    HttpResponse<String> answer = call(tenant, request);
    assertThat(header(answer, "x-tollgate-budget-warning")).isEqualTo("look_out");
    assertThat(header(answer, "x-tollgate-model")).isEqualTo("claude-opus-5-5");
    assertThat(header(answer, "x-tollgate-downgraded")).isEmpty();
    assertThat(gateway.ledger(tenant).get(0).path("ladderStep").isNull()).isTrue();
  }

  @Test
  void saysTheVeryWordsOfARefusal() {
    Tenant tenant = gateway.tenant(5L);
    String request = request("claude-haiku-5-5", 100);
    JsonNode said = preview(tenant, request);
    HttpResponse<String> answer = call(tenant, request);
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(said.path("decision").asString()).isEqualTo("refused");
    assertThat(said.path("refusal").asString()).isEqualTo(header(answer, "x-tollgate-refusal"));
    assertThat(said.path("message").asString())
        .isEqualTo(JSON.readTree(answer.body()).path("error").path("message").asString());
    assertThat(said.path("ladderStep").asString()).isEqualTo("budget_exhausted");
  }

  @Test
  void saysWhatWouldBeCapped() {
    Tenant tenant = gateway.tenant(5L);
    gateway.budget(tenant, "{\"monthlyBudgetCents\":5,\"ladder\":\"off\"}");
    JsonNode said = preview(tenant, request("claude-haiku-4-5", 60_000));
    assertThat(said.path("decision").asString()).isEqualTo("capped");
    assertThat(said.path("outputCap").asLong()).isBetween(1_024L, 59_999L);
    assertThat(said.path("boundCents").asLong()).isEqualTo(5);
  }

  @Test
  void decidesForAKeyByItsBudgets() {
    Tenant tenant = gateway.tenant(100_000L);
    String organization = "/admin/v1/organizations/" + tenant.id();
    String key =
        gateway
            .admin("POST", organization + "/keys", "{\"name\":\"small\",\"project\":\"p\"}", 201)
            .path("id")
            .stringValue();
    gateway.admin(
        "PUT", organization + "/projects/p/budget", "{\"budgetCents\":3,\"window\":\"week\"}", 200);
    String body =
        "{\"dialect\":\"openai\",\"requestClass\":\"auxiliary\",\"request\":"
            + request("gpt-4o-mini", 100);
    JsonNode whole = gateway.admin("POST", organization + "/budget/preview", body + "}", 200);
    assertThat(whole.path("decision").asString()).isEqualTo("served");
    JsonNode small =
        gateway.admin(
            "POST", organization + "/budget/preview", body + ",\"keyId\":\"" + key + "\"}", 200);
    assertThat(small.path("decision").asString()).isEqualTo("refused");
    assertThat(small.path("budget").asString()).isEqualTo("the weekly budget of project \"p\"");
    assertThat(small.path("budgets").size()).isEqualTo(2);
    assertThat(small.path("boundNanos").asLong()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|dialect",
        "{`dialect`:`gemini`,`request`:{}}|dialect",
        "{`dialect`:`anthropic`}|request",
        "{`dialect`:`anthropic`,`request`:[]}|request",
        "{`dialect`:`anthropic`,`request`:{}}|model",
        "{`dialect`:`anthropic`,`request`:{},`keyId`:`x`}|keyId",
        "{`dialect`:`anthropic`,`request`:{},`model`:`x`}|model",
      })
  void namesTheFieldThatIsWrong(String body, String field) {
    Tenant tenant = gateway.tenant(100L);
    HttpResponse<String> answer =
        gateway.send("POST", "/v1/budget/preview", tenant.key(), body.replace('`', '"'));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).path("error").path("field").asString())
        .isEqualTo(field);
  }
}
