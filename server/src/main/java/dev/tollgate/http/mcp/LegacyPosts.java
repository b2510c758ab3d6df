package dev.tollgate.http.mcp;

import dev.tollgate.connectors.Ask;
import dev.tollgate.http.engine.Exchange;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.upstreams.Introduction;
import dev.tollgate.upstreams.Question;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What legacy clients send: the handshake, then messages within a session. */
final class LegacyPosts {

  static final String SESSION_HEADER = "mcp-session-id";

  private final McpLoop loop;
  private final ClientSessions sessions;

  LegacyPosts(McpLoop loop) {
    this.loop = loop;
    this.sessions = loop.server().sessions();
  }

  void post(Exchange exchange, Message message) {
    if (message instanceof Message.Request request && request.method().equals(Method.INITIALIZE)) {
      initialize(exchange, request);
      return;
    }
    with(exchange, session -> post(exchange, session, message));
  }

  private void post(Exchange exchange, Session session, Message message) {
    switch (message) {
      case Message.Request request -> request(exchange, session, request);
      case Message.Notification notification -> {
        notified(session, notification);
        McpLoop.accepted(exchange);
      }
      case Message.Success success -> {
        answered(session, success.id(), new Question.Reply.Result(success.result()));
        McpLoop.accepted(exchange);
      }
      case Message.Fault fault -> {
        answered(session, fault.id(), new Question.Reply.Fault(fault.error()));
        McpLoop.accepted(exchange);
      }
    }
  }

  private static void answered(Session session, @Nullable Raw id, Question.Reply reply) {
    Question question = session.question(id);
    if (question != null) {
      question.answer(reply);
    }
  }

  private void initialize(Exchange exchange, Message.Request request) {
    Members params = Members.orNone(request.params());
    Revision asked = Revision.of(params.string("protocolVersion"));
    Revision revision = asked == null || asked.era() == Era.MODERN ? Revision.NEWEST_LEGACY : asked;
    Raw capabilities = params.get("capabilities");
    Raw info = params.get("clientInfo");
    Client client =
        new Client(
            revision,
            capabilities != null && capabilities.isObject() ? own(capabilities) : Raw.EMPTY_OBJECT,
            info == null ? null : own(info));
    Session session = sessions.make(exchange.scope(), McpLoop.connector(exchange), client);
    PostAnswer answer = loop.answer(exchange).whole();
    loop.connectors()
        .introduce(session.downstream())
        .onComplete(
            introduction -> {
              if (answer.open()) {
                sessions.keep(session);
                exchange.response().putHeader(SESSION_HEADER, session.id());
              } else {
                // Its client has gone, and nobody else knows its name.
                sessions.discard(session);
                close(session);
              }
              answer.end(200, welcome(request.id(), introduction, revision));
            },
            failure -> {
              sessions.discard(session);
              answer.end(
                  200,
                  new Message.Fault(request.id(), McpErrors.error(McpErrors.failure(failure)))
                      .raw());
            });
  }

  /** A copy: what it came with is not to be kept for as long as the session. */
  private static Raw own(Raw part) {
    return Raw.of(part.copy());
  }

  /** In the revision that the server behind agreed to, or else in the client's own. */
  private static Raw welcome(Raw id, Introduction introduction, Revision revision) {
    Revision agreed = Revision.of(introduction.version());
    return new Message.Success(
            id, introduction.face().initializeResult(agreed == null ? revision : agreed))
        .raw();
  }

  private void request(Exchange exchange, Session session, Message.Request request) {
    PostAnswer answer = loop.answer(exchange);
    if (request.method().equals(Method.PING)) {
      answer.end(200, new Message.Success(request.id(), Raw.EMPTY_OBJECT).raw());
      return;
    }
    if (request.method().equals(Method.SET_LEVEL)) {
      session.logLevel(LogLevel.required(Members.orNone(request.params()).get("level")));
    }
    if (request.method().equals(Method.SUBSCRIBE) || request.method().equals(Method.UNSUBSCRIBE)) {
      String uri = Members.orNone(request.params()).string("uri");
      if (uri != null) {
        session.subscribe(uri, request.method().equals(Method.SUBSCRIBE));
      }
    }
    LegacyServing.serve(
        loop,
        answer,
        session,
        request.id(),
        new Ask(
            request.method(),
            request.params(),
            session.logLevel(),
            Map.of(),
            exchange.requestId()));
  }

  private void notified(Session session, Message.Notification notification) {
    switch (notification.method()) {
      case Method.CANCELLED -> {
        Raw call = Members.orNone(notification.params()).get("requestId");
        if (call != null) {
          session.cancel(call);
        }
      }
      case Method.INITIALIZED -> {
        // The session with the server behind was opened before this one was.
      }
      default -> loop.connectors().send(session.downstream(), notification);
    }
  }

  /**
   * Serves a request by the session that it names, here or where it is; throws where it names none.
   */
  private void with(Exchange exchange, Consumer<Session> serve) {
    String id = exchange.request().getHeader(SESSION_HEADER);
    if (id == null) {
      throw RpcError.of(RpcError.INVALID_REQUEST, "no Mcp-Session-Id: begin with initialize");
    }
    Session session = sessions.find(id, exchange.scope(), McpLoop.connector(exchange));
    UUID owner = session == null ? loop.relay().owner(exchange, id) : null;
    if (session != null) {
      serve.accept(session);
    } else if (owner != null) {
      loop.relay().send(exchange, owner, () -> exchange.fail(over()));
    } else {
      throw over();
    }
  }

  private static Failure over() {
    return Failure.notFound("the session is over or was never yours: begin with initialize");
  }

  /** The stream of what belongs to no request, or one that broke. */
  void get(Exchange exchange) {
    if (exchange.request().getHeader(SESSION_HEADER) == null) {
      throw notAllowed();
    }
    with(exchange, session -> listen(exchange, session));
  }

  private void listen(Exchange exchange, Session session) {
    PostAnswer answer = loop.answer(exchange);
    String last = exchange.request().getHeader("last-event-id");
    EventLogs.Place place = last == null ? null : session.logs().find(last);
    if (place == null) {
      Listening.begin(loop, session, answer, session.logs().open(true, answer));
    } else if (place.log().listening()) {
      place.log().attach(answer, place.number());
      Listening.begin(loop, session, answer, place.log());
    } else {
      answer.start();
      answer.whenGone(() -> place.log().detach(answer));
      place.log().attach(answer, place.number());
      session.hurry(place.log().stream());
    }
  }

  private static Failure notAllowed() {
    return Failure.of(ErrorCode.METHOD_NOT_ALLOWED, "nothing is streamed here: POST messages")
        .with(Map.of("allow", "POST"));
  }

  void delete(Exchange exchange) {
    if (exchange.request().getHeader(SESSION_HEADER) == null) {
      throw notAllowed();
    }
    with(exchange, session -> delete(exchange, session));
  }

  private void delete(Exchange exchange, Session session) {
    if (sessions.remove(session)) {
      close(session);
    }
    exchange.response().setStatusCode(204).putHeader("x-request-id", exchange.requestId()).end();
  }

  /** What a session leaves behind when it is over. */
  void close(Session session) {
    session.close();
    loop.connectors().release(session.id());
  }
}
