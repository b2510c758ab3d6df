package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.testing.McpPartners;
import dev.tollgate.testing.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** MCP's reference servers as child processes: of an official client, and of the gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf("dev.tollgate.testing.McpPartners#installed")
class ChildServersIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String FILES =
      """
      [{"method":"tools/list","params":{}},
       {"method":"tools/call","params":{"name":"list_allowed_directories","arguments":{}}},
       {"method":"tools/call","params":{"name":"list_directory","arguments":{"path":"DIRECTORY"}}},
       {"method":"tools/call","params":{"name":"read_text_file","arguments":{"path":"DIRECTORY/a.txt"}}},
       {"method":"tools/call","params":{"name":"write_file","arguments":
         {"path":"DIRECTORY/b.txt","content":"grün \\u2028 \\"quoted\\""}}},
       {"method":"tools/call","params":{"name":"read_text_file","arguments":{"path":"DIRECTORY/b.txt"}}},
       {"method":"tools/call","params":{"name":"read_media_file","arguments":{"path":"DIRECTORY/c.png"}}},
       {"method":"tools/call","params":{"name":"directory_tree","arguments":{"path":"DIRECTORY"}}},
       {"method":"tools/call","params":{"name":"search_files","arguments":
         {"path":"DIRECTORY","pattern":"**/*.txt"}}},
       {"method":"tools/call","params":{"name":"read_text_file","arguments":{"path":"/etc/passwd"}}},
       {"method":"tools/call","params":{"name":"no_such_tool","arguments":{}}}]
      """;
  private static final String MEMORY =
      """
      [{"method":"tools/list","params":{}},
       {"method":"tools/call","params":{"name":"create_entities","arguments":{"entities":[
         {"name":"Ada","entityType":"person","observations":["counts"]},
         {"name":"Engine","entityType":"machine","observations":[]}]}}},
       {"method":"tools/call","params":{"name":"create_relations","arguments":{"relations":[
         {"from":"Ada","to":"Engine","relationType":"programs"}]}}},
       {"method":"tools/call","params":{"name":"add_observations","arguments":{"observations":[
         {"entityName":"Ada","contents":["writes"]}]}}},
       {"method":"tools/call","params":{"name":"read_graph","arguments":{}}},
       {"method":"tools/call","params":{"name":"search_nodes","arguments":{"query":"ada"}}},
       {"method":"tools/call","params":{"name":"delete_entities","arguments":
         {"entityNames":["Engine"]}}},
       {"method":"tools/call","params":{"name":"open_nodes","arguments":{"names":["Ada","Engine"]}}}]
      """;

  private final TestGateway gateway =
      TestGateway.start(wishes -> wishes.upstreams(wishes.upstreams().processes(true)));
  private final TestGateway.Tenant tenant = gateway.tenant(null);

  @AfterAll
  void close() {
    gateway.close();
  }

  @ParameterizedTest
  @EnumSource
  void filesLookTheSame(McpPartners.Client client) throws IOException {
    Path files = Scratch.directory("files").toRealPath();
    Files.writeString(files.resolve("a.txt"), "one\ntwo\n");
    Files.write(files.resolve("c.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, -1});
    List<String> command =
        List.of(McpPartners.node(), McpPartners.program("mcp-server-filesystem"), files.toString());
    String requests = FILES.replace("DIRECTORY", files.toString());
    // What is written is there afterwards, for both to see.
    client.run(command, Map.of(), requests);
    List<JsonNode> direct = client.run(command, Map.of(), requests);
    same(through(client, "files", command, Map.of(), requests), direct);
    assertThat(direct.get(6).at("/result/content/0/text").stringValue()).contains("grün");
  }

  @ParameterizedTest
  @EnumSource
  void memoryIsTheSame(McpPartners.Client client) {
    List<String> command = List.of(McpPartners.node(), McpPartners.program("mcp-server-memory"));
    List<JsonNode> direct = client.run(command, memory("direct"), MEMORY);
    same(through(client, "memory", command, memory("through"), MEMORY), direct);
    assertThat(direct.getLast().toString()).contains("writes").doesNotContain("machine");
  }

  private static Map<String, String> memory(String name) {
    Path file = Scratch.directory(name).resolve("memory.jsonl");
    return Map.of("MEMORY_FILE_PATH", file.toString());
  }

  private static void same(List<JsonNode> through, List<JsonNode> direct) {
    assertThat(through.getFirst().get("server")).isEqualTo(direct.getFirst().get("server"));
    assertThat(PartnerAnswers.forBoth(through)).isEqualTo(PartnerAnswers.forBoth(direct));
  }

  private List<JsonNode> through(
      McpPartners.Client client,
      String kind,
      List<String> command,
      Map<String, String> environment,
      String requests) {
    String name = kind + "-" + client.name().toLowerCase(Locale.ROOT).replace('_', '-');
    gateway.admin(
        "POST",
        "/admin/v1/organizations/" + tenant.id() + "/connectors",
        "{\"name\":\"%s\",\"command\":%s,\"environment\":%s}"
            .formatted(
                name, JSON.writeValueAsString(command), JSON.writeValueAsString(environment)),
        201);
    return client.run(gateway.url() + "/mcp/" + name, tenant.key(), requests);
  }
}
