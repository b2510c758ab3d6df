package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server over HTTP+SSE (2024-11-05): a test says what comes on which of its streams. */
final class StreamServer implements AutoCloseable {

  /** A call of a tool that came, on the stream that its answer goes on. */
  record Came(int stream, Message.Request call, HttpServerResponse events) {

    void say(Message message) {
      event(message);
    }

    Future<Void> event(Message message) {
      return events.write("event: message\ndata: " + message.raw().json() + "\n\n");
    }

    void answer() {
      say(new Message.Success(call.id(), Raw.of("{\"content\":[],\"stream\":" + stream + "}")));
    }

    void ask(String id) {
      say(
          new Message.Request(
              Raw.string(id),
              "elicitation/create",
              Raw.of("{\"message\":\"?\",\"requestedSchema\":{}}")));
    }

    void log(String data) {
      say(logged(data));
    }

    static Message logged(String data) {
      return new Message.Notification(
          "notifications/message", Raw.of("{\"level\":\"error\",\"data\":\"" + data + "\"}"));
    }
  }

  final List<Came> calls = new CopyOnWriteArrayList<>();
  final List<Message> said = new CopyOnWriteArrayList<>();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();

  /** Whether pings are answered. */
  volatile boolean pings = true;

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, HttpServerResponse> streams = new ConcurrentHashMap<>();
  private final HttpServer server =
      vertx
          .createHttpServer()
          .requestHandler(request -> request.bodyHandler(body -> arrived(request, body)))
          .listen(0, "127.0.0.1")
          .await();

  URI url() {
    return URI.create("http://127.0.0.1:" + server.actualPort() + "/sse");
  }

  private void arrived(HttpServerRequest request, Buffer body) {
    HttpServerResponse response = request.response();
    if (request.method().equals(HttpMethod.GET)) {
      String name = Integer.toString(opened.incrementAndGet());
      streams.put(name, response);
      response.closeHandler(gone -> closed.incrementAndGet());
      response.setChunked(true).putHeader("content-type", "text/event-stream");
      response.write("event: endpoint\ndata: /messages?stream=" + name + "\n\n");
      return;
    }
    String name = request.getParam("stream");
    HttpServerResponse events = streams.get(name);
    response.setStatusCode(202).end();
    Message message = Message.read(body.getBytes());
    if (message instanceof Message.Request asks && events != null) {
      requested(new Came(Integer.parseInt(name), asks, events));
    } else {
      said.add(message);
    }
  }

  private void requested(Came came) {
    switch (came.call().method()) {
      case "initialize" ->
          came.say(
              new Message.Success(
                  came.call().id(),
                  Raw.of(
                      "{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{\"logging\":{},"
                          + "\"tools\":{}},\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}}")));
      case "tools/call" -> {
        calls.add(came);
        if (String.valueOf(came.call().params()).contains("echo")) {
          came.answer();
        }
      }
      default -> {
        if (pings) {
          came.say(new Message.Success(came.call().id(), Raw.EMPTY_OBJECT));
        }
      }
    }
  }

  /** The errors that questions were answered with. */
  List<Message.Fault> refused() {
    return said.stream()
        .filter(Message.Fault.class::isInstance)
        .map(Message.Fault.class::cast)
        .toList();
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
