package dev.tollgate.http.openai;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Exchange;
import dev.tollgate.http.engine.Route;
import dev.tollgate.models.BodyBytes;
import dev.tollgate.models.Envelope;
import dev.tollgate.models.ModelCall;
import dev.tollgate.models.ModelLoop;
import dev.tollgate.models.ObjectCall;
import dev.tollgate.models.RequestScan;
import dev.tollgate.models.Surface;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.json.JsonFactory;

/** OpenAI's surfaces: Chat Completions, Responses and Embeddings. */
public final class OpenAiRoutes {

  private final ModelLoop models;
  private final JsonFactory json;
  private final OpenAiErrors errors = new OpenAiErrors();

  private OpenAiRoutes(ModelLoop models, int jsonDepth) {
    this.models = models;
    this.json = RequestScan.factory(jsonDepth);
  }

  /**
   * The routes of one event loop.
   *
   * @param jsonDepth the deepest nesting of a body
   */
  public static List<Route> on(ModelLoop models, int jsonDepth) {
    OpenAiRoutes routes = new OpenAiRoutes(models, jsonDepth);
    return List.of(
        routes.route(Surface.CHAT_COMPLETIONS, ChatEnvelope.POLICY, ChatEnvelope::read),
        routes.route(Surface.RESPONSES, ResponsesEnvelope.POLICY, ResponsesEnvelope::read),
        routes.route(Surface.EMBEDDINGS, EmbeddingsEnvelope.POLICY, EmbeddingsEnvelope::read),
        routes.kept(HttpMethod.GET, ""),
        routes.kept(HttpMethod.DELETE, ""),
        routes.kept(HttpMethod.GET, "/input_items"));
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

  /**
   * How the body of a request to Responses is read.
   *
   * @param jsonDepth the deepest nesting of a body
   */
  public static Function<BodyBytes, Envelope> responsesReader(int jsonDepth) {
    JsonFactory json = RequestScan.factory(jsonDepth);
    return body -> ResponsesEnvelope.read(RequestScan.of(json, body, ResponsesEnvelope.POLICY));
  }

  /** A response that the provider keeps, or what belongs to it. */
  private Route kept(HttpMethod method, String below) {
    return Route.wire(
        method,
        Surface.RESPONSES.route() + "/{responseId}" + below,
        Access.TENANT,
        errors,
        exchange -> {
          String id = exchange.path().getOrDefault("responseId", "");
          models.fetch(
              new ObjectCall(
                  exchange.scope(),
                  exchange.requestId(),
                  exchange.request(),
                  id,
                  Surface.RESPONSES.path() + "/" + id + below,
                  exchange::fail));
        });
  }

  private Route route(
      Surface surface, Set<String> policy, Function<RequestScan, Envelope> envelope) {
    return Route.wire(
        HttpMethod.POST,
        surface.route(),
        Access.TENANT,
        errors,
        exchange -> {
          BodyBytes body = BodyBytes.of(exchange.body());
          RequestScan scan = RequestScan.of(json, body, policy);
          models.serve(call(exchange, surface, body, envelope.apply(scan)));
        });
  }

  private static ModelCall call(
      Exchange exchange, Surface surface, BodyBytes body, Envelope envelope) {
    return new ModelCall(
        exchange.scope(),
        exchange.callId(),
        exchange.requestId(),
        surface,
        exchange.request(),
        body,
        envelope,
        exchange.startNanos(),
        exchange::fail,
        surface == Surface.RESPONSES ? OpenAiErrors::typedEvent : OpenAiErrors::event);
  }
}
