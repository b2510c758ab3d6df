package dev.tollgate.bootstrap;

import dev.tollgate.http.anthropic.AnthropicModelList;
import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Exchange;
import dev.tollgate.http.engine.Route;
import dev.tollgate.http.openai.OpenAiModelList;
import dev.tollgate.kernel.Failure;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelListing;
import dev.tollgate.models.Models;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code GET /v1/models} in whichever dialect the caller speaks: one path of two dialects, so it
 * stands above both. The list follows from the configuration; a key sees those that it may use.
 */
final class ModelLists {

  private static final JsonMapper JSON = new JsonMapper();

  private final Models models;
  private final List<ModelListing> anthropic;
  private final List<ModelListing> openai;

  private ModelLists(Models models) {
    this.models = models;
    this.anthropic = models.listings(Dialect.ANTHROPIC);
    this.openai = models.listings(Dialect.OPENAI);
  }

  static List<Route> routes(Models models) {
    ModelLists lists = new ModelLists(models);
    return List.of(
        Route.wire(HttpMethod.GET, "/v1/models", Access.TENANT, null, lists::all),
        Route.wire(HttpMethod.GET, "/v1/models/{model}", Access.TENANT, null, lists::one));
  }

  private void all(Exchange exchange) {
    answer(
        exchange,
        Dialects.of(exchange.request()) == Dialect.ANTHROPIC
            ? AnthropicModelList.all(listings(exchange, Dialect.ANTHROPIC))
            : OpenAiModelList.all(listings(exchange, Dialect.OPENAI)));
  }

  private void one(Exchange exchange) {
    boolean asAnthropic = Dialects.of(exchange.request()) == Dialect.ANTHROPIC;
    String id = exchange.path().getOrDefault("model", "");
    Function<ModelListing, Map<String, Object>> shape =
        asAnthropic ? AnthropicModelList::one : OpenAiModelList::one;
    answer(
        exchange,
        listings(exchange, asAnthropic ? Dialect.ANTHROPIC : Dialect.OPENAI).stream()
            .filter(listing -> listing.id().equals(id))
            .findFirst()
            .map(shape)
            .orElseThrow(() -> Failure.notFound("there is no model " + id + " here")));
  }

  private List<ModelListing> listings(Exchange exchange, Dialect dialect) {
    OrgScope scope = exchange.scope();
    if (scope.entitlements().models() != null) {
      return models.listings(dialect, scope);
    }
    return dialect == Dialect.ANTHROPIC ? anthropic : openai;
  }

  private static void answer(Exchange exchange, Map<String, Object> body) {
    exchange
        .response()
        .putHeader("content-type", "application/json")
        .putHeader("x-request-id", exchange.requestId())
        .end(JSON.writeValueAsString(body));
  }
}
