package dev.tollgate.http.anthropic;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Exchange;
import dev.tollgate.http.engine.Route;
import dev.tollgate.models.BodyBytes;
import dev.tollgate.models.Envelope;
import dev.tollgate.models.ModelCall;
import dev.tollgate.models.ModelLoop;
import dev.tollgate.models.RequestScan;
import dev.tollgate.models.Surface;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.json.JsonFactory;

/** Anthropic's surfaces: Messages, and the counting of its tokens. */
public final class AnthropicRoutes {

  private final JsonFactory json;
  private final AnthropicErrors errors = new AnthropicErrors();

  private AnthropicRoutes(int jsonDepth) {
    this.json = RequestScan.factory(jsonDepth);
  }

  /**
   * The routes of one event loop.
   *
   * @param jsonDepth the deepest nesting of a body
   */
  public static List<Route> on(ModelLoop models, int jsonDepth) {
    AnthropicRoutes routes = new AnthropicRoutes(jsonDepth);
    return List.of(
        Route.wire(
            HttpMethod.POST,
            Surface.MESSAGES.route(),
            Access.TENANT,
            routes.errors,
            exchange -> models.serve(routes.call(exchange, Surface.MESSAGES))),
        Route.wire(
            HttpMethod.POST,
            Surface.COUNT_TOKENS.route(),
            Access.TENANT,
            routes.errors,
            exchange -> models.ask(routes.call(exchange, Surface.COUNT_TOKENS))));
  }

  /**
   * How the body of a request to Messages is read.
   *
   * @param jsonDepth the deepest nesting of a body
   */
  public static Function<BodyBytes, Envelope> reader(int jsonDepth) {
    JsonFactory json = RequestScan.factory(jsonDepth);
    return body ->
        MessagesEnvelope.read(
            RequestScan.of(json, body, MessagesEnvelope.POLICY),
            MultiMap.caseInsensitiveMultiMap());
  }

  private ModelCall call(Exchange exchange, Surface surface) {
    BodyBytes body = BodyBytes.of(exchange.body());
    RequestScan scan = RequestScan.of(json, body, MessagesEnvelope.POLICY);
    return new ModelCall(
        exchange.scope(),
        exchange.callId(),
        exchange.requestId(),
        surface,
        exchange.request(),
        body,
        MessagesEnvelope.read(scan, exchange.request().headers()),
        exchange.startNanos(),
        exchange::fail,
        failure -> AnthropicErrors.event(failure, exchange.requestId()));
  }
}
