package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** What was given for one server is not sent to another, whoever moves the connector. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MovedConnectorIT {

  private final ScriptedServer before = ScriptedServer.modern();
  private final ScriptedServer after = ScriptedServer.modern();
  private final TestGateway gateway = TestGateway.start();
  private final TestGateway.Tenant tenant = gateway.tenant(null);
  private final String all = "/admin/v1/organizations/" + tenant.id() + "/connectors";

  @AfterAll
  void close() {
    gateway.close();
    before.close();
    after.close();
  }

  private String made(String name) {
    return made(name, "{\"type\":\"bearer\",\"token\":\"of-all\"}");
  }

  private String made(String name, String auth) {
    String body =
        "{\"name\":\"%s\",\"url\":\"%s\",\"auth\":%s}".formatted(name, before.url(), auth);
    return all + "/" + gateway.admin("POST", all, body, 201).path("id").stringValue();
  }

  private JsonNode call(String connector) {
    return RawClient.last(
        new RawClient(gateway, "/mcp/" + connector, tenant.key())
            .modern("tools/call", "\"name\":\"echo\",\"arguments\":{}"));
  }

  private static String authorization(ScriptedServer server) {
    return String.valueOf(server.arrived().getLast().headers().get("authorization"));
  }

  private String state(String connector) {
    return gateway.admin("GET", connector + "/status", "", 200).path("state").stringValue();
  }

  @Test
  void leavesItsCredentialsBehind() {
    String one = made("moved");
    String user =
        gateway
            .admin(
                "POST",
                "/admin/v1/organizations/" + tenant.id() + "/users",
                "{\"name\":\"Ada\"}",
                201)
            .path("id")
            .stringValue();
    gateway.admin(
        "PUT", one + "/credentials", "{\"token\":\"of-ada\",\"userId\":\"" + user + "\"}", 200);
    assertThat(call("moved").path("result").isObject()).isTrue();
    assertThat(authorization(before)).isEqualTo("Bearer of-all");
    gateway.admin("PATCH", one, "{\"url\":\"" + after.url() + "\"}", 200);
    assertThat(call("moved").path("error").toString()).contains("no credential");
    assertThat(after.arrived())
        .noneMatch(each -> "Bearer of-all".equals(each.headers().get("authorization")));
    JsonNode status = gateway.admin("GET", one + "/status", "", 200);
    assertThat(status.path("credentials").isEmpty()).isTrue();
    assertThat(state(one)).isEqualTo("not_connected");
    gateway.admin("PATCH", one, "{\"url\":\"" + before.url() + "\"}", 200);
    assertThat(state(one)).isEqualTo("not_connected");
  }

  @Test
  void takesATokenAlongThatComesWithTheMove() {
    String one = made("given");
    String elsewhere = after.url() + "/given";
    gateway.admin(
        "PATCH",
        one,
        "{\"url\":\"%s\",\"auth\":{\"token\":\"of-the-new\"}}".formatted(elsewhere),
        200);
    assertThat(call("given").path("result").isObject()).isTrue();
    assertThat(authorization(after)).isEqualTo("Bearer of-the-new");
  }

  @Test
  void keepsThemWhereItOnlyChanges() {
    String one = made("renamed");
    gateway.admin("PATCH", one, "{\"name\":\"renamed-2\",\"stateless\":true}", 200);
    gateway.admin("PATCH", one, "{\"url\":\"" + before.url() + "\"}", 200);
    assertThat(call("renamed-2").path("result").isObject()).isTrue();
    assertThat(authorization(before)).isEqualTo("Bearer of-all");
  }

  @Test
  void keepsItsTokenWhereTheChangeIsRefused() {
    String one = made("first");
    made("second");
    gateway.admin("PATCH", one, "{\"name\":\"second\",\"auth\":{\"token\":\"of-a-thief\"}}", 409);
    assertThat(call("first").path("result").isObject()).isTrue();
    assertThat(authorization(before)).isEqualTo("Bearer of-all");
  }

  @Test
  void isNotMadeWithoutItsToken() {
    gateway.admin(
        "POST",
        all,
        "{\"name\":\"first-2\",\"url\":\"%s\",\"auth\":{\"type\":\"none\",\"token\":\"a\"}}"
            .formatted(before.url()),
        400);
    assertThat(gateway.admin("GET", all, "", 200).toString()).doesNotContain("first-2");
  }

  @Test
  void refusesWhatTheTableCannotKeepByItsField() {
    String one = made("named", "{\"type\":\"oauth\"}");
    assertThat(
            gateway
                .admin("PATCH", one, "{\"policies\":{\"a\\u0000b\":{\"allowed\":true}}}", 400)
                .toString())
        .contains("policies");
    assertThat(gateway.admin("POST", one + "/connect", "{\"scope\":\"a\\u0000\"}", 400).toString())
        .contains("scope");
    String clients = "/admin/v1/organizations/" + tenant.id() + "/oauth-clients";
    assertThat(
            gateway
                .admin(
                    "PUT",
                    clients,
                    "{\"issuer\":\"https://a.test\",\"clientId\":\"a\\u0000\"}",
                    400)
                .toString())
        .contains("clientId");
  }
}
