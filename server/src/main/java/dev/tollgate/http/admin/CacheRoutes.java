package dev.tollgate.http.admin;

import dev.tollgate.catalogue.Catalogue;
import dev.tollgate.catalogue.Connector;
import dev.tollgate.catalogue.Place;
import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.toolcache.ToolCache;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How the cache of tools' answers does, and an end to what it keeps of a connector. */
record CacheRoutes(Tenancy tenancy, Catalogue catalogue, ToolCache cache) {

  private static final long PATIENCE_SECONDS = 10;

  List<Route> routes() {
    return List.of(
        Desk.keys("/health/mcp-cache", Access.TENANT_OR_ADMINISTRATOR, this::health),
        Desk.administrators(
            HttpMethod.POST,
            "/organizations/{organizationId}/connectors/{connectorId}/invalidate",
            this::invalidate));
  }

  private Reply health(Call call) {
    Query.of(call);
    return Reply.json(200, cache.health());
  }

  /** Answered when no node gives what was kept before. */
  private Reply invalidate(Call call) {
    Query.of(call);
    OrgScope scope = tenancy.scopeFor(Desk.actor(call), Paths.id(call, "organizationId"));
    Connector connector = catalogue.get(scope, Paths.id(call, "connectorId"));
    try {
      cache
          .invalidate(scope.organizationId().toString(), place(connector), true)
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw late(e);
    } catch (ExecutionException | TimeoutException e) {
      throw late(e);
    }
    return Reply.empty(204);
  }

  private static Failure late(Exception cause) {
    return Failure.of(
        ErrorCode.UNAVAILABLE, "the other nodes could not be told in time; try again", cause);
  }

  /** As calls name it to the cache. */
  private static String place(Connector connector) {
    return switch (connector.place()) {
      case Place.Url(URI url, boolean _) -> url.toString();
      case Place.Command _ -> connector.id().toString();
    };
  }
}
