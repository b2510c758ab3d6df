package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Page;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.Spend;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What every route of administration works with, and how it finds for whom.
 *
 * @param policy what the budgets of new organizations have beside their limit
 */
record Desk(Tenancy tenancy, Spend spend, BudgetTerms policy) {

  private static final AdminErrors ERRORS = new AdminErrors();

  static Route administrators(HttpMethod method, String path, Route.Handler.Blocking handler) {
    return Route.blocking(method, "/admin/v1" + path, Access.ADMINISTRATOR, ERRORS, handler);
  }

  static Route keys(String path, Access access, Route.Handler.Blocking handler) {
    return keys(HttpMethod.GET, path, access, handler);
  }

  static Route keys(HttpMethod method, String path, Access access, Route.Handler.Blocking handler) {
    return Route.blocking(method, path, access, ERRORS, handler);
  }

  /** Who calls, on a route of administrators. */
  static Caller.Administrator actor(Call call) {
    if (call.caller() instanceof Caller.Administrator administrator) {
      return administrator;
    }
    throw Failure.of(ErrorCode.FORBIDDEN, "this is for administrators");
  }

  /** The organization that the path names; not found where there is none. */
  OrgScope scope(Call call) {
    return tenancy.scopeFor(actor(call), Paths.id(call, "organizationId"));
  }

  static <T> Reply page(Page<T> page, Function<T, Object> view) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("items", page.items().stream().map(view).toList());
    body.put("nextCursor", page.nextCursor());
    return Reply.json(200, body);
  }

  /** An answer that holds a key, and is kept by nobody on the way. */
  static Reply secret(Object body) {
    return new Reply(201, body, "application/json", Map.of("cache-control", "no-store"));
  }

  /** The parameters of every list, and {@code more}. */
  static Query list(Call call, String... more) {
    String[] known = Arrays.copyOf(more, more.length + 2);
    known[more.length] = "limit";
    known[more.length + 1] = "cursor";
    return Query.of(call, known);
  }
}
