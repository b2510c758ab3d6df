package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.testing.TestDatabase;
import dev.tollgate.upstreams.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Clients whose requests come to another node than the one that has their session. */
class NodesIT {

  private static final String ECHO = "{\"name\":\"echo\",\"arguments\":{\"a\":1}}";

  private final Map<String, ScriptedServer.Arrived> asking = new ConcurrentHashMap<>();
  private final Map<String, ScriptedServer.Arrived> listening = new ConcurrentHashMap<>();
  private final ScriptedServer plain = ScriptedServer.legacy().on("GET", this::listens);
  private final ScriptedServer asks =
      ScriptedServer.legacy().on("tools/call", this::asks).on("response", this::replied);
  private final MasterKey masterKey = MasterKey.parse(MasterKey.generate());
  private final TestGateway owner = TestGateway.start(this::wishes);
  private final TestGateway other = TestGateway.start(owner.database(), this::wishes);
  private final TestGateway.Tenant tenant = owner.tenant(null);
  private final HttpClient http = HttpClient.newHttpClient();
  private boolean closed;

  @AfterEach
  void close() {
    http.shutdownNow();
    other.close();
    closeOwner();
    plain.close();
    asks.close();
  }

  private void closeOwner() {
    if (!closed) {
      closed = true;
      owner.close();
    }
  }

  private TestGateway.Wishes wishes(TestGateway.Wishes wishes) {
    return wishes.masterKey(masterKey).servers(server("plain", plain), server("asks", asks));
  }

  private static ConfiguredConnectors.Server server(String name, ScriptedServer at) {
    return new ConfiguredConnectors.Server(name, new Endpoint.Http(at.url()), Map.of(), false);
  }

  private void listens(ScriptedServer.Arrived came) {
    listening.put("here", came.stream());
  }

  private void asks(ScriptedServer.Arrived came) {
    String id = "ask-" + UUID.randomUUID();
    asking.put(id, came);
    came.stream()
        .event(
            new Message.Request(
                    Raw.string(id),
                    "elicitation/create",
                    Raw.of("{\"message\":\"who?\",\"requestedSchema\":{}}"))
                .raw());
  }

  private void replied(ScriptedServer.Arrived came) {
    if (came.message() instanceof Message.Success success) {
      ScriptedServer.Arrived waiting = asking.get(String.valueOf(success.id().string()));
      if (waiting != null) {
        waiting.lastResult("{\"content\":[],\"structuredContent\":" + success.result() + "}");
      }
    }
    came.response().setStatusCode(202).end();
  }

  private RawClient session(String connector) {
    RawClient client = new RawClient(owner, "/mcp/" + connector, tenant.key());
    client.initialize("{\"elicitation\":{\"form\":{}}}");
    return client;
  }

  @Test
  void aSessionIsServedWhereverItsRequestsCome() {
    RawClient client = session("plain");
    RawClient moved = client.at(other);
    JsonNode called = RawClient.last(moved.legacy(1, "tools/call", ECHO));
    assertThat(called.at("/result/structuredContent/a").intValue()).isEqualTo(1);
    assertThat(plain.arrived("initialize")).as("one session with the server").hasSize(1);
    HttpResponse<String> ended = other.send(moved.request(moved.sessionHeaders()).DELETE().build());
    assertThat(ended.statusCode()).isEqualTo(204);
    assertThat(client.legacy(2, "tools/call", ECHO).statusCode()).isEqualTo(404);
    assertThat(moved.legacy(3, "tools/call", ECHO).statusCode()).isEqualTo(404);
  }

  @Test
  void aStreamGoesThroughEventByEvent() {
    RawClient moved = session("plain").at(other);
    HttpResponse<Stream<String>> stream = stream(moved.request(moved.sessionHeaders()).GET());
    assertThat(stream.statusCode()).isEqualTo(200);
    assertThat(stream.headers().firstValue("content-type")).hasValue("text/event-stream");
    await().until(() -> listening.containsKey("here"));
    Iterator<String> lines = stream.body().iterator();
    plain
        .vertx()
        .runOnContext(ignored ->
            at("here")
                .event(new Message.Notification("notifications/tools/list_changed", null).raw()));
    assertThat(nextMessage(lines)).contains("notifications/tools/list_changed");
  }

  @RepeatedTest(6)
  void manyAtOnceAreAnsweredThoughNobodyYetKnewWhereTheirNodeIs() throws Exception {
    RawClient moved = session("plain").at(other);
    HttpRequest ping =
        moved
            .request(moved.sessionHeaders())
            .timeout(Duration.ofMinutes(2))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"))
            .build();
    List<CompletableFuture<HttpResponse<String>>> all =
        Stream.generate(() -> http.sendAsync(ping, HttpResponse.BodyHandlers.ofString()))
            .limit(90)
            .toList();
    for (CompletableFuture<HttpResponse<String>> each : all) {
      assertThat(each.get().statusCode()).isEqualTo(200);
    }
  }

  private ScriptedServer.Arrived at(String name) {
    return Objects.requireNonNull(listening.get(name), name);
  }

  @Test
  void aQuestionIsAnsweredThroughAnotherNode() {
    RawClient client = session("asks");
    RawClient moved = client.at(other);
    HttpResponse<Stream<String>> stream =
        stream(
            moved
                .request(moved.sessionHeaders())
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/call\",\"params\":"
                            + ECHO
                            + "}")));
    Iterator<String> lines = stream.body().iterator();
    JsonNode question = RawClient.JSON.readTree(nextMessage(lines));
    HttpResponse<String> taken =
        moved.inSession(
            "{\"jsonrpc\":\"2.0\",\"id\":"
                + question.path("id")
                + ",\"result\":{\"action\":\"accept\",\"content\":{\"name\":\"ada\"}}}");
    assertThat(taken.statusCode()).isEqualTo(202);
    assertThat(nextMessage(lines)).contains("ada");
  }

  @Test
  void aParkedCallGoesOnWhereverItsClientComesBack() {
    JsonNode asked = RawClient.last(modern(owner, ""));
    assertThat(asked.at("/result/resultType").stringValue()).isEqualTo("input_required");
    String state = asked.at("/result/requestState").stringValue();
    String back =
        ",\"requestState\":\""
            + state
            + "\",\"inputResponses\":{\"q1\":{\"action\":\"accept\",\"content\":{\"name\":\"ada\"}}}";
    String stranger = other.tenant(null).key();
    HttpResponse<String> refused =
        new RawClient(other, "/mcp/asks", stranger)
            .modern("tools/call", "\"name\":\"echo\",\"arguments\":{}" + back);
    assertThat(RawClient.last(refused).at("/error/code").intValue()).isEqualTo(-32602);
    JsonNode told = RawClient.last(modern(other, back));
    assertThat(told.at("/result/structuredContent/content/name").stringValue()).isEqualTo("ada");
    assertThat(RawClient.last(modern(other, back)).at("/error/code").intValue())
        .as("once")
        .isEqualTo(-32602);
  }

  private HttpResponse<String> modern(TestGateway node, String more) {
    return new RawClient(node, "/mcp/asks", tenant.key())
        .modern("tools/call", "\"name\":\"echo\",\"arguments\":{}" + more);
  }

  @Test
  void nobodyElseUsesASessionThroughAnotherNode() {
    RawClient client = session("plain");
    String id = client.sessionHeaders().get("mcp-session-id");
    Map<String, String> headers =
        Map.of("mcp-session-id", String.valueOf(id), "mcp-protocol-version", "2025-11-25");
    String ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
    RawClient stranger = new RawClient(other, "/mcp/plain", other.tenant(null).key());
    assertThat(stranger.post(ping, headers).statusCode()).isEqualTo(404);
    RawClient elsewhere = new RawClient(other, "/mcp/asks", tenant.key());
    assertThat(elsewhere.post(ping, headers).statusCode()).isEqualTo(404);
    RawClient nobody = new RawClient(other, "/mcp/plain", "tg_live_" + "0".repeat(43));
    assertThat(nobody.post(ping, headers).statusCode()).isEqualTo(401);
    RawClient moved = client.at(other);
    assertThat(moved.post(ping, headers).statusCode()).isEqualTo(200);
    String unknown = UUID.randomUUID() + "~" + "x".repeat(43);
    assertThat(moved.post(ping, Map.of("mcp-session-id", unknown)).statusCode()).isEqualTo(404);
  }

  @Test
  void whatWasThereIsOverWhenItsNodeIsGone() {
    RawClient client = session("plain");
    String state = RawClient.last(modern(owner, "")).at("/result/requestState").stringValue();
    closeOwner();
    RawClient moved = client.at(other);
    assertThat(moved.legacy(1, "tools/call", ECHO).statusCode()).isEqualTo(404);
    HttpResponse<String> parked =
        modern(other, ",\"requestState\":\"" + state + "\",\"inputResponses\":{}");
    assertThat(RawClient.last(parked).at("/error/code").intValue()).isEqualTo(-32602);
    moved.initialize("{}");
    assertThat(RawClient.last(moved.legacy(2, "tools/call", ECHO)).path("result").isObject())
        .isTrue();
  }

  /** Listens where a node was, and answers whatever it is asked. */
  private static final class Stranger implements AutoCloseable {

    final List<String> heard = new CopyOnWriteArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(came -> {
              heard.add(came.uri());
              came.headers().forEach((name, value) -> heard.add(name + ": " + value));
              came.response().end("x".repeat(43));
            })
            .listen(0, "127.0.0.1")
            .await();

    String url() {
      return "http://127.0.0.1:" + server.actualPort();
    }

    @Override
    public void close() {
      vertx.close().await();
    }
  }

  @Test
  void noStrangerAtANodesAddressIsSentAKey() throws SQLException {
    RawClient moved = session("plain").at(other);
    try (Stranger stranger = new Stranger()) {
      replace(owner.url(), stranger.url(), "0 seconds");
      assertThat(moved.legacy(1, "tools/call", ECHO).statusCode()).isEqualTo(404);
      assertThat(stranger.heard.toString())
          .contains("/node/proof")
          .doesNotContain(tenant.key())
          .doesNotContainIgnoringCase("authorization");
    }
  }

  @Test
  void aNodeThatIsSilentForNowIsNotTakenForGone() throws Exception {
    RawClient moved = session("plain").at(other);
    String address = owner.url();
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      String there = "http://127.0.0.1:" + silent.getLocalPort();
      replace(address, there, "0 seconds");
      HttpResponse<String> unanswered = moved.legacy(1, "tools/call", ECHO);
      assertThat(unanswered.statusCode()).isEqualTo(503);
      assertThat(RawClient.last(unanswered).at("/error/data/retryable").booleanValue()).isTrue();
      replace(there, address, "0 seconds");
    }
    await().until(() -> moved.legacy(2, "tools/call", ECHO).statusCode() == 200);
  }

  @Test
  void nobodyIsAskedWhereANodeWasNotSeenForLong() throws SQLException {
    RawClient moved = session("plain").at(other);
    String address = owner.url();
    closeOwner();
    try (Stranger stranger = new Stranger()) {
      replace(address, stranger.url(), "2 minutes");
      assertThat(moved.legacy(1, "tools/call", ECHO).statusCode()).isEqualTo(404);
      assertThat(stranger.heard).isEmpty();
    }
  }

  /**
   * Has the row of the node at an address say that it is at another, and was seen some time ago.
   */
  private void replace(String address, String by, String ago) throws SQLException {
    try (Connection connection = TestDatabase.connectAsSuperuser(owner.database());
        PreparedStatement statement =
            connection.prepareStatement(
                "UPDATE tollgate.nodes SET address = ?, seen_at = clock_timestamp() - ?::interval"
                    + " WHERE address = ?")) {
      statement.setString(1, by);
      statement.setString(2, ago);
      statement.setString(3, address);
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }
  }

  @Test
  void aClientThatGoesAwayIsGoneThereToo() {
    RawClient moved = session("plain").at(other);
    HttpResponse<Stream<String>> stream = stream(moved.request(moved.sessionHeaders()).GET());
    await().until(() -> listening.containsKey("here"));
    var ended = new CompletableFuture<Boolean>();
    plain
        .vertx()
        .runOnContext(ignored -> at("here").response().closeHandler(gone -> ended.complete(true)));
    stream.body().close();
    await().atMost(Duration.ofSeconds(60)).until(ended::isDone);
  }

  private HttpResponse<Stream<String>> stream(HttpRequest.Builder request) {
    return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofLines()).join();
  }

  private static String nextMessage(Iterator<String> lines) {
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.startsWith("data: {")) {
        return line.substring(6);
      }
    }
    throw new AssertionError("the stream ended");
  }
}
