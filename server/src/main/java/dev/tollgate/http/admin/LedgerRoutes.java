package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;

/** What was spent, entry by entry, for administrators. */
record LedgerRoutes(Desk desk) {

  /** Entries that an export reads at a time. */
  private static final int PAGE = 1_000;

  private static final String ORGANIZATION = "/organizations/{organizationId}";

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.GET, ORGANIZATION + "/ledger", this::ledger),
        Desk.administrators(HttpMethod.GET, ORGANIZATION + "/ledger.csv", this::csv));
  }

  private Reply ledger(Call call) {
    Query query = Desk.list(call, "from", "to");
    Query.Span span = query.span();
    return Desk.page(
        desk.spend()
            .ledger(desk.scope(call), span.from(), span.to(), query.limit(), query.cursor()),
        LedgerView::of);
  }

  /** All entries of the span, not a page. */
  private Reply csv(Call call) {
    Query.Span span = Query.of(call, "from", "to").span();
    OrgScope scope = desk.scope(call);
    LedgerCsv entries =
        new LedgerCsv(cursor -> desk.spend().ledger(scope, span.from(), span.to(), PAGE, cursor));
    String name = "ledger-" + scope.organizationId() + ".csv";
    return new Reply(
        200,
        entries,
        "text/csv; charset=utf-8; header=present",
        Map.of("content-disposition", "attachment; filename=\"" + name + "\""));
  }
}
