package dev.tollgate.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.upstreams.Node.Called;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A modern server that asks a legacy client. */
class RoundsIT {

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server =
      vertx
          .createHttpServer()
          .requestHandler(request -> request.bodyHandler(body -> arrived(request, body)))
          .listen(0, "127.0.0.1")
          .await();
  private final Node node = new Node(UpstreamsConfig.DEFAULT);

  private volatile int questions = 1;

  @AfterEach
  void close() {
    node.close();
    vertx.close().await();
  }

  private void arrived(HttpServerRequest request, Buffer body) {
    if (body.length() == 0
        || !(Message.read(body.getBytes()) instanceof Message.Request asks)
        || asks.method().equals(Method.INITIALIZE)) {
      request.response().setStatusCode(400).end();
      return;
    }
    String result =
        switch (asks.method()) {
          case Method.DISCOVER ->
              "\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":{}}";
          case Method.TOOLS_LIST ->
              "\"tools\":[{\"name\":\"ask\",\"inputSchema\":{\"type\":\"object\"}}]";
          default -> null;
        };
    request
        .response()
        .putHeader("content-type", "application/json")
        .end(
            new Message.Success(
                    asks.id(),
                    Raw.of(
                        result == null ? asking() : "{\"resultType\":\"complete\"," + result + "}"))
                .raw()
                .json());
  }

  private String asking() {
    StringBuilder asked = new StringBuilder();
    for (int i = 0; i < questions; i++) {
      asked
          .append(i == 0 ? "" : ",")
          .append("\"q")
          .append(i)
          .append("\":{\"method\":\"elicitation/create\",\"params\":{\"message\":\"?\"}}");
    }
    return "{\"resultType\":\"input_required\",\"inputRequests\":{" + asked + "}}";
  }

  private Target target(Duration call) {
    return new Target(
        Node.CONNECTOR,
        "tested",
        "custom",
        1,
        Node.OWNER,
        new Endpoint.Http(URI.create("http://127.0.0.1:" + server.actualPort() + "/mcp")),
        "credential",
        1,
        Authority.NONE,
        true,
        new Patience(Duration.ofSeconds(60), Duration.ofSeconds(60), call));
  }

  @Test
  void aClientThatNeverAnswersIsNotWaitedForForEver() {
    Called called = node.call(target(Duration.ofSeconds(8)), "ask");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !called.asked.isEmpty() || called.answer.isDone());
    assertThat(called.asked).as("%s", called.answer).hasSize(1);
    assertThat(called.await())
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.failure().code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT));
    assertThat(node.waits()).isZero();
  }
}
