package dev.tollgate.http.admin;

import dev.tollgate.credentials.Credentials;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.Page;
import dev.tollgate.keyring.Keyring;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Spend;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Organization;
import dev.tollgate.tenancy.OrganizationDraft;
import dev.tollgate.tenancy.OrganizationPut;
import dev.tollgate.tenancy.RateLimits;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Organizations, each made together with its budget. */
record OrganizationRoutes(Desk desk, Keyring keyring, Credentials credentials) {

  private static final String ONE = "/organizations/{organizationId}";

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.POST, "/organizations", this::create),
        Desk.administrators(HttpMethod.GET, "/organizations", this::list),
        Desk.administrators(
            HttpMethod.PUT, "/organizations/by-external-id/{externalId}", this::put),
        Desk.administrators(HttpMethod.GET, ONE, this::get),
        Desk.administrators(HttpMethod.PATCH, ONE, this::change),
        Desk.administrators(HttpMethod.DELETE, ONE, this::delete));
  }

  /** An organization; {@code monthlyBudgetCents} is null where it is unlimited. */
  private record View(
      UUID id,
      String name,
      @Nullable String externalId,
      @Nullable Long monthlyBudgetCents,
      Instant createdAt,
      RateLimits limits) {

    static View of(Organization organization, BudgetTerms terms) {
      Money limit = terms.limit();
      return new View(
          organization.id(),
          organization.name(),
          organization.externalId(),
          limit == null ? null : limit.toCents(),
          organization.createdAt(),
          organization.limits());
    }
  }

  private Reply create(Call call) {
    Query.of(call);
    Body body = Body.of(call, "name", "externalId", "monthlyBudgetCents", "limits");
    BudgetTerms terms = BudgetRoutes.terms(body, desk.policy());
    OrganizationDraft draft =
        new OrganizationDraft(
            body.text("name"),
            body.textOrNull("externalId"),
            LimitBody.limits(body, RateLimits.NONE));
    Organization made =
        desk.tenancy()
            .createOrganization(
                Desk.actor(call),
                draft,
                (handle, organization) -> Spend.openBudget(handle, organization.id(), terms));
    return Reply.json(201, View.of(made, terms));
  }

  private Reply put(Call call) {
    Query.of(call);
    Body body = Body.of(call, "name", "monthlyBudgetCents");
    BudgetTerms terms = BudgetRoutes.terms(body, desk.policy());
    Caller.Administrator actor = Desk.actor(call);
    OrganizationPut put =
        desk.tenancy()
            .putOrganization(
                actor,
                Paths.text(call, "externalId"),
                body.text("name"),
                (handle, organization) -> Spend.openBudget(handle, organization.id(), terms));
    if (!put.created()) {
      limit(actor, put.organization(), terms);
    }
    return Reply.json(put.created() ? 201 : 200, View.of(put.organization(), terms));
  }

  /** Changes the limit where it differs, and leaves the rest of the policy as it is. */
  private void limit(Caller.Administrator actor, Organization organization, BudgetTerms asked) {
    OrgScope scope = desk.tenancy().scopeFor(actor, organization.id());
    if (!Objects.equals(desk.spend().status(scope).terms().limit(), asked.limit())) {
      desk.spend()
          .setTerms(
              scope,
              actor,
              now ->
                  new BudgetTerms(
                      asked.limit(),
                      now.ladder(),
                      now.estimation(),
                      now.capAllowed(),
                      now.window()));
    }
  }

  private Reply list(Call call) {
    Query query = Desk.list(call);
    Page<Organization> page = desk.tenancy().organizations(query.limit(), query.cursor());
    return Desk.page(page, organization -> organization);
  }

  private Reply get(Call call) {
    Query.of(call);
    OrgScope scope = desk.scope(call);
    Organization organization = desk.tenancy().organization(scope.organizationId());
    return Reply.json(200, View.of(organization, desk.spend().status(scope).terms()));
  }

  /** Gives it another name, other limits, or both. */
  private Reply change(Call call) {
    Query.of(call);
    Body body = Body.of(call, "name", "limits");
    UUID id = Paths.id(call, "organizationId");
    Caller.Administrator actor = Desk.actor(call);
    if (!body.says("limits")) {
      return Reply.json(200, desk.tenancy().renameOrganization(actor, id, body.text("name")));
    }
    Organization limited =
        desk.tenancy().limitOrganization(actor, id, old -> LimitBody.limits(body, old));
    String name = body.textOrNull("name");
    return Reply.json(
        200, name == null ? limited : desk.tenancy().renameOrganization(actor, id, name));
  }

  private Reply delete(Call call) {
    Query.of(call);
    UUID id = Paths.id(call, "organizationId");
    Caller.Administrator actor = Desk.actor(call);
    AtomicReference<Runnable> afterwards = new AtomicReference<>(() -> {});
    desk.tenancy()
        .deleteOrganization(
            actor,
            id,
            handle -> {
              afterwards.set(keyring.revokeAll(handle, actor, id));
              credentials.deleteAll(handle, id);
            });
    afterwards.get().run();
    return Reply.empty(204);
  }
}
