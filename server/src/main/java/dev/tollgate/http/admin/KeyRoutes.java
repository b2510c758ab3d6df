package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.tenancy.ApiKey;
import dev.tollgate.tenancy.ApiKeyDraft;
import dev.tollgate.tenancy.Issued;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The keys of an organization; one is shown in the answer that makes it, and never again. */
record KeyRoutes(Desk desk) {

  private static final String ALL = "/organizations/{organizationId}/keys";

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.POST, ALL, this::create),
        Desk.administrators(HttpMethod.GET, ALL, this::list),
        Desk.administrators(HttpMethod.DELETE, ALL + "/{keyId}", this::revoke));
  }

  /** A key that was just made. */
  private record View(
      UUID id,
      String key,
      String name,
      @Nullable UUID userId,
      @Nullable String project,
      String prefix,
      Instant createdAt,
      @Nullable Instant expiresAt) {

    static View of(Issued<ApiKey> issued) {
      ApiKey item = issued.item();
      return new View(
          item.id(),
          issued.key().reveal(),
          item.name(),
          item.userId(),
          item.project(),
          item.prefix(),
          item.createdAt(),
          item.expiresAt());
    }
  }

  private Reply create(Call call) {
    Query.of(call);
    Body body = Body.of(call, "name", "userId", "project", "expiresAt");
    ApiKeyDraft draft =
        new ApiKeyDraft(
            body.text("name"),
            body.idOrNull("userId"),
            body.textOrNull("project"),
            body.instantOrNull("expiresAt"));
    return Desk.secret(
        View.of(desk.tenancy().createKey(desk.scope(call), Desk.actor(call), draft)));
  }

  private Reply list(Call call) {
    Query query = Desk.list(call);
    return Desk.page(
        desk.tenancy().keys(desk.scope(call), query.limit(), query.cursor()), key -> key);
  }

  private Reply revoke(Call call) {
    Query.of(call);
    desk.tenancy().revokeKey(desk.scope(call), Desk.actor(call), Paths.id(call, "keyId"));
    return Reply.empty(204);
  }
}
