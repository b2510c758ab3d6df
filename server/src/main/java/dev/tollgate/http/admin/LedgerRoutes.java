package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** What was spent, entry by entry, for administrators. */
record LedgerRoutes(Desk desk) {

  private static final String ORGANIZATION = "/organizations/{organizationId}";

  List<Route> routes() {
    return List.of(Desk.administrators(HttpMethod.GET, ORGANIZATION + "/ledger", this::ledger));
  }

  private Reply ledger(Call call) {
    Query query = Desk.list(call, "from", "to");
    Query.Span span = query.span();
    return Desk.page(
        desk.spend()
            .ledger(desk.scope(call), span.from(), span.to(), query.limit(), query.cursor()),
        LedgerView::of);
  }
}
