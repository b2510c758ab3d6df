package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** What was spent: entry by entry for administrators, summed for whoever has a key. */
record LedgerRoutes(Desk desk) {

  private static final String ORGANIZATION = "/organizations/{organizationId}";

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.GET, ORGANIZATION + "/ledger", this::ledger),
        Desk.administrators(
            HttpMethod.GET, ORGANIZATION + "/usage", call -> usage(call, desk.scope(call))),
        Desk.keys("/v1/usage", Access.TENANT, this::own));
  }

  private Reply ledger(Call call) {
    Query query = Desk.list(call, "from", "to");
    Query.Span span = query.span();
    return Desk.page(
        desk.spend()
            .ledger(desk.scope(call), span.from(), span.to(), query.limit(), query.cursor()),
        LedgerView::of);
  }

  private Reply own(Call call) {
    if (call.caller() instanceof Caller.Tenant(OrgScope scope)) {
      return usage(call, scope);
    }
    throw new IllegalStateException("the door lets nobody else in");
  }

  private Reply usage(Call call, OrgScope scope) {
    Query.Span span = Query.of(call, "from", "to").span();
    return Reply.json(200, UsageView.of(desk.spend().usage(scope, span.from(), span.to())));
  }
}
