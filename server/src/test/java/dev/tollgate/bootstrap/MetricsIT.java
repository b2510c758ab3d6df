package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Drives a node and looks for every name that dashboards rely on, moved. */
class MetricsIT {

  private static final List<String> MOVED =
      List.of(
          "http_requests_total",
          "http_request_duration_seconds_count",
          "gateway_overhead_seconds_count",
          "ai_requests_total",
          "ai_tokens_total",
          "ai_request_duration_seconds_count",
          "ai_requests_downgraded_total",
          "ai_requests_rejected_budget_total",
          "ai_requests_refused_total",
          "gen_ai_client_token_usage_total",
          "gen_ai_client_operation_duration_seconds_count",
          "gen_ai_client_operation_time_to_first_chunk_seconds_count",
          "organization_budget_spend_cents",
          "organization_budget_remaining_cents");

  @Test
  void everyNameMoves() {
    try (TestGateway gateway = TestGateway.start()) {
      Tenant rich = gateway.tenant(10_000L);
      Tenant low = gateway.tenant(50L);
      Tenant poor = gateway.tenant(5L);
      assertThat(say(gateway, rich, "[[sim: output-tokens=5000 overshoot]]")).isEqualTo(200);
      assertThat(say(gateway, low, "hello")).isEqualTo(200);
      assertThat(say(gateway, poor, "hello")).isEqualTo(429);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            String metrics = gateway.send("GET", "/metrics", TestGateway.ADMIN_KEY, "").body();
            for (String name : MOVED) {
              assertThat(metrics.lines().filter(line -> line.startsWith(name)))
                  .as(name)
                  .anyMatch(line -> !line.endsWith(" 0.0"));
            }
          });
      String metrics = gateway.send("GET", "/metrics", TestGateway.ADMIN_KEY, "").body();
      assertThat(metrics.lines().filter(line -> line.startsWith("# HELP")))
          .as("what each is")
          .hasSizeGreaterThan(MOVED.size())
          .allMatch(line -> line.strip().split(" ", 4).length == 4);
      assertThat(gateway.send("GET", "/metrics", rich.key(), "").statusCode()).isEqualTo(403);
    }
  }

  private static int say(TestGateway gateway, Tenant tenant, String text) {
    return gateway
        .send(
            "POST",
            "/v1/messages",
            tenant.key(),
            "{\"model\":\"claude-opus-5-5\",\"max_tokens\":2000,\"messages\":[{\"role\":\"user\","
                + "\"content\":\""
                + text
                + "\"}]}")
        .statusCode();
  }
}
