package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.tenancy.ApiKey;
import dev.tollgate.tenancy.ApiKeyDraft;
import dev.tollgate.tenancy.Issued;
import dev.tollgate.tenancy.KeyTerms;
import dev.tollgate.tenancy.KnownKey;
import dev.tollgate.tenancy.RateLimits;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The keys of an organization; one is shown in the answer that makes it, and never again. */
record KeyRoutes(Desk desk, LimitBody limits) {

  private static final String ALL = "/organizations/{organizationId}/keys";

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.POST, ALL, this::create),
        Desk.administrators(HttpMethod.GET, ALL, this::list),
        Desk.administrators(HttpMethod.PATCH, ALL + "/{keyId}", this::change),
        Desk.administrators(HttpMethod.DELETE, ALL + "/{keyId}", this::revoke));
  }

  /** A key that was just made; {@code key} is null where it was taken over. */
  private record View(
      UUID id,
      @Nullable String key,
      String name,
      @Nullable UUID userId,
      @Nullable String project,
      String prefix,
      Instant createdAt,
      @Nullable Instant expiresAt,
      RateLimits limits,
      @Nullable List<String> allowedModels,
      @Nullable List<String> allowedRoutes) {

    static View of(Issued<ApiKey> issued) {
      return of(issued.item(), issued.key().reveal());
    }

    static View of(ApiKey item, @Nullable String key) {
      return new View(
          item.id(),
          key,
          item.name(),
          item.userId(),
          item.project(),
          item.prefix(),
          item.createdAt(),
          item.expiresAt(),
          item.limits(),
          item.allowedModels(),
          item.allowedRoutes());
    }
  }

  private Reply create(Call call) {
    Query.of(call);
    Body body =
        Body.of(
            call,
            "name",
            "userId",
            "project",
            "expiresAt",
            "limits",
            "allowedModels",
            "allowedRoutes",
            "sha256",
            "prefix");
    ApiKeyDraft draft =
        new ApiKeyDraft(
            body.text("name"),
            body.idOrNull("userId"),
            body.textOrNull("project"),
            body.instantOrNull("expiresAt"),
            limits.terms(body, KeyTerms.OPEN));
    if (body.has("sha256")) {
      KnownKey known = new KnownKey(body.text("sha256"), body.text("prefix"));
      ApiKey adopted = desk.tenancy().adoptKey(desk.scope(call), Desk.actor(call), draft, known);
      return Desk.secret(View.of(adopted, null));
    }
    return Desk.secret(
        View.of(desk.tenancy().createKey(desk.scope(call), Desk.actor(call), draft)));
  }

  private Reply list(Call call) {
    Query query = Desk.list(call);
    return Desk.page(
        desk.tenancy().keys(desk.scope(call), query.limit(), query.cursor()), key -> key);
  }

  private Reply change(Call call) {
    Query.of(call);
    Body body = Body.of(call, "limits", "allowedModels", "allowedRoutes");
    return Reply.json(
        200,
        desk.tenancy()
            .changeKey(
                desk.scope(call),
                Desk.actor(call),
                Paths.id(call, "keyId"),
                old -> limits.terms(body, old)));
  }

  private Reply revoke(Call call) {
    Query.of(call);
    desk.tenancy().revokeKey(desk.scope(call), Desk.actor(call), Paths.id(call, "keyId"));
    return Reply.empty(204);
  }
}
