package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.testing.McpPartners;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** MCP's official clients and servers, direct and through the gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf("dev.tollgate.testing.McpPartners#installed")
class McpPartnersIT {

  private static final String REQUESTS =
      """
      [{"method":"tools/list","params":{}},
       {"method":"tools/call","params":{"name":"echo","arguments":{"message":"hi"}}},
       {"method":"tools/call","params":{"name":"count","arguments":{"to":3}}},
       {"method":"tools/call","params":{"name":"fail","arguments":{}}},
       {"method":"tools/call","params":{"name":"nothing","arguments":{}}},
       {"method":"resources/list","params":{}},
       {"method":"resources/templates/list","params":{}},
       {"method":"resources/read","params":{"uri":"test://readme"}},
       {"method":"prompts/list","params":{}},
       {"method":"prompts/get","params":{"name":"review","arguments":{"code":"x"}}}]
      """;
  private static final String EVERYTHING =
      """
      [{"method":"tools/list","params":{}},
       {"method":"tools/call","params":{"name":"echo","arguments":{"message":"hi"}}},
       {"method":"tools/call","params":{"name":"get-sum","arguments":{"a":2,"b":3}}},
       {"method":"tools/call","params":{"name":"get-tiny-image","arguments":{}}},
       {"method":"tools/call","params":{"name":"get-structured-content",
         "arguments":{"location":"New York"}}},
       {"method":"resources/list","params":{}},
       {"method":"resources/templates/list","params":{}},
       {"method":"prompts/list","params":{}},
       {"method":"prompts/get","params":{"name":"simple-prompt","arguments":{}}}]
      """;

  private final TestGateway gateway = TestGateway.start();
  private final TestGateway.Tenant tenant = gateway.tenant(null);
  private final List<McpPartners.Server> servers = new ArrayList<>();

  @AfterAll
  void close() {
    gateway.close();
    servers.forEach(McpPartners.Server::close);
  }

  private McpPartners.Server connect(String name, McpPartners.Server server, boolean stateless) {
    servers.add(server);
    gateway.admin(
        "POST",
        "/admin/v1/organizations/" + tenant.id() + "/connectors",
        "{\"name\":\"%s\",\"url\":\"%s\",\"stateless\":%s}"
            .formatted(name, server.url(), stateless),
        201);
    return server;
  }

  private List<JsonNode> through(McpPartners.Client client, String connector, String requests) {
    return client.run(gateway.url() + "/mcp/" + connector, tenant.key(), requests);
  }

  @ParameterizedTest
  @EnumSource
  void aTransparentGatewayLosesNothing(McpPartners.Client client) {
    String name = "partner-" + client.name().toLowerCase(Locale.ROOT).replace('_', '-');
    McpPartners.Server server = connect(name, McpPartners.partner(), true);
    List<JsonNode> direct = client.run(server.url(), null, REQUESTS);
    List<JsonNode> through = through(client, name, REQUESTS);
    assertThat(through.getFirst().get("server")).isEqualTo(direct.getFirst().get("server"));
    assertThat(through.getFirst().get("instructions"))
        .isEqualTo(direct.getFirst().get("instructions"));
    assertThat(PartnerAnswers.plain(through)).isEqualTo(PartnerAnswers.plain(direct));
  }

  @Test
  void speaksToServersOfTheSessionEra() {
    McpPartners.Server server =
        connect("everything", McpPartners.everything("streamableHttp"), false);
    List<JsonNode> legacy = through(McpPartners.Client.V1, "everything", EVERYTHING);
    List<JsonNode> modern = through(McpPartners.Client.V2_MODERN, "everything", EVERYTHING);
    assertThat(PartnerAnswers.plain(legacy))
        .isEqualTo(PartnerAnswers.plain(McpPartners.Client.V1.run(server.url(), null, EVERYTHING)));
    assertThat(PartnerAnswers.forBoth(modern)).isEqualTo(PartnerAnswers.forBoth(legacy));
  }

  @Test
  void speaksToServersOfTheOldestTransport() {
    connect("oldest", McpPartners.everything("sse"), false);
    List<JsonNode> legacy = through(McpPartners.Client.V1, "oldest", EVERYTHING);
    List<JsonNode> modern = through(McpPartners.Client.V2_MODERN, "oldest", EVERYTHING);
    assertThat(legacy.get(2).at("/result/content/0/text").stringValue()).isEqualTo("Echo: hi");
    assertThat(PartnerAnswers.forBoth(modern)).isEqualTo(PartnerAnswers.forBoth(legacy));
  }

  @Test
  void clientsOfBothErasAreAskedByAModernServer() {
    connect("asking", McpPartners.partner(), true);
    String greet = "[{\"method\":\"tools/call\",\"params\":{\"name\":\"greet\",\"arguments\":{}}}]";
    List<JsonNode> answers = through(McpPartners.Client.V2_MODERN, "asking", greet);
    assertThat(answers.getLast().toString()).contains("Hello, Ada");
    List<JsonNode> translated = through(McpPartners.Client.V1, "asking", greet);
    assertThat(translated.getLast().toString())
        .as("the question reaches a client of the session era as a request")
        .contains("Hello, Ada");
  }

  @Test
  void keepsAnswersUntilSomethingIsWritten() {
    connect("keeping", McpPartners.partner(), true);
    String read =
        "{\"method\":\"tools/call\",\"params\":{\"name\":\"get_note\",\"arguments\":{\"name\":\"a\"}}}";
    String write =
        "{\"method\":\"tools/call\",\"params\":{\"name\":\"write_note\",\"arguments\":"
            + "{\"name\":\"a\",\"body\":\"new\"}}}";
    List<JsonNode> answers =
        through(
            McpPartners.Client.V2_MODERN,
            "keeping",
            "[" + String.join(",", read, read, write, read, read) + "]");
    assertThat(answers.subList(1, 6))
        .extracting(answer -> answer.at("/result/content/0/text").stringValue())
        .containsExactly(
            "nothing (call 1)", "nothing (call 1)", "written", "new (call 2)", "new (call 2)");
    assertThat(answers.subList(1, 6))
        .extracting(answer -> answer.at("/result/_meta/dev.tollgate~1cache/status").asString(""))
        .containsExactly("miss", "hit", "", "miss", "hit");
    JsonNode health = gateway.admin("GET", "/health/mcp-cache", "", 200);
    assertThat(health.at("/providers/custom/hits").longValue()).isGreaterThanOrEqualTo(2);
  }
}
