package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What settled calls report lowers what later ones hold, and an excess raises it again. */
class LearningIT {

  private static final String PROSE = "It had rained all week and the path was soft and brown. ";
  private static final long INPUT_NANOS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void aCappedCallHoldsWhatReportsTaughtAndAStrictOneWhatIsProven() {
    try (TestGateway gateway = TestGateway.start()) {
      Tenant capped = tenant(gateway, "capped");
      Tenant strict = tenant(gateway, "strict");
      long proven = held(gateway, strict, 1_200);
      assertThat(held(gateway, capped, 1_200)).isEqualTo(proven);
      assertThat(proven).isGreaterThan(5_600 * INPUT_NANOS);
      try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
        for (int i = 0; i < 260; i++) {
          callers.execute(() -> call(gateway, capped, 1_200));
        }
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(held(gateway, capped, 1_200)).isLessThan(proven * 45 / 100));
      assertThat(held(gateway, strict, 1_200)).isEqualTo(proven);

      call(gateway, capped, 4_000);
      assertThat(held(gateway, capped, 1_200)).as("after an excess").isEqualTo(proven);
      assertThat(metrics(gateway))
          .containsPattern("spend_bounds_resets_total\\{class=\"(words|latin_script)\"} 1")
          .contains("spend_bounds_exceeded_count{cause=\"text\"} 1")
          .contains("spend_overshoots_total");
      assertThat(gateway.books().balanced()).isTrue();
    }
  }

  private static Tenant tenant(TestGateway gateway, String estimation) {
    Tenant tenant = gateway.tenant(100_000L);
    gateway.budget(
        tenant,
        "{\"monthlyBudgetCents\":100000,\"ladder\":\"off\",\"estimation\":\"%s\"}"
            .formatted(estimation));
    return tenant;
  }

  private static void call(TestGateway gateway, Tenant tenant, int inputTokens) {
    String body =
        "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\","
            + "\"content\":\"[[sim: input-tokens=%d output-tokens=1]] %s\"}]}"
                .formatted(inputTokens, PROSE.repeat(100));
    assertThat(gateway.send("POST", "/v1/messages", tenant.key(), body).statusCode())
        .isEqualTo(200);
  }

  /** What a further call holds. */
  private static long held(TestGateway gateway, Tenant tenant, int inputTokens) {
    call(gateway, tenant, inputTokens);
    return gateway.ledger(tenant).path(0).path("heldNanos").asLong();
  }

  private static String metrics(TestGateway gateway) {
    return gateway.send("GET", "/metrics", TestGateway.ADMIN_KEY, "").body();
  }
}
