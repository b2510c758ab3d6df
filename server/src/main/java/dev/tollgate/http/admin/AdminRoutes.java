package dev.tollgate.http.admin;

import dev.tollgate.catalogue.Catalogue;
import dev.tollgate.credentials.Credentials;
import dev.tollgate.http.engine.Route;
import dev.tollgate.keyring.Keyring;
import dev.tollgate.models.Models;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.Spend;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.toolcache.ToolCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Administration over HTTP: {@code /admin/v1}, {@code /health/budget}, {@code /v1/budget} and
 * {@code /v1/usage}.
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
   * @param routeNames which routes there are for keys, as their allow-lists name them
   */
  public static List<Route> routes(
      Tenancy tenancy,
      Spend spend,
      Keyring keyring,
      Credentials credentials,
      BudgetTerms policy,
      Supplier<Set<String>> routeNames) {
    Desk desk = new Desk(tenancy, spend, policy);
    List<Route> routes = new ArrayList<>();
    routes.addAll(new OrganizationRoutes(desk, keyring, credentials).routes());
    routes.addAll(new UserRoutes(desk).routes());
    routes.addAll(new KeyRoutes(desk, new LimitBody(routeNames)).routes());
    routes.addAll(new BudgetRoutes(desk).routes());
    routes.addAll(new ScopedBudgetRoutes(desk).routes());
    routes.addAll(new LedgerRoutes(desk).routes());
    routes.addAll(new UsageRoutes(desk).routes());
    routes.addAll(new AdministratorRoutes(desk).routes());
    return routes;
  }

  /** Those of organizations' own keys for providers, and of how all keys fare. */
  public static List<Route> providers(Tenancy tenancy, Keyring keyring, Models models) {
    List<Route> routes = new ArrayList<>(new ProviderKeyRoutes(tenancy, keyring).routes());
    routes.add(ProviderHealthRoute.route(models));
    return routes;
  }

  /**
   * Those of connectors.
   *
   * @param reach where they may be
   */
  public static List<Route> connectors(
      Tenancy tenancy, Catalogue catalogue, Credentials credentials, ToolCache cache, Reach reach) {
    List<Route> routes = new ArrayList<>();
    routes.addAll(new ConnectorRoutes(tenancy, catalogue, credentials, reach).routes());
    routes.addAll(new CacheRoutes(tenancy, catalogue, cache).routes());
    return routes;
  }
}
