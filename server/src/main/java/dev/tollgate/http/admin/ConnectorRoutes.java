package dev.tollgate.http.admin;

import dev.tollgate.catalogue.AuthKind;
import dev.tollgate.catalogue.Catalogue;
import dev.tollgate.catalogue.Connector;
import dev.tollgate.catalogue.ConnectorDraft;
import dev.tollgate.catalogue.KnownServer;
import dev.tollgate.catalogue.PolicyText;
import dev.tollgate.catalogue.ToolRules;
import dev.tollgate.credentials.ClientDraft;
import dev.tollgate.credentials.CredentialStatus;
import dev.tollgate.credentials.Credentials;
import dev.tollgate.credentials.Place;
import dev.tollgate.credentials.StaticToken;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Secret;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The connectors of an organization, and which of their tools it and its keys may use. */
record ConnectorRoutes(Tenancy tenancy, Catalogue catalogue, Credentials credentials, Reach reach) {

  private static final String ORGANIZATION = "/organizations/{organizationId}";
  private static final String ALL = ORGANIZATION + "/connectors";
  private static final String ONE = ALL + "/{connectorId}";
  private static final String TOOLS = ORGANIZATION + "/tools";
  private static final String KEY_TOOLS = ORGANIZATION + "/keys/{keyId}/tools";

  private static final Pattern SCOPE = Pattern.compile("[ !#-\\[\\]-~]{0,2000}");

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.GET, "/catalogue", this::known),
        Desk.administrators(HttpMethod.POST, ALL, this::create),
        Desk.administrators(HttpMethod.GET, ALL, this::list),
        Desk.administrators(HttpMethod.GET, ONE, this::get),
        Desk.administrators(HttpMethod.PATCH, ONE, this::change),
        Desk.administrators(HttpMethod.DELETE, ONE, this::delete),
        Desk.administrators(HttpMethod.POST, ONE + "/connect", this::connect),
        Desk.administrators(HttpMethod.GET, ONE + "/status", this::status),
        Desk.administrators(HttpMethod.PUT, ONE + "/credentials", this::putToken),
        Desk.administrators(HttpMethod.DELETE, ONE + "/credentials", this::deleteCredential),
        Desk.administrators(HttpMethod.PUT, ORGANIZATION + "/oauth-clients", this::putClient),
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

  /** Where its token cannot be kept, there is no connector either. */
  private Reply create(Call call) {
    Query.of(call);
    OrgScope scope = scope(call);
    ConnectorBody body = ConnectorBody.of(call, catalogue, reach);
    ConnectorDraft draft = body.draft();
    UUID id = Ids.next();
    StaticToken token = token(body, draft);
    Connector made =
        catalogue.create(
            scope,
            Desk.actor(call),
            id,
            draft,
            handle -> keep(handle, call, scope, id, draft, token));
    return Reply.json(201, ConnectorView.of(made));
  }

  private static @Nullable StaticToken token(ConnectorBody body, ConnectorDraft draft) {
    Secret token = body.token();
    if (token == null) {
      return null;
    }
    if (draft.auth() != AuthKind.BEARER) {
      throw Failure.invalid("auth.token", "a token goes with auth.type bearer alone");
    }
    return StaticToken.bearer(token);
  }

  private Runnable keep(
      Handle handle,
      Call call,
      OrgScope scope,
      UUID connector,
      ConnectorDraft draft,
      @Nullable StaticToken token) {
    return token == null
        ? () -> {}
        : credentials.putToken(
            handle, scope, Desk.actor(call), new Place(connector, null), url(draft.place()), token);
  }

  /** Null: it is no server that is reached by a URL. */
  private static @Nullable URI url(dev.tollgate.catalogue.Place place) {
    return place instanceof dev.tollgate.catalogue.Place.Url(URI url, boolean _) ? url : null;
  }

  private Reply list(Call call) {
    Query query = Desk.list(call);
    return Desk.page(catalogue.list(scope(call), query.limit(), query.cursor()), ConnectorView::of);
  }

  private Reply get(Call call) {
    Query.of(call);
    return Reply.json(200, ConnectorView.of(catalogue.get(scope(call), id(call))));
  }

  /**
   * What the body does not mention stays, but the credentials of a connector that moves: they are
   * not for its new server.
   */
  private Reply change(Call call) {
    Query.of(call);
    OrgScope scope = scope(call);
    Connector now = catalogue.get(scope, id(call));
    ConnectorBody body = ConnectorBody.of(call, catalogue, reach);
    ConnectorDraft draft = body.over(now);
    StaticToken token = token(body, draft);
    Connector changed =
        catalogue.change(
            scope,
            Desk.actor(call),
            now.id(),
            draft,
            (handle, moved) -> {
              Runnable dropped =
                  moved ? credentials.moved(handle, scope, Desk.actor(call), now.id()) : () -> {};
              Runnable kept = keep(handle, call, scope, now.id(), draft, token);
              return () -> {
                dropped.run();
                kept.run();
              };
            });
    return Reply.json(200, ConnectorView.of(changed));
  }

  private Reply delete(Call call) {
    Query.of(call);
    OrgScope scope = scope(call);
    UUID id = id(call);
    catalogue.delete(
        scope,
        Desk.actor(call),
        id,
        handle -> credentials.deleteAll(handle, scope.organizationId(), id));
    return Reply.empty(204);
  }

  /** Where a person goes to connect; or, by the client's own credentials, at once. */
  private Reply connect(Call call) {
    Query.of(call);
    OrgScope scope = scope(call);
    Connector connector = catalogue.get(scope, id(call));
    Body body = Body.of(call, "userId", "scope", "grant");
    Place place = place(scope, connector, body.idOrNull("userId"));
    if (connector.auth() != AuthKind.OAUTH
        || !(connector.place() instanceof dev.tollgate.catalogue.Place.Url(URI url, boolean _))) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "only a connector with auth.type oauth is connected; this one takes a token, or nothing");
    }
    String wanted = body.has("scope") ? body.text("scope") : "";
    if (!SCOPE.matcher(wanted).matches()) {
      throw Failure.invalid(
          "scope", "scope must be tokens of RFC 6749, section 3.3, with spaces between them");
    }
    String grant = body.has("grant") ? body.text("grant") : "authorization_code";
    return switch (grant) {
      case "authorization_code" -> {
        URI open = credentials.begin(scope, Desk.actor(call), place, url, wanted);
        yield Desk.secret(Map.of("authorizationUrl", open.toString()));
      }
      case "client_credentials" -> {
        credentials.connectItself(scope, Desk.actor(call), place, url, wanted);
        yield Reply.json(200, standing(scope, connector));
      }
      default ->
          throw Failure.invalid(
              "grant", "grant must be authorization_code or client_credentials, is " + grant);
    };
  }

  private Place place(OrgScope scope, Connector connector, @Nullable UUID user) {
    return new Place(connector.id(), user == null ? null : tenancy.user(scope, user).id());
  }

  private Reply status(Call call) {
    Query.of(call);
    OrgScope scope = scope(call);
    return Reply.json(200, standing(scope, catalogue.get(scope, id(call))));
  }

  /**
   * How a connector stands.
   *
   * @param state {@code ready}, {@code not_connected} or {@code needs_reauthorization}
   */
  private record Standing(UUID id, String name, String state, List<CredentialStatus> credentials) {}

  private Standing standing(OrgScope scope, Connector connector) {
    List<CredentialStatus> all = credentials.list(scope, connector.id());
    String state =
        all.stream()
            .filter(each -> each.user() == null)
            .map(CredentialStatus::state)
            .findFirst()
            .orElse(connector.auth() == AuthKind.NONE ? "ready" : "not_connected");
    return new Standing(connector.id(), connector.name(), state, all);
  }

  /** A token of the organization, or of one of its users, in place of what is there. */
  private Reply putToken(Call call) {
    Query.of(call);
    OrgScope scope = scope(call);
    Connector connector = catalogue.get(scope, id(call));
    Body body = Body.of(call, "token", "header", "userId");
    if (connector.auth() == AuthKind.NONE) {
      throw Failure.of(ErrorCode.CONFLICT, "the connector has auth.type none; change that before");
    }
    Secret value = new Secret(body.text("token"));
    StaticToken token =
        body.has("header")
            ? new StaticToken(body.text("header"), value)
            : StaticToken.bearer(value);
    credentials.putToken(
        scope,
        Desk.actor(call),
        place(scope, connector, body.idOrNull("userId")),
        url(connector.place()),
        token);
    return Reply.json(200, standing(scope, connector));
  }

  private Reply deleteCredential(Call call) {
    Query query = Query.of(call, "userId");
    OrgScope scope = scope(call);
    Connector connector = catalogue.get(scope, id(call));
    credentials.delete(scope, Desk.actor(call), place(scope, connector, query.id("userId")));
    return Reply.empty(204);
  }

  /** A client that was registered by hand at an authorization server. */
  private Reply putClient(Call call) {
    Query.of(call);
    Body body = Body.of(call, "issuer", "clientId", "clientSecret");
    String secret = body.textOrNull("clientSecret");
    credentials.putClient(
        scope(call),
        Desk.actor(call),
        new ClientDraft(
            body.text("issuer"),
            body.text("clientId"),
            secret == null ? null : new Secret(secret)));
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
