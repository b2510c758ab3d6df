package dev.tollgate.http.admin;

import dev.tollgate.catalogue.Catalogue;
import dev.tollgate.catalogue.Connector;
import dev.tollgate.catalogue.KnownServer;
import dev.tollgate.catalogue.PolicyText;
import dev.tollgate.catalogue.ToolRules;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The connectors of an organization, and which of their tools it and its keys may use. */
record ConnectorRoutes(Tenancy tenancy, Catalogue catalogue, boolean commands) {

  private static final String ORGANIZATION = "/organizations/{organizationId}";
  private static final String ALL = ORGANIZATION + "/connectors";
  private static final String ONE = ALL + "/{connectorId}";
  private static final String TOOLS = ORGANIZATION + "/tools";
  private static final String KEY_TOOLS = ORGANIZATION + "/keys/{keyId}/tools";

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.GET, "/catalogue", this::known),
        Desk.administrators(HttpMethod.POST, ALL, this::create),
        Desk.administrators(HttpMethod.GET, ALL, this::list),
        Desk.administrators(HttpMethod.GET, ONE, this::get),
        Desk.administrators(HttpMethod.PATCH, ONE, this::change),
        Desk.administrators(HttpMethod.DELETE, ONE, this::delete),
        Desk.administrators(HttpMethod.GET, TOOLS, call -> rules(call, null)),
        Desk.administrators(HttpMethod.PUT, TOOLS, call -> setRules(call, null)),
        Desk.administrators(HttpMethod.GET, KEY_TOOLS, call -> rules(call, key(call))),
        Desk.administrators(HttpMethod.PUT, KEY_TOOLS, call -> setRules(call, key(call))));
  }

  /** A server of the catalogue. */
  private record Known(
      String name,
      String title,
      String url,
      Map<String, String> auth,
      boolean stateless,
      String source,
      Map<String, Object> policies) {

    static Known of(KnownServer server) {
      return new Known(
          server.name(),
          server.title(),
          server.url().toString(),
          Map.of("type", server.auth().wire()),
          server.stateless(),
          server.source(),
          PolicyText.view(server.tools()));
    }
  }

  private Reply known(Call call) {
    Query.of(call);
    return Reply.json(200, Map.of("items", catalogue.known().stream().map(Known::of).toList()));
  }

  private Reply create(Call call) {
    Query.of(call);
    OrgScope scope = scope(call);
    ConnectorBody body = ConnectorBody.of(call, catalogue, commands);
    Connector made = catalogue.create(scope, Desk.actor(call), body.draft());
    return Reply.json(201, ConnectorView.of(made));
  }

  private Reply list(Call call) {
    Query query = Desk.list(call);
    return Desk.page(catalogue.list(scope(call), query.limit(), query.cursor()), ConnectorView::of);
  }

  private Reply get(Call call) {
    Query.of(call);
    return Reply.json(200, ConnectorView.of(catalogue.get(scope(call), id(call))));
  }

  /** What the body does not mention stays. */
  private Reply change(Call call) {
    Query.of(call);
    OrgScope scope = scope(call);
    Connector now = catalogue.get(scope, id(call));
    ConnectorBody body = ConnectorBody.of(call, catalogue, commands);
    Connector changed = catalogue.change(scope, Desk.actor(call), now.id(), body.over(now));
    return Reply.json(200, ConnectorView.of(changed));
  }

  private Reply delete(Call call) {
    Query.of(call);
    catalogue.delete(scope(call), Desk.actor(call), id(call));
    return Reply.empty(204);
  }

  private OrgScope scope(Call call) {
    return tenancy.scopeFor(Desk.actor(call), Paths.id(call, "organizationId"));
  }

  private static UUID id(Call call) {
    return Paths.id(call, "connectorId");
  }

  /** The key that the path names; not found where the organization has no such key. */
  private UUID key(Call call) {
    return tenancy.key(scope(call), Paths.id(call, "keyId")).id();
  }

  private Reply rules(Call call, @Nullable UUID key) {
    Query.of(call);
    return Reply.json(200, catalogue.rules(scope(call), key));
  }

  private Reply setRules(Call call, @Nullable UUID key) {
    Query.of(call);
    Body body = Body.of(call, "allow", "deny");
    ToolRules rules =
        new ToolRules(
            ConnectorBody.strings("allow", body.get("allow")),
            ConnectorBody.strings("deny", body.get("deny")));
    return Reply.json(200, catalogue.setRules(scope(call), Desk.actor(call), key, rules));
  }
}
