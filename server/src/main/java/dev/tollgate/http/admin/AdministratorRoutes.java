package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.tenancy.Administrator;
import dev.tollgate.tenancy.AuditEntry;
import dev.tollgate.tenancy.Issued;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Administrators, and the audit of what they did. */
record AdministratorRoutes(Desk desk) {

  private static final String ALL = "/administrators";

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.POST, ALL, this::create),
        Desk.administrators(HttpMethod.GET, ALL, this::list),
        Desk.administrators(HttpMethod.DELETE, ALL + "/{administratorId}", this::revoke),
        Desk.administrators(HttpMethod.GET, "/audit", this::audit));
  }

  private Reply create(Call call) {
    Query.of(call);
    String name = Body.of(call, "name").text("name");
    Issued<Administrator> issued = desk.tenancy().createAdministrator(Desk.actor(call), name);
    Administrator item = issued.item();
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("id", item.id());
    view.put("key", issued.key().reveal());
    view.put("name", item.name());
    view.put("prefix", item.prefix());
    view.put("createdAt", item.createdAt());
    return Desk.secret(view);
  }

  private Reply list(Call call) {
    Query query = Desk.list(call);
    return Desk.page(desk.tenancy().administrators(query.limit(), query.cursor()), one -> one);
  }

  private Reply revoke(Call call) {
    Query.of(call);
    desk.tenancy().revokeAdministrator(Desk.actor(call), Paths.id(call, "administratorId"));
    return Reply.empty(204);
  }

  private Reply audit(Call call) {
    Query query = Desk.list(call, "organizationId");
    return Desk.page(
        desk.tenancy().auditEntries(query.id("organizationId"), query.limit(), query.cursor()),
        AdministratorRoutes::entry);
  }

  private static Map<String, @Nullable Object> entry(AuditEntry entry) {
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("seq", entry.seq());
    view.put("at", entry.at());
    view.put("actorId", entry.actorId());
    view.put("actor", entry.actor());
    view.put("action", entry.action());
    view.put("objectKind", entry.objectKind());
    view.put("objectId", entry.objectId());
    view.put("organizationId", entry.organizationId());
    view.put("details", LedgerView.json(entry.details()));
    view.put("hash", entry.hash());
    return view;
  }
}
