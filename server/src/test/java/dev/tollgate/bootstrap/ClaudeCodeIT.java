package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.simulator.Recorded;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Claude Code asks of a gateway, by requests of the shapes that it sends: what reaches the
 * provider, and what comes back.
 *
 * <p>Source: Claude Code's documentation, "Gateway compatibility" (llm-gateway-protocol).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClaudeCodeIT {

  private static final JsonMapper JSON = new JsonMapper();

  private final TestGateway gateway = TestGateway.start();
  private final Tenant tenant = gateway.tenant(null);

  @AfterAll
  void close() {
    gateway.close();
  }

  @BeforeEach
  void asAtTheStart() {
    gateway.simulator().reset();
  }

  private static Cassette cassette(String name) {
    return Cassette.read("claude-code", name);
  }

  private HttpResponse<String> replay(Cassette cassette, Tenant as) {
    return gateway.send(cassette.to(gateway.url(), as.key()));
  }

  private Recorded arrived() {
    return gateway.simulator().requests().getLast();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "main",
        "tool-result",
        "title",
        "subagent",
        "compaction",
        "fine-grained-tools",
        "count-tokens",
        "quota"
      })
  void requestsArriveAsTheyWereSent(String name) {
    Cassette sent = cassette(name);
    HttpResponse<String> answer = replay(sent, tenant);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Recorded arrived = arrived();
    assertThat(arrived.method()).isEqualTo(sent.method());
    assertThat(arrived.path()).isEqualTo(sent.path());
    assertThat(arrived.body().getBytes()).isEqualTo(sent.body().getBytes(StandardCharsets.UTF_8));
    assertThat(own(arrived)).containsExactlyInAnyOrderElementsOf(lowered(sent.headers()));
    assertThat(arrived.header("x-api-key")).isEqualTo("sk-up");
    assertThat(arrived.header("authorization")).isEmpty();
  }

  /** What arrived without what belongs to the connection, the credential and the gateway. */
  private static List<Map.Entry<String, String>> own(Recorded arrived) {
    List<String> others =
        List.of("host", "content-length", "accept-encoding", "x-request-id", "x-api-key");
    return lowered(arrived.headers()).stream()
        .filter(header -> !others.contains(header.getKey()))
        .toList();
  }

  private static List<Map.Entry<String, String>> lowered(List<Map.Entry<String, String>> headers) {
    return headers.stream()
        .map(header -> Map.entry(header.getKey().toLowerCase(Locale.ROOT), header.getValue()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "tool-result", "quota"})
  void anAliasChangesTheModelAlone(String name) {
    replay(cassette(name).asking("fast"), tenant);
    assertThat(arrived().body().toString())
        .isEqualTo(cassette(name).asking("claude-haiku-5-5").body());
  }

  @ParameterizedTest
  @CsvSource({"main, end_turn", "fine-grained-tools, tool_use"})
  void streamsComeAsTheyAre(String name, String stopReason) {
    gateway
        .simulator()
        .behave("input-tokens=5 cache-read-tokens=0 cache-write-tokens=0 output-tokens=40");
    HttpResponse<String> direct = gateway.send(cassette(name).to(gateway.simulator().url(), "k"));
    HttpResponse<String> answer = replay(cassette(name), tenant);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(withoutNumbers(answer))
        .isEqualTo(withoutNumbers(direct))
        .contains("\"stop_reason\":\"" + stopReason)
        .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
  }

  /** The simulator numbers its messages, tool calls and signatures. */
  private static String withoutNumbers(HttpResponse<String> answer) {
    return answer.body().replaceAll("0{8,}[0-9]+", "#");
  }

  @ParameterizedTest
  @CsvSource({"400, false", "401, false", "403, false", "413, false", "429, true", "529, true"})
  void errorsComeBackUnmodified(int status, boolean again) {
    String headers =
        "x-should-retry:"
            + again
            + ",anthropic-ratelimit-unified-status:rejected"
            + ",anthropic-ratelimit-unified-reset:1795933123";
    gateway.simulator().behave("status=" + status + " retry-after=7 headers=" + headers);
    HttpResponse<String> direct =
        gateway.send(cassette("main").to(gateway.simulator().url(), "sk-up"));
    HttpResponse<String> answer =
        replay(cassette("main"), gateway.tenantWithKey(1_000_000L, "anthropic"));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(withoutRequestId(answer)).isEqualTo(withoutRequestId(direct));
    for (String name :
        List.of(
            "content-type",
            "retry-after",
            "x-should-retry",
            "anthropic-ratelimit-unified-status",
            "anthropic-ratelimit-unified-reset")) {
      assertThat(answer.headers().allValues(name))
          .as(name)
          .isNotEmpty()
          .isEqualTo(direct.headers().allValues(name));
    }
    assertThat(answer.headers().firstValue("request-id")).isPresent();
  }

  /** The simulator numbers its requests: two are never quite the same. */
  private static String withoutRequestId(HttpResponse<String> answer) {
    return answer.body().replaceAll("\"request_id\":\"[^\"]*\"", "");
  }

  @Test
  void rateLimitsOfItsOwnPlanAreToldOnSuccessToo() {
    gateway.simulator().behave("headers=anthropic-ratelimit-unified-5h-utilization:0.42");
    assertThat(
            replay(cassette("main"), gateway.tenantWithKey(1_000_000L, "anthropic"))
                .headers()
                .firstValue("anthropic-ratelimit-unified-5h-utilization"))
        .contains("0.42");
  }

  @Test
  void anEmptyBudgetIsSaidOnceAndNotTriedAgain() {
    HttpResponse<String> answer = replay(cassette("main"), gateway.tenant(0L));
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.path("type").asString()).isEqualTo("error");
    assertThat(body.path("error").path("type").asString()).isEqualTo("billing_error");
    assertThat(body.path("error").path("message").asString()).contains("budget");
    assertThat(gateway.simulator().requests()).isEmpty();
  }

  @Test
  void auxiliaryRequestsGoFirst() {
    Tenant low = gateway.tenant(100_000L);
    gateway.budget(
        low,
        "{\"monthlyBudgetCents\":100000,\"ladder\":{\"steps\":[{\"name\":\"auxiliary_first\","
            + "\"usedPercent\":0,\"action\":\"downgrade\",\"from\":\"premium\",\"to\":\"economy\","
            + "\"requestClass\":\"auxiliary\"}]}}");
    HttpResponse<String> title = replay(cassette("title").asking("claude-opus-5-5"), low);
    assertThat(title.headers().firstValue("x-tollgate-downgraded")).contains("auxiliary_first");
    assertThat(title.headers().firstValue("x-tollgate-model")).contains("claude-haiku-5-5");
    HttpResponse<String> main = replay(cassette("main"), low);
    assertThat(main.headers().firstValue("x-tollgate-downgraded")).isEmpty();
    assertThat(main.headers().firstValue("x-tollgate-model")).contains("claude-opus-5-5");
  }

  @Test
  void modelsAreDiscovered() {
    HttpResponse<String> answer =
        gateway.send(
            HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/models?limit=1000"))
                .header("authorization", "Bearer " + tenant.key())
                .header("x-api-key", tenant.key())
                .header("anthropic-version", "2023-06-01")
                .build());
    assertThat(answer.statusCode()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    for (JsonNode model : JSON.readTree(answer.body()).path("data")) {
      ids.add(model.path("id").stringValue());
      assertThat(model.path("display_name").stringValue()).isNotBlank();
    }
    assertThat(ids).contains("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5");
  }

  @ParameterizedTest
  @CsvSource({"HEAD, /", "HEAD, /api/hello", "GET, /api/hello"})
  void probesAreAnsweredAtOnceAndCostNothing(String method, String path) {
    HttpResponse<String> answer =
        gateway.send(
            HttpRequest.newBuilder(URI.create(gateway.url() + path))
                .method(method, BodyPublishers.noBody())
                .build());
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(gateway.simulator().requests()).isEmpty();
  }

  @Test
  void theKeyMayComeEitherWayOrBoth() {
    Cassette main = cassette("main");
    HttpRequest.Builder both =
        HttpRequest.newBuilder(main.to(gateway.url(), tenant.key()), (name, value) -> true)
            .header("x-api-key", tenant.key());
    assertThat(gateway.send(both.build()).statusCode()).isEqualTo(200);
    assertThat(arrived().headers().stream().map(Map.Entry::getValue))
        .noneMatch(value -> value.contains(tenant.key()));
  }
}
