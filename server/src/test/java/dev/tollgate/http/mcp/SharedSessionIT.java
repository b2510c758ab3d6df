package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.upstreams.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A session of a stateless connector, which several callers have together. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedSessionIT {

  private static final Raw QUESTION =
      Raw.of(
          "{\"jsonrpc\":\"2.0\",\"id\":\"whose\",\"method\":\"elicitation/create\",\"params\":"
              + "{\"message\":\"your password?\",\"requestedSchema\":{}}}");
  private static final Raw CHANGED =
      new Message.Notification("notifications/tools/list_changed", null).raw();

  private final List<Message.Fault> refused = new CopyOnWriteArrayList<>();
  private final ScriptedServer server =
      ScriptedServer.legacy()
          .on("GET", came -> came.stream().event(QUESTION).event(CHANGED))
          .on("response", this::replied);
  private final TestGateway gateway =
      TestGateway.start(wishes ->
          wishes.servers(
              new ConfiguredConnectors.Server(
                  "shared", new Endpoint.Http(server.url()), Map.of(), true)));
  private final String key = gateway.tenant(null).key();

  @AfterAll
  void close() {
    gateway.close();
    server.close();
  }

  private void replied(ScriptedServer.Arrived came) {
    if (came.message() instanceof Message.Fault fault) {
      refused.add(fault);
    }
    came.response().setStatusCode(202).end();
  }

  @Test
  void aQuestionThatCouldBeAnybodysReachesNobody() {
    LegacyStream stream = new LegacyStream(gateway, "/mcp/shared", key);
    assertThat(stream.listen(Map.of()).statusCode()).isEqualTo(200);
    assertThat(stream.next().path("method").stringValue())
        .isEqualTo("notifications/tools/list_changed");
    await().until(() -> !refused.isEmpty());
    assertThat(refused.getFirst().id()).isEqualTo(Raw.of("\"whose\""));
  }
}
