package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.secrets.MasterKey;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two tenants on one key of the operator's: what a provider keeps for one, the other cannot name,
 * in any field of any surface, and nothing of its request reaches the provider.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObjectIsolationIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String RESPONSES = "/v1/responses";
  private static final String CHAT = "/v1/chat/completions";
  private static final String MESSAGES = "/v1/messages";
  private static final String COUNT = "/v1/messages/count_tokens";

  /** Nodes of one database have one master key. */
  private static final MasterKey KEY = MasterKey.parse(MasterKey.generate());

  private final Map<String, String> ids = new HashMap<>();
  private TestGateway gateway;
  private Tenant owner;
  private Tenant stranger;

  @BeforeAll
  void start() {
    gateway = TestGateway.start(wishes -> wishes.masterKey(KEY));
    owner = gateway.tenant(null);
    stranger = gateway.tenant(null);
    give();
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  /** One of everything that answers give out. */
  private void give() {
    JsonNode response =
        made(
            RESPONSES,
            "{'model':'gpt-4o-mini','max_output_tokens':500,'input':'hi','reasoning':{'effort':"
                + "'low'},'tools':[{'type':'code_interpreter','container':{'type':'auto'}}]}");
    ids.put("response", response.path("id").stringValue());
    for (JsonNode item : response.path("output").values()) {
      ids.put(item.path("type").stringValue(), item.path("id").stringValue());
      if (item.has("container_id")) {
        ids.put("container", item.path("container_id").stringValue());
      }
      JsonNode note = item.path("content").path(0).path("annotations").path(0);
      if (note.has("file_id")) {
        ids.put("file", note.path("file_id").stringValue());
      }
    }
    JsonNode spoken =
        made(
            CHAT,
            "{'model':'gpt-4o-mini','max_tokens':500,'modalities':['text','audio'],'audio':"
                + "{'voice':'alloy','format':'wav'},'messages':[{'role':'user','content':'hi'}]}");
    ids.put(
        "audio",
        spoken.path("choices").path(0).path("message").path("audio").path("id").stringValue());
    JsonNode message =
        made(
            MESSAGES,
            "{'model':'claude-haiku-5-5','max_tokens':500,'messages':[{'role':'user','content':"
                + "'hi'}],'diagnostics':{'previous_message_id':null},'tools':"
                + "[{'type':'code_execution_20250825','name':'code_execution'}]}");
    ids.put("messages_container", message.path("container").path("id").stringValue());
    ids.put("earlier_message", message.path("id").stringValue());
    assertThat(ids.values()).doesNotContainNull().doesNotContain("").hasSize(9);
  }

  private JsonNode made(String path, String body) {
    HttpResponse<String> answer = send(owner, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> send(Tenant tenant, String path, String body) {
    return gateway.send("POST", path, tenant.key(), body.replace('\'', '"'));
  }

  private static Arguments at(String path, String what, String field, String members) {
    String model = path.startsWith(MESSAGES) ? "claude-haiku-5-5" : "gpt-4o-mini";
    String maximum = path.equals(RESPONSES) ? ",'max_output_tokens':100" : ",'max_tokens':100";
    return Arguments.of(
        path,
        what,
        field,
        "{'model':'" + model + "'" + (path.equals(COUNT) ? "" : maximum) + "," + members + "}");
  }

  private static Arguments item(String what, String type, String members) {
    return at(
        RESPONSES,
        what,
        "input[0].id",
        "'input':[{'type':'" + type + "','id':'ID'" + members + "},{'role':'user','content':'x'}]");
  }

  private static Arguments content(String what, String part, String field) {
    return at(
        RESPONSES,
        what,
        "input[0].content[0]." + field,
        "'input':[{'role':'user','content':[" + part + "]}]");
  }

  private static Arguments tool(String what, String tool, String field) {
    return at(RESPONSES, what, "tools[0]." + field, "'input':'hi','tools':[" + tool + "]");
  }

  private static Arguments turn(String path, String what, String turn, String field) {
    return at(path, what, "messages[0]." + field, "'messages':[" + turn + "]");
  }

  /** Every field that names something of a provider's side. */
  static Stream<Arguments> fields() {
    String hi = "'messages':[{'role':'user','content':'hi'}]";
    String image = "{'type':'image','source':{'type':'file','file_id':'ID'}}";
    return Stream.of(
        at(
            RESPONSES,
            "response",
            "previous_response_id",
            "'input':'hi','previous_response_id':'ID'"),
        at(
            RESPONSES,
            "response",
            "prompt_cache_options.comparison_response_id",
            "'input':'hi','prompt_cache_options':{'comparison_response_id':'ID'}"),
        at(RESPONSES, "nobody", "conversation", "'input':'hi','conversation':'ID'"),
        at(RESPONSES, "nobody", "conversation.id", "'input':'hi','conversation':{'id':'ID'}"),
        at(RESPONSES, "nobody", "prompt.id", "'input':'hi','prompt':{'id':'ID'}"),
        at(
            RESPONSES,
            "file",
            "prompt.variables.f.file_id",
            "'input':'hi','prompt':{'variables':{'f':{'type':'input_file','file_id':'ID'}}}"),
        item("message", "item_reference", ""),
        item("message", "message", ",'role':'assistant','status':'completed','content':[]"),
        item("reasoning", "reasoning", ",'summary':[]"),
        item("code_interpreter_call", "item_reference", ""),
        at(RESPONSES, "message", "input[0].id", "'input':[{'id':'ID'}]"),
        at(
            RESPONSES,
            "message",
            "input[0].approval_request_id",
            "'input':[{'type':'mcp_approval_response','approval_request_id':'ID','approve':true}]"),
        content("file", "{'type':'input_file','file_id':'ID'}", "file_id"),
        content("file", "{'type':'input_image','file_id':'ID'}", "file_id"),
        content(
            "file",
            "{'type':'output_text','text':'x','annotations':[{'type':'file_citation','file_id':'ID'}]}",
            "annotations[0].file_id"),
        at(
            RESPONSES,
            "file",
            "input[0].output.file_id",
            "'input':[{'type':'computer_call_output','call_id':'c','output':{'file_id':'ID'}}]"),
        at(
            RESPONSES,
            "file",
            "input[0].output[0].file_id",
            "'input':[{'type':'function_call_output','call_id':'c','output':[{'type':'input_file',"
                + "'file_id':'ID'}]}]"),
        at(
            RESPONSES,
            "container",
            "input[0].container_id",
            "'input':[{'type':'code_interpreter_call','container_id':'ID'}]"),
        at(
            RESPONSES,
            "file",
            "input[0].results[0].file_id",
            "'input':[{'type':'file_search_call','results':[{'file_id':'ID'}]}]"),
        tool("nobody", "{'type':'file_search','vector_store_ids':['ID']}", "vector_store_ids[0]"),
        tool("container", "{'type':'code_interpreter','container':'ID'}", "container"),
        tool(
            "file",
            "{'type':'code_interpreter','container':{'type':'auto','file_ids':['ID']}}",
            "container.file_ids[0]"),
        tool(
            "container",
            "{'type':'shell','environment':{'type':'container_reference','container_id':'ID'}}",
            "environment.container_id"),
        tool(
            "nobody",
            "{'type':'shell','environment':{'type':'container_auto','skills':[{'type':"
                + "'skill_reference','skill_id':'ID'}]}}",
            "environment.skills[0].skill_id"),
        tool(
            "file",
            "{'type':'image_generation','input_image_mask':{'file_id':'ID'}}",
            "input_image_mask.file_id"),
        tool("nobody", "{'type':'mcp','server_label':'x','connector_id':'ID'}", "connector_id"),
        tool("nobody", "{'type':'mcp','server_label':'x','tunnel_id':'ID'}", "tunnel_id"),
        turn(
            CHAT,
            "file",
            "{'role':'user','content':[{'type':'file','file':{'file_id':'ID'}}]}",
            "content[0].file.file_id"),
        turn(
            CHAT,
            "audio",
            "{'role':'assistant','audio':{'id':'ID'}},{'role':'user','content':'x'}",
            "audio.id"),
        at(CHAT, "nobody", "audio.voice.id", hi + ",'audio':{'voice':{'id':'ID'}}"),
        at(MESSAGES, "messages_container", "container", hi + ",'container':'ID'"),
        at(MESSAGES, "messages_container", "container.id", hi + ",'container':{'id':'ID'}"),
        at(
            MESSAGES,
            "nobody",
            "container.skills[0].skill_id",
            hi + ",'container':{'skills':[{'type':'custom','skill_id':'ID'}]}"),
        at(
            MESSAGES,
            "earlier_message",
            "diagnostics.previous_message_id",
            hi + ",'diagnostics':{'previous_message_id':'ID'}"),
        turn(
            MESSAGES,
            "nobody",
            "{'role':'user','content':[" + image + "]}",
            "content[0].source.file_id"),
        turn(
            MESSAGES,
            "nobody",
            "{'role':'user','content':[{'type':'container_upload','file_id':'ID'}]}",
            "content[0].file_id"),
        turn(
            MESSAGES,
            "nobody",
            "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t','content':["
                + image
                + "]}]}",
            "content[0].content[0].source.file_id"),
        at(
            MESSAGES,
            "nobody",
            "system[0].source.file_id",
            hi + ",'system':[{'type':'document','source':{'type':'file','file_id':'ID'}}]"),
        turn(
            COUNT,
            "nobody",
            "{'role':'user','content':[" + image + "]}",
            "content[0].source.file_id"));
  }

  private String id(String what) {
    return ids.getOrDefault(what, "vs_of_nobody_here");
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("fields")
  void refusesWhatIsAnothers(String path, String what, String field, String body) {
    long asked = gateway.simulator().stats().requests();
    HttpResponse<String> refused = send(stranger, path, body.replace("ID", id(what)));
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains(field);
    HttpResponse<String> unknown = send(stranger, path, body.replace("ID", "id_of_nobody"));
    assertThat(told(unknown).replace("id_of_nobody", id(what)))
        .as("the same words for what nobody has")
        .isEqualTo(told(refused));
    assertThat(gateway.simulator().stats().requests()).as("reached the provider").isEqualTo(asked);
    assertThat(gateway.ledger(stranger)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        RESPONSES + "|gpt-4o-mini|{'type':'item_reference','id':'ID'}",
        RESPONSES + "|gpt-4o-mini|{'role':'user','content':[{'type':'input_file','file_id':'ID'}]}",
        RESPONSES + "|gpt-4o-mini|5",
        "/v1/embeddings|text-embedding-3-small|{'type':'item_reference','id':'ID'}",
        "/v1/embeddings|text-embedding-3-small|true",
      })
  void refusesInputThatIsNeitherTextNorList(String path, String model, String input) {
    long asked = gateway.simulator().stats().requests();
    HttpResponse<String> refused =
        send(
            stranger,
            path,
            "{'model':'" + model + "','input':" + input.replace("ID", id("message")) + "}");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(JSON.readTree(refused.body()).at("/error/param").stringValue()).isEqualTo("input");
    assertThat(gateway.simulator().stats().requests()).as("reached the provider").isEqualTo(asked);
  }

  private static String told(HttpResponse<String> refusal) {
    return JSON.readTree(refusal.body()).path("error").path("message").stringValue();
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("fields")
  void letsItsOwnerNameIt(String path, String what, String field, String body) {
    HttpResponse<String> answer = send(owner, path, body.replace("ID", id(what)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(ids.containsKey(what) ? 200 : 400);
  }

  @Test
  void knowsOnOneNodeWhatWasMadeThroughAnother() {
    try (TestGateway other =
        TestGateway.start(
            gateway.database(),
            wishes ->
                wishes.masterKey(KEY).models(TestGateway.models(gateway.simulator().url())))) {
      String body = "{\"model\":\"gpt-4o-mini\",\"input\":\"on\",\"previous_response_id\":\"%s\"}";
      String id = id("response");
      assertThat(other.send("POST", RESPONSES, owner.key(), body.formatted(id)).statusCode())
          .isEqualTo(200);
      assertThat(other.send("POST", RESPONSES, stranger.key(), body.formatted(id)).statusCode())
          .isEqualTo(400);
      assertThat(other.send("GET", RESPONSES + "/" + id, owner.key(), "").statusCode())
          .isEqualTo(200);
      assertThat(other.send("GET", RESPONSES + "/" + id, stranger.key(), "").statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void goesToTheKeyThatMadeIt() {
    String body = "{\"model\":\"gpt-4o-mini\",\"input\":\"on\",\"previous_response_id\":\"%s\"}";
    String id = id("response");
    // The simulator knows a response by the key alone that it was made with.
    try (TestGateway more =
        TestGateway.start(
            gateway.database(), wishes -> wishes.masterKey(KEY).models(keys("sk-new", "sk-up")))) {
      assertThat(more.send("POST", RESPONSES, owner.key(), body.formatted(id)).statusCode())
          .isEqualTo(200);
    }
    try (TestGateway without =
        TestGateway.start(
            gateway.database(), wishes -> wishes.masterKey(KEY).models(keys("sk-new")))) {
      HttpResponse<String> gone = without.send("POST", RESPONSES, owner.key(), body.formatted(id));
      assertThat(gone.statusCode()).isEqualTo(400);
      assertThat(gone.body()).contains("previous_response_id").contains("no longer configured");
    }
  }

  private ModelsConfig keys(String... keys) {
    ModelsConfig models = TestGateway.models(gateway.simulator().url());
    List<ProviderConfig> providers =
        models.providers().stream().map(provider -> with(provider, keys)).toList();
    return new ModelsConfig(
        providers,
        models.tiers(),
        models.aliases(),
        models.routing(),
        models.unboundedInput(),
        models.learning(),
        models.streamDuration(),
        models.jsonDepth(),
        models.disconnect(),
        models.drainTimeout());
  }

  private static ProviderConfig with(ProviderConfig provider, String... keys) {
    return new ProviderConfig(
        provider.name(),
        provider.dialect(),
        provider.baseUrl(),
        Stream.of(keys).map(key -> new ProviderConfig.ApiKey(new Secret(key), null)).toList(),
        provider.models(),
        provider.aliases(),
        provider.headers(),
        provider.connectTimeout(),
        provider.firstByteTimeout(),
        provider.idleTimeout(),
        provider.connections(),
        provider.ownKeys(),
        null);
  }
}
