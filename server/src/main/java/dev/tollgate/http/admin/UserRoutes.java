package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
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
        Desk.administrators(HttpMethod.DELETE, ONE, this::delete));
  }

  private static UserDraft draft(Call call) {
    Body body = Body.of(call, "email", "name", "externalId");
    return new UserDraft(
        body.textOrNull("email"), body.textOrNull("name"), body.textOrNull("externalId"));
  }

  private Reply create(Call call) {
    Query.of(call);
    return Reply.json(
        201, desk.tenancy().createUser(desk.scope(call), Desk.actor(call), draft(call)));
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
            .updateUser(desk.scope(call), Desk.actor(call), Paths.id(call, "userId"), draft(call)));
  }

  private Reply delete(Call call) {
    Query.of(call);
    desk.tenancy().deleteUser(desk.scope(call), Desk.actor(call), Paths.id(call, "userId"));
    return Reply.empty(204);
  }
}
