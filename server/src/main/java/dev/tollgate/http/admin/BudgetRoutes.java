package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.BudgetStatus;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.BudgetWindow;
import dev.tollgate.spend.Estimation;
import dev.tollgate.spend.Ladder;
import dev.tollgate.spend.Money;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The budget of an organization, how all of them stand, and those of a key. */
record BudgetRoutes(Desk desk) {

  private static final String ONE = "/organizations/{organizationId}/budget";

  private static final String LIMIT = "monthlyBudgetCents";

  /** A billion dollars: sums of a hundred thousand of them still fit. */
  private static final long MOST_CENTS = 100_000_000_000L;

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.GET, ONE, this::get),
        Desk.administrators(HttpMethod.PUT, ONE, this::put),
        Desk.administrators(HttpMethod.POST, ONE + "/reset", this::reset),
        Desk.keys("/v1/budget", Access.TENANT, this::own),
        Desk.keys("/health/budget", Access.TENANT_OR_ADMINISTRATOR, this::health));
  }

  /**
   * A budget.
   *
   * @param budgetResetAt when its window opened
   * @param window what ends its windows
   * @param windowNumber counts them
   * @param windowEndsAt null: only an administrator ends it
   * @param ladder as it may be put
   */
  private record View(
      UUID organizationId,
      @Nullable Long monthlyBudgetCents,
      long currentMonthSpendCents,
      @Nullable Long remainingCents,
      Instant budgetResetAt,
      String window,
      String timeZone,
      long windowNumber,
      @Nullable Instant windowEndsAt,
      Object ladder,
      String estimation,
      boolean capAllowed) {

    static View of(BudgetStatus status) {
      BudgetTerms terms = status.terms();
      return new View(
          status.organization(),
          cents(terms.limit()),
          status.spent().toCents(),
          cents(status.remaining()),
          status.windowOpenedAt(),
          terms.window().kind().wire(),
          terms.window().zone().getId(),
          status.window(),
          status.windowEndsAt(),
          terms.ladder().json(),
          terms.estimation().wire(),
          terms.capAllowed());
    }
  }

  static @Nullable Long cents(@Nullable Money money) {
    return money == null ? null : money.toCents();
  }

  /** The terms of a new budget: the limit that the body says, and the usual policy. */
  static BudgetTerms terms(Body body, BudgetTerms policy) {
    return new BudgetTerms(
        limit(body, LIMIT),
        policy.ladder(),
        policy.estimation(),
        policy.capAllowed(),
        policy.window());
  }

  static @Nullable Money limit(Body body, String field) {
    Long cents = body.countOrNull(field, MOST_CENTS);
    return cents == null ? null : Money.ofCents(cents);
  }

  private Reply get(Call call) {
    Query.of(call);
    return Reply.json(200, View.of(desk.spend().status(desk.scope(call))));
  }

  /** Policy that the body does not mention stays as it is. */
  private Reply put(Call call) {
    Query.of(call);
    Body body = Body.of(call, LIMIT, "ladder", "estimation", "capAllowed", "window", "timeZone");
    Money limit = limit(body, LIMIT);
    JsonNode asked = body.get("ladder");
    Ladder ladder = asked == null ? null : Ladder.read(asked, "ladder");
    UnaryOperator<BudgetTerms> change =
        now ->
            new BudgetTerms(
                limit,
                ladder == null ? now.ladder() : ladder,
                estimation(body, now.estimation()),
                body.flag("capAllowed", now.capAllowed()),
                window(body, now.window()));
    OrgScope scope = desk.scope(call);
    return Reply.json(200, View.of(desk.spend().setTerms(scope, Desk.actor(call), change)));
  }

  private static BudgetWindow window(Body body, BudgetWindow otherwise) {
    BudgetWindow.Kind kind = kind(body);
    String zone = body.textOrNull("timeZone");
    return new BudgetWindow(
        kind == null ? otherwise.kind() : kind,
        zone == null ? otherwise.zone() : BudgetWindow.zone(zone, "timeZone"));
  }

  static BudgetWindow.@Nullable Kind kind(Body body) {
    String kind = body.textOrNull("window");
    return kind == null ? null : BudgetWindow.Kind.of(kind, "window");
  }

  private static Estimation estimation(Body body, Estimation otherwise) {
    String asked = body.textOrNull("estimation");
    if (asked == null) {
      return otherwise;
    }
    for (Estimation estimation : Estimation.values()) {
      if (estimation.wire().equals(asked)) {
        return estimation;
      }
    }
    throw Failure.invalid(
        "estimation",
        "estimation must be one of "
            + Arrays.stream(Estimation.values())
                .map(Estimation::wire)
                .collect(Collectors.joining(", ")));
  }

  private Reply reset(Call call) {
    Query.of(call);
    BudgetStatus reset = desk.spend().reset(desk.scope(call), Desk.actor(call), reason(call));
    return Reply.json(200, View.of(reset));
  }

  /** Why something is done, as the only field of the body. */
  static String reason(Call call) {
    return Body.of(call, "reason").text("reason");
  }

  /**
   * One of the budgets that a key's calls are held against.
   *
   * @param name what messages call whose it is
   * @param budgetCents null: unlimited
   * @param reservedCents what nodes have in hand of it, for calls in flight and calls to come
   * @param remainingCents limit less spent; null: unlimited
   * @param windowEndsAt null: only an administrator ends it
   */
  private record Share(
      String scope,
      String name,
      @Nullable Long budgetCents,
      long spentCents,
      long reservedCents,
      @Nullable Long remainingCents,
      String window,
      String timeZone,
      Instant windowOpenedAt,
      @Nullable Instant windowEndsAt) {

    static Share of(BudgetStatus status) {
      return new Share(
          status.scope().wire(),
          status.label(),
          cents(status.terms().limit()),
          status.spent().toCents(),
          status.leased().toCents(),
          cents(status.remaining()),
          status.terms().window().kind().wire(),
          status.terms().window().zone().getId(),
          status.windowOpenedAt(),
          status.windowEndsAt());
    }
  }

  private Reply own(Call call) {
    Query.of(call);
    if (call.caller() instanceof Caller.Tenant(OrgScope scope)) {
      return Reply.json(
          200, Map.of("budgets", desk.spend().budgetsOf(scope).stream().map(Share::of).toList()));
    }
    throw new IllegalStateException("the door lets nobody else in");
  }

  private Reply health(Call call) {
    return switch (call.caller()) {
      case Caller.Tenant(OrgScope scope) -> {
        Query.of(call);
        yield Reply.json(200, desk.spend().health(scope));
      }
      case Caller.Administrator _ -> {
        Query query = Desk.list(call);
        yield Reply.json(200, desk.spend().health(query.limit(), query.cursor()));
      }
      case null -> throw new IllegalStateException("the door lets nobody in without a key");
    };
  }
}
