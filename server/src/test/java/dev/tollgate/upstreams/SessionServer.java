package dev.tollgate.upstreams;

import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server of the session era that keeps count, and whose tools do what their names say. */
final class SessionServer implements AutoCloseable {

  private static final List<String> LEVELS = List.of("debug", "info", "warning", "error");

  /** A session as the server sees it. */
  static final class Open {
    final String id = UUID.randomUUID().toString();
    final @Nullable String authorization;
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger mostCalls = new AtomicInteger();
    final Set<String> subscribed = ConcurrentHashMap.newKeySet();
    final List<HttpServerResponse> streams = new CopyOnWriteArrayList<>();
    volatile String level = "info";

    Open(@Nullable String authorization) {
      this.authorization = authorization;
    }
  }

  final Map<String, Open> sessions = new ConcurrentHashMap<>();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger requests = new AtomicInteger();
  final AtomicInteger done = new AtomicInteger();
  final List<Message> replies = new CopyOnWriteArrayList<>();
  final List<Runnable> held = new CopyOnWriteArrayList<>();

  /** What every request is answered with; 0: as its tool says. */
  volatile int status;

  private final Vertx vertx = Vertx.vertx();
  private final Map<Raw, Runnable> asked = new ConcurrentHashMap<>();
  private final HttpServer server;

  SessionServer() {
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setAcceptBacklog(4_096))
            .connectionHandler(connection -> {
              connections.incrementAndGet();
              connection.closeHandler(gone -> connections.decrementAndGet());
            })
            .requestHandler(request -> request.bodyHandler(body -> arrived(request, body)))
            .listen(0, "127.0.0.1")
            .await();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.actualPort() + "/mcp");
  }

  private void arrived(HttpServerRequest request, Buffer body) {
    HttpServerResponse response = request.response();
    requests.incrementAndGet();
    if (status != 0) {
      response.setStatusCode(status).end();
      return;
    }
    Message message = body.length() == 0 ? null : Message.read(body.getBytes());
    if (message instanceof Message.Request asks && asks.method().equals("initialize")) {
      initialize(request, asks);
      return;
    }
    if (message instanceof Message.Request asks && asks.method().equals("server/discover")) {
      response.setStatusCode(400).end();
      return;
    }
    String id = request.getHeader("mcp-session-id");
    Open session = id == null ? null : sessions.get(id);
    if (session == null) {
      response.setStatusCode(404).end();
    } else if (message instanceof Message.Request asks) {
      requested(session, asks, response);
    } else if (message != null) {
      said(message);
      response.setStatusCode(202).end();
    } else if (request.method().equals(HttpMethod.GET)) {
      stream(response);
      session.streams.add(response);
      response.closeHandler(gone -> session.streams.remove(response));
    } else {
      sessions.remove(session.id);
      closed.incrementAndGet();
      response.setStatusCode(204).end();
    }
  }

  private void initialize(HttpServerRequest request, Message.Request asks) {
    Open session = new Open(request.getHeader("authorization"));
    sessions.put(session.id, session);
    opened.incrementAndGet();
    request.response().putHeader("mcp-session-id", session.id);
    result(
        request.response(),
        asks,
        "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"logging\":{},\"tools\":{},"
            + "\"resources\":{\"subscribe\":true,\"listChanged\":true}},"
            + "\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}}");
  }

  private void said(Message message) {
    switch (message) {
      case Message.Success success -> {
        replies.add(success);
        Runnable goesOn = asked.remove(success.id());
        if (goesOn != null) {
          goesOn.run();
        }
      }
      case Message.Fault fault -> replies.add(fault);
      case Message.Notification _, Message.Request _ -> {}
    }
  }

  private void requested(Open session, Message.Request asks, HttpServerResponse response) {
    Members params = Members.orNone(asks.params());
    switch (asks.method()) {
      case "logging/setLevel" -> session.level = String.valueOf(params.string("level"));
      case "resources/subscribe" -> session.subscribed.add(String.valueOf(params.string("uri")));
      case "resources/unsubscribe" ->
          session.subscribed.remove(String.valueOf(params.string("uri")));
      case "tools/call" -> {
        int now = session.calls.incrementAndGet();
        session.mostCalls.accumulateAndGet(now, Math::max);
        tool(String.valueOf(params.string("name")), session, asks, response);
        return;
      }
      default -> {}
    }
    result(response, asks, "{}");
  }

  private void tool(String name, Open session, Message.Request asks, HttpServerResponse response) {
    switch (name) {
      case "log" -> {
        stream(response);
        LEVELS.stream()
            .filter(level -> LEVELS.indexOf(level) >= LEVELS.indexOf(session.level))
            .forEach(level -> event(response, log(level)));
        last(session, asks, response);
      }
      case "ask" -> {
        stream(response);
        ask(response, () -> last(session, asks, response));
      }
      case "ask twice" -> {
        stream(response);
        ask(response, () -> ask(response, () -> last(session, asks, response)));
      }
      case "hold" -> held.add(() -> answer(session, asks, response));
      case "reset" -> {
        session.calls.decrementAndGet();
        response.reset();
      }
      case "refuse" -> {
        session.calls.decrementAndGet();
        response.setStatusCode(422).end();
      }
      case "fault" -> {
        over(session);
        response
            .putHeader("content-type", "application/json")
            .end(
                new Message.Fault(asks.id(), Raw.of("{\"code\":-32602,\"message\":\"no\"}"))
                    .raw()
                    .json());
      }
      case "break" -> {
        session.calls.decrementAndGet();
        response.setStatusCode(500).end();
      }
      default -> answer(session, asks, response);
    }
  }

  private void ask(HttpServerResponse response, Runnable then) {
    Raw id = Raw.string("ask-" + UUID.randomUUID());
    asked.put(id, then);
    event(
        response,
        new Message.Request(
                id, "elicitation/create", Raw.of("{\"message\":\"?\",\"requestedSchema\":{}}"))
            .raw());
  }

  private static Raw log(String level) {
    return new Message.Notification(
            "notifications/message",
            Raw.of("{\"level\":\"" + level + "\",\"data\":\"" + level + "\"}"))
        .raw();
  }

  private void answer(Open session, Message.Request asks, HttpServerResponse response) {
    over(session);
    result(response, asks, content(session));
  }

  private void last(Open session, Message.Request asks, HttpServerResponse response) {
    over(session);
    event(response, new Message.Success(asks.id(), Raw.of(content(session))).raw());
    response.end();
  }

  private void over(Open session) {
    session.calls.decrementAndGet();
    done.incrementAndGet();
  }

  private static String content(Open session) {
    return "{\"content\":[],\"session\":\"" + session.id + "\"}";
  }

  private static void result(HttpServerResponse response, Message.Request asks, String json) {
    response
        .putHeader("content-type", "application/json")
        .end(new Message.Success(asks.id(), Raw.of(json)).raw().json());
  }

  private static void stream(HttpServerResponse response) {
    response.setChunked(true).putHeader("content-type", "text/event-stream").writeHead();
  }

  private static void event(HttpServerResponse response, Raw message) {
    response.write("event: message\ndata: " + message.json() + "\n\n");
  }

  /** Says something in every stream that is listened to. */
  void tellAll(Raw message) {
    sessions.values().forEach(each -> each.streams.forEach(stream -> event(stream, message)));
  }

  int streams() {
    return sessions.values().stream().mapToInt(each -> each.streams.size()).sum();
  }

  /** As after a restart: no session is known any more. */
  void forgetAll() {
    sessions.clear();
  }

  /** Lets everything go on that was held. */
  void release() {
    List<Runnable> all = List.copyOf(held);
    held.clear();
    all.forEach(Runnable::run);
  }

  /** Moves the server away: nobody answers at its port any more. */
  @Override
  public void close() {
    vertx.close().await();
  }
}
