package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.upstreams.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Questions of servers to clients, in the form of each era and between them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoundsIT {

  private static final String QUESTION =
      "{\"message\":\"who?\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{}}}";

  private final Map<String, CompletableFuture<Raw>> replies = new ConcurrentHashMap<>();
  private final ScriptedServer modern = ScriptedServer.modern().on("tools/call", this::asksModern);
  private final ScriptedServer legacy =
      ScriptedServer.legacy().on("tools/call", this::asksLegacy).on("response", this::replied);
  private final MasterKey masterKey = MasterKey.parse(MasterKey.generate());
  private final TestGateway gateway = TestGateway.start(this::wishes);
  private final TestGateway.Tenant tenant = gateway.tenant(null);

  @AfterAll
  void close() {
    gateway.close();
    modern.close();
    legacy.close();
  }

  private TestGateway.Wishes wishes(TestGateway.Wishes wishes) {
    return wishes
        .masterKey(masterKey)
        .servers(
            new ConfiguredConnectors.Server(
                "modern", new Endpoint.Http(modern.url()), Map.of(), false),
            new ConfiguredConnectors.Server(
                "legacy", new Endpoint.Http(legacy.url()), Map.of(), false));
  }

  /** Asks once; then tells what it was told, and what state came back. */
  private void asksModern(ScriptedServer.Arrived asked) {
    Members params = asked.params();
    if (!params.has("inputResponses")) {
      asked.result(
          "{\"resultType\":\"input_required\",\"requestState\":\"its own\",\"inputRequests\":"
              + "{\"name\":{\"method\":\"elicitation/create\",\"params\":"
              + QUESTION
              + "}}}");
      return;
    }
    asked.result(
        "{\"resultType\":\"complete\",\"content\":[],\"structuredContent\":{\"told\":"
            + params.get("inputResponses")
            + ",\"state\":"
            + params.get("requestState")
            + "}}");
  }

  /** Asks on the stream of the call; tells what it was told. */
  private void asksLegacy(ScriptedServer.Arrived asked) {
    String id = "ask-" + System.nanoTime();
    CompletableFuture<Raw> reply = new CompletableFuture<>();
    replies.put(id, reply);
    asked.stream()
        .event(new Message.Request(Raw.string(id), "elicitation/create", Raw.of(QUESTION)).raw());
    var _ =
        reply.thenAccept(told ->
            legacy
                .vertx()
                .runOnContext(ignored ->
                    asked.lastResult(
                        "{\"content\":[],\"structuredContent\":{\"told\":" + told + "}}")));
  }

  private void replied(ScriptedServer.Arrived came) {
    if (came.message() instanceof Message.Success success) {
      Objects.requireNonNull(replies.get(String.valueOf(success.id().string())))
          .complete(success.result());
    }
    came.response().setStatusCode(202).end();
  }

  private static final String CALL = "\"name\":\"echo\",\"arguments\":{}";
  private static final String TOLD = "{\"action\":\"accept\",\"content\":{\"name\":\"ada\"}}";

  private JsonNode modernRound(String connector, TestGateway.Tenant who) {
    return RawClient.last(
        new RawClient(gateway, "/mcp/" + connector, who.key()).modern("tools/call", CALL));
  }

  private JsonNode modernReply(
      String connector, TestGateway.Tenant who, String call, String key, String state) {
    return modernReply(gateway, connector, who, call, key, state);
  }

  private static JsonNode modernReply(
      TestGateway node,
      String connector,
      TestGateway.Tenant who,
      String call,
      String key,
      String state) {
    return RawClient.last(
        new RawClient(node, "/mcp/" + connector, who.key())
            .modern(
                "tools/call",
                call
                    + ",\"inputResponses\":{\""
                    + key
                    + "\":"
                    + TOLD
                    + "},\"requestState\":\""
                    + state
                    + "\""));
  }

  @Test
  void aModernClientAnswersALegacyServersQuestion() {
    JsonNode asked = modernRound("legacy", tenant);
    assertThat(asked.at("/result/resultType").stringValue()).isEqualTo("input_required");
    assertThat(asked.at("/result/inputRequests/q1/method").stringValue())
        .isEqualTo("elicitation/create");
    String state = asked.at("/result/requestState").stringValue();
    JsonNode told = modernReply("legacy", tenant, CALL, "q1", state);
    assertThat(told.at("/result/structuredContent/told/content/name").stringValue())
        .isEqualTo("ada");
    assertThat(told.at("/result/resultType").stringValue()).isEqualTo("complete");
    JsonNode again = modernReply("legacy", tenant, CALL, "q1", state);
    assertThat(again.at("/error/code").intValue()).isEqualTo(-32602);
  }

  @Test
  void aStateIsGoodOnceHoweverManyBringItAtATime() {
    String state = modernRound("legacy", tenant).at("/result/requestState").stringValue();
    List<CompletableFuture<JsonNode>> all =
        Stream.generate(() ->
                CompletableFuture.supplyAsync(
                    () -> modernReply("legacy", tenant, CALL, "q1", state),
                    task -> Thread.ofVirtual().start(task)))
            .limit(20)
            .toList();
    List<JsonNode> told = all.stream().map(CompletableFuture::join).toList();
    assertThat(told).filteredOn(each -> each.path("result").isObject()).hasSize(1);
    assertThat(told).filteredOn(each -> each.at("/error/code").intValue(0) == -32602).hasSize(19);
  }

  @Test
  void nobodyElseAnswersInItsPlace() {
    for (String connector : new String[] {"legacy", "modern"}) {
      String key = connector.equals("legacy") ? "q1" : "name";
      JsonNode asked = modernRound(connector, tenant);
      String state = asked.at("/result/requestState").stringValue();
      TestGateway.Tenant other = gateway.tenant(null);
      assertThat(modernReply(connector, other, CALL, key, state).at("/error/code").intValue())
          .isEqualTo(-32602);
      assertThat(
              modernReply(connector, tenant, CALL.replace("echo", "other"), key, state)
                  .at("/error/code")
                  .intValue())
          .isEqualTo(-32602);
      assertThat(modernReply(connector, tenant, CALL, key, "its own").at("/error/code").intValue())
          .isEqualTo(-32602);
      assertThat(modernReply(connector, tenant, CALL, key, state).path("result").isObject())
          .isTrue();
    }
  }

  @Test
  void aModernServerGetsItsOwnStateBack() {
    JsonNode asked = modernRound("modern", tenant);
    String state = asked.at("/result/requestState").stringValue();
    assertThat(state).isNotEqualTo("its own");
    JsonNode told = modernReply("modern", tenant, CALL, "name", state);
    assertThat(told.at("/result/structuredContent/state").stringValue()).isEqualTo("its own");
    assertThat(told.at("/result/structuredContent/told/name/content/name").stringValue())
        .isEqualTo("ada");
  }

  @Test
  void anotherNodeOfTheSameMasterKeyOpensItsState() {
    String state = modernRound("modern", tenant).at("/result/requestState").stringValue();
    try (TestGateway second = TestGateway.start(gateway.database(), this::wishes)) {
      JsonNode told = modernReply(second, "modern", tenant, CALL, "name", state);
      assertThat(told.at("/result/structuredContent/state").stringValue()).isEqualTo("its own");
    }
  }

  @Test
  void aLegacyClientAnswersOnItsSession() {
    for (String connector : new String[] {"legacy", "modern"}) {
      LegacyStream stream = new LegacyStream(gateway, "/mcp/" + connector, tenant.key());
      stream.call("tools/call", "{\"name\":\"echo\",\"arguments\":{}}");
      JsonNode question = stream.next();
      assertThat(question.path("method").stringValue()).isEqualTo("elicitation/create");
      assertThat(question.at("/params/message").stringValue()).isEqualTo("who?");
      stream.reply(question.path("id"), TOLD);
      JsonNode answer = stream.next();
      assertThat(answer.at("/result/structuredContent/told").toString()).contains("ada");
      assertThat(answer.path("id").intValue()).isEqualTo(99);
    }
  }
}
