package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * What becomes of a call when something inside breaks that should not: it is answered in its
 * dialect, and nothing that it held stays held. What breaks is a meter, which is opened in the
 * middle of a call.
 */
class DefectsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TestGateway gateway = TestGateway.start();
  private volatile String broken = "";

  DefectsIT() {
    gateway
        .meters()
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public MeterFilterReply accept(Meter.Id id) {
                if (id.getName().equals(broken)) {
                  throw new IllegalStateException("on purpose: " + id.getName());
                }
                return MeterFilterReply.NEUTRAL;
              }
            });
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private String key(Tenant tenant) {
    JsonNode made =
        gateway.admin(
            "POST",
            "/admin/v1/organizations/" + tenant.id() + "/keys",
            "{\"name\":\"one\",\"limits\":{\"concurrentStreams\":1}}",
            201);
    return made.path("key").stringValue();
  }

  private HttpResponse<String> call(String route, String key, String model) {
    return gateway.send(
        HttpRequest.newBuilder(URI.create(gateway.url() + route))
            .header("authorization", "Bearer " + key)
            .timeout(PATIENCE)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"%s\",\"stream\":true,\"max_tokens\":50,".formatted(model)
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
            .build());
  }

  @ParameterizedTest
  @CsvSource({
    // Before anything is held, when money is held, and at the end of a refusal.
    "ai.requests.sorted, auto, hi",
    "ai.requests.downgraded, ultrabrain, hi",
    "ai.requests, claude-haiku-4-5, refused"
  })
  void answersACallThatBreaksAndHoldsNothingOn(String meter, String model, String how) {
    Tenant tenant = gateway.tenant(10_000L);
    String key = key(tenant);
    if (how.equals("refused")) {
      gateway.simulator().behave("status=400");
    }
    broken = meter;
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> answer = call("/v1/messages", key, model);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
      assertThat(answer.body()).contains("\"type\":\"api_error\"").doesNotContain("on purpose");
    }
    broken = "";
    gateway.simulator().reset();
    HttpResponse<String> after = call("/v1/messages", key, model);
    assertThat(after.statusCode()).as("no slot is taken").isEqualTo(200);
    HttpResponse<String> fresh = call("/v1/messages", key(gateway.tenant(10_000L)), model);
    assertThat(remaining(after)).as("no money is held").isEqualTo(remaining(fresh));
    assertThat(gateway.books().balanced()).isTrue();
  }

  private static String remaining(HttpResponse<String> answer) {
    return answer.headers().firstValue("x-tollgate-budget-remaining-usd").orElseThrow();
  }

  @Test
  void endsAStreamThatBreaksAtItsEnd() {
    Tenant tenant = gateway.tenant(10_000L);
    String key = key(tenant);
    broken = "ai.requests";
    try {
      HttpResponse<String> answer = call("/v1/messages", key, "claude-haiku-4-5");
      assertThat(answer.body()).doesNotContain("message_stop");
    } catch (java.io.UncheckedIOException cut) {
      assertThat(cut).hasMessageNotContaining("timed out");
    }
    broken = "";
    assertThat(call("/v1/messages", key, "claude-haiku-4-5").statusCode()).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> gateway.ledger(tenant).size() == 2);
    assertThat(gateway.books().balanced()).isTrue();
  }
}
