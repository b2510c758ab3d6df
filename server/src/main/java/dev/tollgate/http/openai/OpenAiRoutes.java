package dev.tollgate.http.openai;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Exchange;
import dev.tollgate.http.engine.Route;
import dev.tollgate.models.BodyBytes;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.Envelope;
import dev.tollgate.models.ModelCall;
import dev.tollgate.models.ModelLoop;
import dev.tollgate.models.RequestScan;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.json.JsonFactory;

/** OpenAI's surfaces: Chat Completions. */
public final class OpenAiRoutes {

  private static final String COMPLETIONS = "/v1/chat/completions";

  private final JsonFactory json;
  private final OpenAiErrors errors = new OpenAiErrors();

  private OpenAiRoutes(int jsonDepth) {
    this.json = RequestScan.factory(jsonDepth);
  }

  /**
   * The routes of one event loop.
   *
   * @param jsonDepth the deepest nesting of a body
   */
  public static List<Route> on(ModelLoop models, int jsonDepth) {
    OpenAiRoutes routes = new OpenAiRoutes(jsonDepth);
    return List.of(
        Route.wire(
            HttpMethod.POST,
            COMPLETIONS,
            Access.TENANT,
            routes.errors,
            exchange -> models.serve(routes.call(exchange))));
  }

  /**
   * How the body of a request to Chat Completions is read.
   *
   * @param jsonDepth the deepest nesting of a body
   */
  public static Function<BodyBytes, Envelope> reader(int jsonDepth) {
    JsonFactory json = RequestScan.factory(jsonDepth);
    return body -> ChatEnvelope.read(RequestScan.of(json, body, ChatEnvelope.POLICY));
  }

  private ModelCall call(Exchange exchange) {
    BodyBytes body = BodyBytes.of(exchange.body());
    RequestScan scan = RequestScan.of(json, body, ChatEnvelope.POLICY);
    return new ModelCall(
        exchange.scope(),
        exchange.callId(),
        exchange.requestId(),
        Dialect.OPENAI,
        // The provider's base URL ends with /v1, as OpenAI's SDKs take it.
        COMPLETIONS.substring("/v1".length()),
        exchange.request(),
        body,
        ChatEnvelope.read(scan),
        exchange.startNanos(),
        exchange::fail,
        OpenAiErrors::event);
  }
}
