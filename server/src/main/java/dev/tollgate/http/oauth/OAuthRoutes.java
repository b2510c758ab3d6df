package dev.tollgate.http.oauth;

import dev.tollgate.credentials.Credentials;
import dev.tollgate.credentials.PublicAddress;
import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.ErrorDialect;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What OAuth asks to be served openly. */
public final class OAuthRoutes {

  private static final Map<String, String> CACHED = Map.of("cache-control", "max-age=300");

  private final Credentials credentials;
  private final @Nullable TokenGate gate;
  private final ErrorDialect errors;

  private OAuthRoutes(Credentials credentials, @Nullable TokenGate gate, ErrorDialect errors) {
    this.credentials = credentials;
    this.gate = gate;
    this.errors = errors;
  }

  /**
   * The callback, the client's document, and the metadata of {@code /mcp} and each connector.
   *
   * @param gate null: no issuer is trusted, and there are no metadata
   */
  public static List<Route> routes(
      Credentials credentials, @Nullable TokenGate gate, ErrorDialect errors) {
    OAuthRoutes routes = new OAuthRoutes(credentials, gate, errors);
    return List.of(
        routes.route(PublicAddress.CALLBACK, routes::callback),
        routes.route(PublicAddress.CLIENT, call -> routes.client()),
        routes.route(Resource.WELL_KNOWN, call -> routes.metadata("/mcp")),
        routes.route(Resource.WELL_KNOWN + "/mcp", call -> routes.metadata("/mcp")),
        routes.route(
            Resource.WELL_KNOWN + "/mcp/{connector}",
            call -> routes.metadata("/mcp/" + connector(call))));
  }

  private Route route(String path, Route.Handler.Blocking handler) {
    return Route.blocking(HttpMethod.GET, path, Access.OPEN, errors, handler);
  }

  private Reply callback(Call call) {
    try {
      credentials.complete(call.query());
      return CallbackPage.of(200, "Connected", "You may close this window.");
    } catch (Failure failure) {
      String why = failure.getMessage();
      return CallbackPage.of(
          failure.code().status(), "Not connected", why == null ? failure.code().wire() : why);
    }
  }

  private Reply client() {
    return new Reply(200, credentials.clientDocument(), "application/json", CACHED);
  }

  /** The same for every name: whether an organization has such a connector is nobody's business. */
  private static String connector(Call call) {
    String name = String.valueOf(call.path().get("connector"));
    if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw Failure.notFound("there is no such resource");
    }
    return name;
  }

  private Reply metadata(String path) {
    if (gate == null) {
      throw Failure.of(
          ErrorCode.NOT_FOUND,
          "this gateway takes keys alone: no issuer of tokens is configured (mcp.oauth)");
    }
    return new Reply(200, gate.resource().metadata(path), "application/json", CACHED);
  }
}
