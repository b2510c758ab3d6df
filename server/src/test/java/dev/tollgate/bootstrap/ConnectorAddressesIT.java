package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Where connectors may be, told when they are made and not at each call. */
@TestInstance(Lifecycle.PER_CLASS)
class ConnectorAddressesIT {

  private final TestGateway gateway = TestGateway.start();
  private final String all = "/admin/v1/organizations/" + gateway.tenant(10L).id() + "/connectors";

  @AfterAll
  void close() {
    gateway.close();
  }

  private static String body(String name, String url) {
    return "{\"name\":\"%s\",\"url\":\"%s\"}".formatted(name, url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.0.0.1/mcp",
        "https://192.168.7.7:8443/mcp",
        "https://169.254.169.254/latest",
        "https://[::1]/mcp",
        "https://[::ffff:10.0.0.1]/mcp",
        "https://[fd00::1]/mcp",
        "https://0.0.0.0/mcp",
        "http://8.8.8.8/mcp",
      })
  void refusesAnAddressThatCouldNeverBeCalled(String url) {
    assertThat(gateway.admin("POST", all, body("out", url), 400).toString()).contains("url");
    assertThat(gateway.admin("GET", all, "", 200).path("items").toString()).doesNotContain("out");
  }

  @Test
  void takesAnAllowedOneAndKeepsItWhenItIsToMoveOutOfReach() {
    JsonNode made = gateway.admin("POST", all, body("near", "http://127.0.0.1:9/mcp"), 201);
    String one = all + "/" + made.path("id").stringValue();
    gateway.admin("PATCH", one, "{\"url\":\"https://10.1.2.3/mcp\"}", 400);
    assertThat(gateway.admin("GET", one, "", 200).toString()).contains("http://127.0.0.1:9/mcp");
  }
}
