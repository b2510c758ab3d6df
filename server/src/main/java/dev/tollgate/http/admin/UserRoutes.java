package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.tenancy.RateLimits;
import dev.tollgate.tenancy.UserDraft;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** The users of an organization. */
record UserRoutes(Desk desk) {

  private static final String ALL = "/organizations/{organizationId}/users";
  private static final String ONE = ALL + "/{userId}";

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.POST, ALL, this::create),
        Desk.administrators(HttpMethod.GET, ALL, this::list),
        Desk.administrators(HttpMethod.GET, ONE, this::get),
        Desk.administrators(HttpMethod.PUT, ONE, this::update),
        Desk.administrators(HttpMethod.PATCH, ONE, this::limit),
        Desk.administrators(HttpMethod.DELETE, ONE, this::delete));
  }

  private static UserDraft draft(Body body) {
    return new UserDraft(
        body.textOrNull("email"),
        body.textOrNull("name"),
        body.textOrNull("externalId"),
        LimitBody.limits(body, RateLimits.NONE));
  }

  private Reply create(Call call) {
    Query.of(call);
    UserDraft draft = draft(Body.of(call, "email", "name", "externalId", "limits"));
    return Reply.json(201, desk.tenancy().createUser(desk.scope(call), Desk.actor(call), draft));
  }

  private Reply list(Call call) {
    Query query = Desk.list(call);
    return Desk.page(
        desk.tenancy().users(desk.scope(call), query.limit(), query.cursor()), user -> user);
  }

  private Reply get(Call call) {
    Query.of(call);
    return Reply.json(200, desk.tenancy().user(desk.scope(call), Paths.id(call, "userId")));
  }

  private Reply update(Call call) {
    Query.of(call);
    return Reply.json(
        200,
        desk.tenancy()
            .updateUser(
                desk.scope(call),
                Desk.actor(call),
                Paths.id(call, "userId"),
                draft(Body.of(call, "email", "name", "externalId"))));
  }

  private Reply limit(Call call) {
    Query.of(call);
    Body body = Body.of(call, "limits");
    return Reply.json(
        200,
        desk.tenancy()
            .limitUser(
                desk.scope(call),
                Desk.actor(call),
                Paths.id(call, "userId"),
                old -> LimitBody.limits(body, old)));
  }

  private Reply delete(Call call) {
    Query.of(call);
    desk.tenancy().deleteUser(desk.scope(call), Desk.actor(call), Paths.id(call, "userId"));
    return Reply.empty(204);
  }
}
