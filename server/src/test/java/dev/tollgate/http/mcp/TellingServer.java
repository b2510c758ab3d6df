package dev.tollgate.http.mcp;

import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server of either era whose every word says whom it takes its caller for, by the token that
 * came: {@code who-NAME} for {@code tok-NAME-VERSION}. What it is answered must say the same.
 */
final class TellingServer implements AutoCloseable {

  private static final Pattern TOKEN = Pattern.compile("Bearer tok-([0-9a-z]+)-[0-9]+");
  private static final Pattern WHO = Pattern.compile("who-[0-9a-z]+");
  private static final int SLOWEST_MILLIS = 30;

  /** What was answered by somebody else than who was asked. */
  final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger asked = new AtomicInteger();

  private final boolean modern;
  private final Random random;
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, Asking> open = new ConcurrentHashMap<>();
  private final HttpServer server;

  /** A question, to whom, and the stream that goes on behind it. */
  private record Asking(String who, Message.Request call, HttpServerResponse stream) {}

  TellingServer(boolean modern, long seed) {
    this.modern = modern;
    this.random = new Random(seed);
    this.server =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.bodyHandler(body -> arrived(request, body)))
            .listen(0, "127.0.0.1")
            .await();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.actualPort() + "/mcp");
  }

  private void arrived(HttpServerRequest request, Buffer body) {
    HttpServerResponse response = request.response();
    if (body.length() == 0) {
      response.setStatusCode(request.method().name().equals("DELETE") ? 204 : 405).end();
      return;
    }
    Matcher token = TOKEN.matcher(String.valueOf(request.getHeader("authorization")));
    String who = token.matches() ? "who-" + token.group(1) : "who-nobody";
    switch (Message.read(body.getBytes())) {
      case Message.Request asks -> asks(who, asks, response);
      case Message.Success reply -> replied(who, reply, response);
      case Message.Notification _, Message.Fault _ -> response.setStatusCode(202).end();
    }
  }

  private void asks(String who, Message.Request asks, HttpServerResponse response) {
    switch (asks.method()) {
      case "server/discover" -> {
        if (modern) {
          result(
              response,
              asks,
              "\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":{}}");
        } else {
          response.setStatusCode(400).end();
        }
      }
      case "initialize" -> {
        if (modern) {
          response.setStatusCode(400).end();
        } else {
          response.putHeader("mcp-session-id", UUID.randomUUID().toString());
          result(
              response,
              asks,
              "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
                  + "\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}");
        }
      }
      case "tools/list" ->
          result(
              response,
              asks,
              "\"tools\":[{\"name\":\"get_who\",\"description\":\""
                  + who
                  + "\",\"inputSchema\":{\"type\":\"object\"}}]");
      default -> later(() -> call(who, asks, response));
    }
  }

  private void later(Runnable action) {
    vertx.setTimer(1 + random.nextInt(SLOWEST_MILLIS), ignored -> action.run());
  }

  private void call(String who, Message.Request asks, HttpServerResponse response) {
    calls.incrementAndGet();
    Members params = Members.orNone(asks.params());
    switch (String.valueOf(params.string("name"))) {
      case "progress" -> progress(who, asks, params.within("_meta").get("progressToken"), response);
      case "ask" -> {
        if (modern) {
          askInRounds(who, asks, params, response);
        } else {
          askOnStream(who, asks, response);
        }
      }
      default -> result(response, asks, content(who));
    }
  }

  private static String content(String who) {
    return "\"content\":[],\"structuredContent\":{\"who\":\"" + who + "\"}";
  }

  private void progress(
      String who, Message.Request asks, @Nullable Raw token, HttpServerResponse response) {
    stream(response);
    for (int i = 1; i <= 3 && token != null; i++) {
      event(
          response,
          new Message.Notification(
                  "notifications/progress",
                  Raw.of(
                      "{\"progressToken\":"
                          + token
                          + ",\"progress\":"
                          + i
                          + ",\"message\":\""
                          + who
                          + "\"}"))
              .raw());
    }
    later(() -> last(who, asks, response));
  }

  private void askOnStream(String who, Message.Request asks, HttpServerResponse response) {
    stream(response);
    String id = UUID.randomUUID().toString();
    open.put(id, new Asking(who, asks, response));
    asked.incrementAndGet();
    event(response, new Message.Request(Raw.string(id), "elicitation/create", question(who)).raw());
  }

  private static Raw question(String who) {
    return Raw.of(
        "{\"mode\":\"form\",\"message\":\""
            + who
            + "\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{}}}");
  }

  private void askInRounds(
      String who, Message.Request asks, Members params, HttpServerResponse response) {
    if (params.has("inputResponses")) {
      check(who, params.get("inputResponses"));
      check(who, params.get("requestState"));
      result(response, asks, content(who));
      return;
    }
    asked.incrementAndGet();
    response
        .putHeader("content-type", "application/json")
        .end(
            new Message.Success(
                    asks.id(),
                    Raw.of(
                        "{\"resultType\":\"input_required\",\"requestState\":\""
                            + who
                            + "\",\"inputRequests\":{\"q\":{\"method\":\"elicitation/create\","
                            + "\"params\":"
                            + question(who)
                            + "}}}"))
                .raw()
                .json());
  }

  private void replied(String who, Message.Success reply, HttpServerResponse response) {
    response.setStatusCode(202).end();
    Asking asking = open.remove(String.valueOf(reply.id().string()));
    if (asking != null) {
      check(asking.who(), Raw.string(who));
      check(asking.who(), reply.result());
      last(asking.who(), asking.call(), asking.stream());
    }
  }

  private void check(String who, @Nullable Raw told) {
    Matcher said = WHO.matcher(String.valueOf(told));
    while (said.find()) {
      if (!said.group().equals(who)) {
        wrong.add(who + " was answered by " + said.group());
      }
    }
  }

  private void result(HttpServerResponse response, Message.Request asks, String members) {
    if (!response.closed()) {
      response
          .putHeader("content-type", "application/json")
          .end(new Message.Success(asks.id(), complete(members)).raw().json());
    }
  }

  private Raw complete(String members) {
    return Raw.of("{" + (modern ? "\"resultType\":\"complete\"," : "") + members + "}");
  }

  private void last(String who, Message.Request asks, HttpServerResponse response) {
    if (!response.closed()) {
      event(response, new Message.Success(asks.id(), complete(content(who))).raw());
      response.end();
    }
  }

  private static void stream(HttpServerResponse response) {
    response.setChunked(true).putHeader("content-type", "text/event-stream").writeHead();
  }

  private static void event(HttpServerResponse response, Raw message) {
    response.write("data: " + message.json() + "\n\n");
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
