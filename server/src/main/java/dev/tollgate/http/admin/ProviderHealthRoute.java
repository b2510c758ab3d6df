package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.models.Models;
import dev.tollgate.models.ProviderHealth;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;

/** How the keys of providers fare on the node that answers: {@code {status, items}}. */
final class ProviderHealthRoute {

  private ProviderHealthRoute() {}

  static Route route(Models models) {
    return Desk.keys(
        HttpMethod.GET,
        "/health/providers",
        Access.ADMINISTRATOR,
        call -> {
          Query.of(call);
          return told(models.health());
        });
  }

  private static Reply told(List<ProviderHealth> keys) {
    boolean well = keys.stream().allMatch(ProviderHealth::well);
    return Reply.json(200, Map.of("status", well ? "ok" : "degraded", "items", keys));
  }
}
