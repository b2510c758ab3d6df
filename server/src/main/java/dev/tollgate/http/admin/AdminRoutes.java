package dev.tollgate.http.admin;

import dev.tollgate.catalogue.Catalogue;
import dev.tollgate.credentials.Credentials;
import dev.tollgate.http.engine.Route;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.Spend;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.toolcache.ToolCache;
import java.util.ArrayList;
import java.util.List;

/**
 * Administration over HTTP: {@code /admin/v1}, {@code /health/budget} and {@code /v1/usage}.
 *
 * <p>What is made is answered 201, what is removed 204, and a list is {@code {items, nextCursor}}.
 * Fields and parameters that are not known are refused.
 */
public final class AdminRoutes {

  private AdminRoutes() {}

  /**
   * All of them, as data.
   *
   * @param policy what the budgets of new organizations have beside their limit
   */
  public static List<Route> routes(Tenancy tenancy, Spend spend, BudgetTerms policy) {
    Desk desk = new Desk(tenancy, spend, policy);
    List<Route> routes = new ArrayList<>();
    routes.addAll(new OrganizationRoutes(desk).routes());
    routes.addAll(new UserRoutes(desk).routes());
    routes.addAll(new KeyRoutes(desk).routes());
    routes.addAll(new BudgetRoutes(desk).routes());
    routes.addAll(new ScopedBudgetRoutes(desk).routes());
    routes.addAll(new LedgerRoutes(desk).routes());
    routes.addAll(new UsageRoutes(desk).routes());
    routes.addAll(new AdministratorRoutes(desk).routes());
    return routes;
  }

  /**
   * Those of connectors.
   *
   * @param commands whether connectors may be child processes
   */
  public static List<Route> connectors(
      Tenancy tenancy,
      Catalogue catalogue,
      Credentials credentials,
      ToolCache cache,
      boolean commands) {
    List<Route> routes = new ArrayList<>();
    routes.addAll(new ConnectorRoutes(tenancy, catalogue, credentials, commands).routes());
    routes.addAll(new CacheRoutes(tenancy, catalogue, cache).routes());
    return routes;
  }
}
