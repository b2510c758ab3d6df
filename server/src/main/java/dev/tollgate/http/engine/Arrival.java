package dev.tollgate.http.engine;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.Caller;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One request on its way to its handler: matched, let in, read, handed over; and on its way out,
 * counted. Lives on one event loop.
 */
final class Arrival {

  private static final String AWAY =
      "the gateway is starting, or its database is away; try again in a moment";

  /** Asked every few seconds by whatever looks after the process. */
  private static final Set<String> PROBES = Set.of("/health", "/health/live", "/health/ready");

  /** Of HTTP/2: what is sent more is not needed (RFC 9113, 8.1). */
  private static final long NO_ERROR = 0;

  private static final Logger log = LoggerFactory.getLogger("dev.tollgate.access");

  private final Loop loop;
  private final HttpServerRequest request;
  private final long startNanos;
  private final String requestId;
  private final Runnable left;

  private int routeIndex;
  private ErrorDialect dialect;
  private @Nullable Gate gate;
  private @Nullable Deadline arriving;
  private @Nullable BodyReader reader;

  Arrival(Loop loop, HttpServerRequest request, long startNanos, Runnable left) {
    this.loop = loop;
    this.left = left;
    this.request = request;
    this.startNanos = startNanos;
    this.requestId = RequestIds.accept(request.getHeader("x-request-id"));
    this.routeIndex = loop.meters().unknown();
    this.dialect = loop.door().strangers().apply(request);
  }

  void start() {
    request.response().endHandler(ignored -> over());
    request.exceptionHandler(gone -> disarm());
    if (loop.door().draining()) {
      turnAway(Failure.of(ErrorCode.UNAVAILABLE, "this node is shutting down; try again"));
      return;
    }
    switch (loop.router().match(request.method(), path())) {
      case Router.Match.Found found -> {
        routeIndex = found.index();
        dialect = found.route().dialect(loop.door().strangers(), request);
        letIn(found.route(), found.path());
      }
      case Router.Match.WrongMethod wrong -> {
        dialect = wrong.other().dialect(loop.door().strangers(), request);
        String allowed = String.join(", ", wrong.allowed());
        turnAway(
            Failure.of(
                    ErrorCode.METHOD_NOT_ALLOWED,
                    wrong.other().template() + " takes " + allowed + ", not " + request.method())
                .with(Map.of("allow", allowed)));
      }
      case Router.Match.Unknown unknown -> {
        turnAway(
            loop.doorkeeper() == null
                ? Failure.of(ErrorCode.BUDGET_UNAVAILABLE, AWAY)
                : Failure.notFound("no such route: " + request.method() + " " + path()));
      }
    }
  }

  private void letIn(Route route, Map<String, String> path) {
    if (route.access() == Access.OPEN) {
      read(route, path, null);
      return;
    }
    gate = route.gate();
    Doorkeeper doorkeeper = loop.doorkeeper();
    String obstacle = doorkeeper == null ? AWAY : doorkeeper.obstacle();
    if (doorkeeper == null || obstacle != null) {
      boolean call = route.handler() instanceof Route.Handler.Wire;
      turnAway(Failure.of(unavailable(route), call ? String.valueOf(obstacle) : AWAY));
      return;
    }
    String key = Keys.of(request);
    if (key == null) {
      turnAway(
          Failure.of(
              ErrorCode.UNAUTHENTICATED,
              "no key: send one as Authorization: Bearer or as x-api-key"));
      return;
    }
    String called = path();
    Gate other = gate != null && gate.takes(key) ? gate : null;
    Caller known = other != null ? other.cached(called, key) : doorkeeper.cached(key);
    if (known != null) {
      admit(route, path, known);
      return;
    }
    request.pause();
    loop.blocking(
            () -> other != null ? other.authenticate(called, key) : doorkeeper.authenticate(key))
        .onComplete(
            caller -> {
              request.resume();
              admit(route, path, caller);
            },
            failure -> {
              request.resume();
              turnAway(asFailure(route, failure));
            });
  }

  private void admit(Route route, Map<String, String> path, Caller caller) {
    boolean tenant = caller instanceof Caller.Tenant;
    switch (route.access()) {
      case TENANT -> {
        if (!tenant) {
          turnAway(
              Failure.of(
                  ErrorCode.FORBIDDEN,
                  "an administrator's key spends nothing: use a key of an organization"));
          return;
        }
      }
      case ADMINISTRATOR -> {
        if (tenant) {
          turnAway(Failure.of(ErrorCode.FORBIDDEN, "this takes an administrator's key"));
          return;
        }
      }
      case OPEN, TENANT_OR_ADMINISTRATOR -> {}
    }
    List<String> allowed =
        caller instanceof Caller.Tenant(var scope) ? scope.entitlements().routes() : null;
    if (allowed != null && !RouteNames.allows(allowed, RouteNames.name(route))) {
      turnAway(
          Failure.of(
              ErrorCode.FORBIDDEN,
              "this key may not use the route "
                  + RouteNames.name(route)
                  + "; it may use "
                  + String.join(", ", allowed)));
      return;
    }
    read(route, path, caller);
  }

  private void read(Route route, Map<String, String> path, @Nullable Caller caller) {
    arriving =
        loop.deadlines()
            .arm(
                startNanos + loop.door().config().requestTimeout().toNanos(), this::arrivedTooLate);
    reader =
        new BodyReader(
            request,
            loop.door().config().bodyBytes(),
            loop.door().bodies(),
            body -> handOver(route, path, caller, body),
            this::turnAwayRead,
            this::disarm);
    reader.start();
  }

  private void handOver(
      Route route, Map<String, String> path, @Nullable Caller caller, byte[] body) {
    disarm();
    switch (route.handler()) {
      case Route.Handler.Wire wire -> wire(wire, path, caller, body);
      case Route.Handler.Blocking blocking -> blocking(route, blocking, path, caller, body);
    }
  }

  private void wire(
      Route.Handler.Wire wire, Map<String, String> path, @Nullable Caller caller, byte[] body) {
    Exchange exchange =
        new Exchange(request, caller, path, body, requestId, Ids.next(), startNanos, dialect);
    try {
      wire.handle(exchange);
    } catch (Failure failure) {
      exchange.fail(failure);
    } catch (RuntimeException bug) {
      exchange.fail(internal(bug));
    }
  }

  private void blocking(
      Route route,
      Route.Handler.Blocking handler,
      Map<String, String> path,
      @Nullable Caller caller,
      byte[] body) {
    String query = request.query();
    Call call =
        new Call(
            caller,
            path,
            query == null ? Map.of() : new QueryStringDecoder(query, false).parameters(),
            Buffer.buffer(body),
            requestId);
    loop.blocking(() -> loop.door().json().encode(handler.handle(call)))
        .onComplete(
            reply -> answer(route, reply),
            failure -> Refusals.write(request, dialect, asFailure(route, failure), requestId));
  }

  private void answer(Route route, JsonReplies.Encoded reply) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      return;
    }
    response.setStatusCode(reply.status()).putHeader("x-request-id", requestId);
    reply.headers().forEach(response::putHeader);
    if (reply.body() == null) {
      response.end();
      return;
    }
    response.putHeader("content-type", reply.contentType());
    if (reply.rest() == null) {
      response.end(reply.body());
    } else {
      new PartWriter(
              loop,
              request,
              reply.rest(),
              failure -> Refusals.write(request, dialect, asFailure(route, failure), requestId))
          .start(reply.body());
    }
  }

  private Failure asFailure(Route route, Throwable thrown) {
    if (!(thrown instanceof Failure failure)) {
      return internal(thrown);
    }
    return failure.code() == ErrorCode.UNAVAILABLE ? Failure.of(unavailable(route), AWAY) : failure;
  }

  private static ErrorCode unavailable(Route route) {
    return route.handler() instanceof Route.Handler.Wire
        ? ErrorCode.BUDGET_UNAVAILABLE
        : ErrorCode.UNAVAILABLE;
  }

  private static Failure internal(Throwable bug) {
    return Failure.of(
        ErrorCode.INTERNAL, "something went wrong inside the gateway; its log has it", bug);
  }

  /** Refuses before the body was asked for: what still comes of it is thrown away. */
  private void turnAway(Failure failure) {
    if (!request.isEnded()) {
      arriving =
          loop.deadlines()
              .arm(startNanos + loop.door().config().requestTimeout().toNanos(), this::cut);
      new BodyReader(
              request, 0, loop.door().bodies(), body -> disarm(), ignored -> {}, this::disarm)
          .start();
    }
    Refusals.write(request, dialect, failure, requestId, challenge(failure));
  }

  private @Nullable String challenge(Failure failure) {
    return gate == null || failure.code() != ErrorCode.UNAUTHENTICATED
        ? null
        : gate.challenge(path(), Keys.of(request) != null);
  }

  private void turnAwayRead(Failure failure) {
    Refusals.write(request, dialect, failure, requestId);
  }

  private void arrivedTooLate() {
    Refusals.write(
        request,
        dialect,
        Failure.of(
            ErrorCode.REQUEST_TIMEOUT,
            "the request did not arrive within "
                + loop.door().config().requestTimeout().toSeconds()
                + " s"),
        requestId);
    cut();
  }

  /** Ends a request that does not come to its end; over HTTP/2 the others go on. */
  private void cut() {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(NO_ERROR);
    } else {
      request.connection().close();
    }
  }

  private String path() {
    String path = request.path();
    return path == null ? "" : path;
  }

  private void disarm() {
    if (arriving != null) {
      arriving.disarm();
      arriving = null;
    }
  }

  private void over() {
    if (reader != null) {
      reader.free();
    }
    if (request.isEnded()) {
      disarm();
    }
    long nanos = loop.door().clock().nanoTime() - startNanos;
    int status = request.response().getStatusCode();
    loop.meters().record(routeIndex, status, nanos);
    left.run();
    Level level = PROBES.contains(path()) ? Level.DEBUG : Level.INFO;
    if (log.isEnabledForLevel(level)) {
      log.atLevel(level)
          .addKeyValue("requestId", requestId)
          .addKeyValue("method", request.method().name())
          .addKeyValue("path", path())
          .addKeyValue("status", status)
          .addKeyValue("micros", nanos / 1_000)
          .log("request");
    }
  }
}
