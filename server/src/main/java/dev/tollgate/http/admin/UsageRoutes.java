package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.UsageGrouping;
import dev.tollgate.spend.UsageQuery;
import dev.tollgate.spend.UsageReport;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.http.HttpMethod;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was used, summed: to whoever has a key, and to administrators. */
record UsageRoutes(Desk desk) {

  private static final Set<UsageGrouping> OF_ALL = EnumSet.allOf(UsageGrouping.class);
  private static final Set<UsageGrouping> OF_ONE =
      EnumSet.complementOf(EnumSet.of(UsageGrouping.ORGANIZATION));

  List<Route> routes() {
    return List.of(
        Desk.keys("/v1/usage", Access.TENANT, this::own),
        Desk.administrators(HttpMethod.GET, "/usage", this::all),
        Desk.administrators(
            HttpMethod.GET,
            "/organizations/{organizationId}/usage",
            call -> one(call, desk.scope(call))));
  }

  private Reply own(Call call) {
    if (call.caller() instanceof Caller.Tenant(OrgScope scope)) {
      return one(call, scope);
    }
    throw new IllegalStateException("the door lets nobody else in");
  }

  private Reply one(Call call, OrgScope scope) {
    return answer(call, OF_ONE, query -> desk.spend().usage(scope, query));
  }

  private Reply all(Call call) {
    Caller.Administrator actor = Desk.actor(call);
    return answer(call, OF_ALL, query -> desk.spend().usage(actor, query));
  }

  private static Reply answer(
      Call call, Set<UsageGrouping> groupings, Function<UsageQuery, UsageReport> usage) {
    Query query = Desk.list(call, "from", "to", "groupBy", "series");
    Query.Span span = query.span();
    UsageGrouping by = choice(query, "groupBy", named(groupings, UsageGrouping::wire));
    UsageQuery.Series series =
        choice(
            query,
            "series",
            named(EnumSet.allOf(UsageQuery.Series.class), UsageQuery.Series::wire));
    UsageReport report =
        usage.apply(
            new UsageQuery(
                span.from(),
                span.to(),
                by == null ? UsageGrouping.MODEL : by,
                series,
                query.limit(),
                query.cursor()));
    return Reply.json(200, UsageView.of(report, by == null ? "models" : "groups"));
  }

  private static <T> Map<String, T> named(Set<T> values, Function<T, String> name) {
    return values.stream()
        .collect(Collectors.toMap(name, value -> value, (a, b) -> a, TreeMap::new));
  }

  private static <T> @Nullable T choice(Query query, String name, Map<String, T> known) {
    String text = query.text(name);
    T value = text == null ? null : known.get(text);
    if (text != null && value == null) {
      throw Failure.invalid(name, name + " must be one of " + String.join(", ", known.keySet()));
    }
    return value;
  }
}
