package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.spend.BudgetName;
import dev.tollgate.spend.BudgetScope;
import dev.tollgate.spend.BudgetStatus;
import dev.tollgate.spend.Money;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.User;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of users, keys and projects, each under that of its organization, whose time zone and
 * policy it has. A project is a label: it needs no key to exist.
 */
record ScopedBudgetRoutes(Desk desk) {

  private static final String ORGANIZATION = "/organizations/{organizationId}";
  private static final String LIMIT = "budgetCents";

  List<Route> routes() {
    return Stream.concat(
            Stream.of(Desk.administrators(HttpMethod.GET, ORGANIZATION + "/budgets", this::list)),
            Stream.of(
                    new Place("/users/{userId}", call -> id(call, BudgetScope.USER, "userId")),
                    new Place("/keys/{keyId}", call -> id(call, BudgetScope.KEY, "keyId")),
                    new Place("/projects/{project}", this::project))
                .flatMap(this::routes))
        .toList();
  }

  /** Where the budgets of one scope are. */
  private record Place(String path, Subject subject) {}

  /** Which budget a path names. */
  private interface Subject {
    BudgetName of(Call call);
  }

  private Stream<Route> routes(Place place) {
    String one = ORGANIZATION + place.path() + "/budget";
    Subject subject = place.subject();
    return Stream.of(
        Desk.administrators(HttpMethod.GET, one, call -> get(call, subject.of(call))),
        Desk.administrators(HttpMethod.PUT, one, call -> put(call, subject.of(call))),
        Desk.administrators(HttpMethod.DELETE, one, call -> remove(call, subject.of(call))),
        Desk.administrators(
            HttpMethod.POST, one + "/reset", call -> reset(call, subject.of(call))));
  }

  private BudgetName id(Call call, BudgetScope scope, String parameter) {
    return new BudgetName(desk.scope(call), scope, Paths.id(call, parameter).toString());
  }

  private BudgetName project(Call call) {
    return new BudgetName(desk.scope(call), BudgetScope.PROJECT, Paths.text(call, "project"));
  }

  /**
   * A budget.
   *
   * @param scope {@code user}, {@code key} or {@code project}
   * @param subject the id of a user or a key, a project's label
   * @param name what messages call the subject
   * @param budgetCents null: unlimited
   */
  private record View(
      String scope,
      String subject,
      String name,
      @Nullable Long budgetCents,
      long spentCents,
      @Nullable Long remainingCents,
      String window,
      String timeZone,
      long windowNumber,
      Instant windowOpenedAt,
      @Nullable Instant windowEndsAt) {

    static View of(BudgetStatus status) {
      return new View(
          status.scope().wire(),
          status.subject(),
          status.label(),
          BudgetRoutes.cents(status.terms().limit()),
          status.spent().toCents(),
          BudgetRoutes.cents(status.remaining()),
          status.terms().window().kind().wire(),
          status.terms().window().zone().getId(),
          status.window(),
          status.windowOpenedAt(),
          status.windowEndsAt());
    }
  }

  private Reply list(Call call) {
    Query query = Desk.list(call);
    return Desk.page(
        desk.spend().budgets(desk.scope(call), query.limit(), query.cursor()), View::of);
  }

  private Reply get(Call call, BudgetName name) {
    Query.of(call);
    return Reply.json(200, View.of(desk.spend().status(name)));
  }

  /** A window that the body does not mention stays as it is; of a new budget it is manual. */
  private Reply put(Call call, BudgetName name) {
    Query.of(call);
    Body body = Body.of(call, LIMIT, "window");
    Money limit = BudgetRoutes.limit(body, LIMIT);
    BudgetStatus set =
        desk.spend().setBudget(name, Desk.actor(call), label(name), limit, BudgetRoutes.kind(body));
    return Reply.json(200, View.of(set));
  }

  /** What the subject is called; not found where the organization has no such subject. */
  private String label(BudgetName name) {
    OrgScope scope = name.organization();
    return switch (name.scope()) {
      case KEY -> desk.tenancy().key(scope, UUID.fromString(name.subject())).name();
      case USER -> called(desk.tenancy().user(scope, UUID.fromString(name.subject())));
      case PROJECT, ORGANIZATION -> name.subject();
    };
  }

  private static String called(User user) {
    return Stream.of(user.name(), user.email(), user.externalId())
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(user.id().toString());
  }

  private Reply remove(Call call, BudgetName name) {
    Query.of(call);
    desk.spend().removeBudget(name, Desk.actor(call));
    return Reply.empty(204);
  }

  private Reply reset(Call call, BudgetName name) {
    Query.of(call);
    Caller.Administrator actor = Desk.actor(call);
    return Reply.json(200, View.of(desk.spend().reset(name, actor, BudgetRoutes.reason(call))));
  }
}
