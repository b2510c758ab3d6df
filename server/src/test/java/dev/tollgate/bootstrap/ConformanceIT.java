package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.testing.Conformance;
import dev.tollgate.testing.HeaderAdding;
import dev.tollgate.testing.McpPartners;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP's conformance suite against its own server, direct and through the gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf("dev.tollgate.testing.McpPartners#installed")
class ConformanceIT {

  private final TestGateway gateway = TestGateway.start();
  private final TestGateway.Tenant tenant = gateway.tenant(null);
  private final McpPartners.Server server = McpPartners.conforming();
  private final HeaderAdding proxy =
      new HeaderAdding(URI.create(gateway.url() + "/mcp/conforming"), tenant.key());

  ConformanceIT() {
    gateway.admin(
        "POST",
        "/admin/v1/organizations/" + tenant.id() + "/connectors",
        "{\"name\":\"conforming\",\"url\":\"%s\",\"stateless\":false}".formatted(server.url()),
        201);
  }

  @AfterAll
  void close() {
    proxy.close();
    gateway.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"})
  void losesNothingThatPassesDirect(String revision) {
    List<String> direct = Conformance.passed(server.url(), revision);
    assertThat(direct).as("what passes direct").isNotEmpty();
    List<String> lost = new ArrayList<>(direct);
    for (String kept : Conformance.passed(proxy.url(), revision)) {
      lost.remove(kept);
    }
    assertThat(lost).isEmpty();
  }
}
