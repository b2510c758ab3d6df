package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.ApiKeyDraft;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.UserDraft;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Organizations with budgets and callers, in PostgreSQL and as a flat list beside it that knows
 * nothing of sets, leases or accounts.
 */
final class BudgetWorld {

  /** In which order budgets are asked. */
  private static final List<BudgetScope> ORDER =
      List.of(BudgetScope.KEY, BudgetScope.PROJECT, BudgetScope.USER, BudgetScope.ORGANIZATION);

  /** Every organization uses the same; two that look alike are two. */
  private static final List<String> LABELS =
      List.of(
          "ci",
          "CI",
          "ci ",
          " ci",
          "caf\u00e9",
          "cafe\u0301",
          "\u65e5\u672c\u8a9e",
          "\ud83d\ude80",
          "\u200b",
          "%",
          "_",
          "\\",
          "'; DROP TABLE budgets; --",
          "{ci,\"x\"}",
          "a/b?c#d",
          "null",
          "organization",
          "x".repeat(200));

  /** Where no midnight comes while a test runs. */
  private static final List<ZoneId> ZONES =
      List.of(
              "UTC",
              "Europe/Berlin",
              "America/New_York",
              "America/Los_Angeles",
              "Pacific/Honolulu",
              "Pacific/Auckland",
              "Asia/Kathmandu",
              "Asia/Tokyo")
          .stream()
          .map(ZoneId::of)
          .filter(zone -> LocalTime.now(zone).getHour() < 22)
          .toList();

  /**
   * A budget as it ought to be.
   *
   * <p>One that was taken away keeps its row: given again, it goes on with another window.
   */
  static final class Expected {
    final UUID id;
    final BudgetName name;
    String label;
    boolean there = true;
    @Nullable Money limit;
    BudgetWindow.Kind kind;
    long window = 1;
    long spent;

    Expected(
        UUID id, BudgetName name, String label, @Nullable Money limit, BudgetWindow.Kind kind) {
      this.id = id;
      this.name = name;
      this.label = label;
      this.limit = limit;
      this.kind = kind;
    }

    /** The budget of a call, with the window that it holds in. */
    InWindow now() {
      return new InWindow(this, window);
    }

    private boolean concerns(OrgScope caller) {
      return there
          && name.organizationId().equals(caller.organizationId())
          && (name.scope() == BudgetScope.ORGANIZATION
              || name.subject().equals(subject(name.scope(), caller)));
    }

    private static @Nullable String subject(BudgetScope scope, OrgScope caller) {
      return switch (scope) {
        case KEY -> caller.keyId() == null ? null : caller.keyId().toString();
        case PROJECT -> caller.project();
        case USER -> caller.userId() == null ? null : caller.userId().toString();
        case ORGANIZATION -> "";
      };
    }

    @Override
    public String toString() {
      return name.scope() + " " + name.subject() + " of " + name.organizationId() + " " + id;
    }
  }

  record InWindow(Expected budget, long window) {}

  /** Somebody who calls, and what makes them stop. */
  record Member(OrgScope scope, @Nullable String secret) {}

  final Till till;
  final Random random;
  final List<OrgScope> organizations = new ArrayList<>();
  final List<Member> members = new ArrayList<>();
  final List<Expected> budgets = new ArrayList<>();
  private final Map<UUID, List<UUID>> users = new HashMap<>();
  private final Map<UUID, ZoneId> zones = new HashMap<>();

  BudgetWorld(Till till, Random random, int count) {
    this.till = till;
    this.random = random;
    for (int i = 0; i < count; i++) {
      Money limit = money();
      OrgScope whole = till.organization("same name", limit);
      // Where no day ends while this runs; the zone that an organization begins with is UTC.
      till.spend.setTerms(
          whole,
          Till.ADMIN,
          _ ->
              new BudgetTerms(
                  limit,
                  Ladder.OFF,
                  Estimation.CAPPED,
                  true,
                  new BudgetWindow(BudgetWindow.Kind.MANUAL, ZONES.getFirst())));
      BudgetStatus made = till.spend.status(whole);
      organizations.add(whole);
      zones.put(whole.organizationId(), ZONES.getFirst());
      users.put(whole.organizationId(), new ArrayList<>());
      members.add(new Member(whole, null));
      budgets.add(
          new Expected(
              made.budget(),
              BudgetName.whole(whole),
              "same name",
              limit,
              BudgetWindow.Kind.MANUAL));
      for (int joined = 0; joined < 4; joined++) {
        join(whole);
      }
    }
  }

  // The model's answers

  /** The budgets that a call must be granted by, in the order in which it asks them. */
  List<Expected> concerning(OrgScope caller) {
    List<Expected> found = new ArrayList<>();
    for (BudgetScope scope : ORDER) {
      budgets.stream()
          .filter(budget -> budget.name.scope() == scope && budget.concerns(caller))
          .forEach(found::add);
    }
    return found;
  }

  ZoneId zone(OrgScope organization) {
    return Objects.requireNonNull(zones.get(organization.organizationId()));
  }

  // What happens

  Member anyone() {
    return any(members);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private @Nullable Money money() {
    return switch (random.nextInt(6)) {
      case 0 -> null;
      case 1 -> Money.ZERO;
      default -> new Money(random.nextLong(1, 20_000));
    };
  }

  private BudgetWindow.Kind kind() {
    return any(List.of(BudgetWindow.Kind.values()));
  }

  /** A user, a key of anybody's or nobody's, or the bearer of a token. */
  String join(OrgScope whole) {
    List<UUID> its = Objects.requireNonNull(users.get(whole.organizationId()));
    if (its.isEmpty() || random.nextInt(4) == 0) {
      its.add(till.tenancy.createUser(whole, Till.ADMIN, new UserDraft(null, "u", null)).id());
    }
    if (random.nextInt(4) == 0) {
      OrgScope bearer =
          till.tenancy.scopeForToken(whole.organizationId().toString(), any(its).toString());
      members.add(new Member(bearer, null));
      return "token of " + bearer.userId();
    }
    UUID user = random.nextInt(4) == 0 ? null : any(its);
    String project = random.nextInt(4) == 0 ? null : project(whole);
    String secret =
        till.tenancy
            .createKey(whole, Till.ADMIN, new ApiKeyDraft("key", user, project, null))
            .key()
            .reveal();
    OrgScope key = ((Caller.Tenant) till.tenancy.authenticate(secret)).scope();
    members.add(new Member(key, secret));
    return "key " + key.keyId() + " of " + user + " in " + project;
  }

  /** A label, which may be the id of something else. */
  private String project(OrgScope whole) {
    return switch (random.nextInt(8)) {
      case 0 -> whole.organizationId().toString();
      case 1 -> any(Objects.requireNonNull(users.get(whole.organizationId()))).toString();
      default -> any(LABELS);
    };
  }

  /** Somebody's budget is set: most often of one who calls, or else of somebody elsewhere. */
  String set() {
    Member member = anyone();
    OrgScope whole = random.nextInt(4) == 0 ? any(organizations) : home(member.scope());
    BudgetName name = name(whole, member.scope());
    if (name == null) {
      return "nothing";
    }
    String label = "label " + random.nextInt(100);
    Money limit = money();
    BudgetWindow.Kind kind = random.nextBoolean() ? kind() : null;
    BudgetStatus status = till.spend.setBudget(name, Till.ADMIN, label, limit, kind);
    Expected before = find(name);
    if (before == null) {
      before = new Expected(status.budget(), name, label, limit, BudgetWindow.Kind.MANUAL);
      budgets.add(before);
    } else if (!before.there) {
      before.there = true;
      before.kind = BudgetWindow.Kind.MANUAL;
      open(before);
    }
    assertThat(status.budget()).isEqualTo(before.id);
    before.label = label;
    before.limit = limit;
    before.kind = kind == null ? before.kind : kind;
    return "set " + before + " to " + limit + " " + kind;
  }

  private @Nullable BudgetName name(OrgScope whole, OrgScope of) {
    return switch (random.nextInt(3)) {
      case 0 ->
          of.keyId() == null ? null : new BudgetName(whole, BudgetScope.KEY, of.keyId().toString());
      case 1 ->
          of.userId() == null
              ? null
              : new BudgetName(whole, BudgetScope.USER, of.userId().toString());
      default ->
          new BudgetName(
              whole, BudgetScope.PROJECT, of.project() == null ? project(whole) : of.project());
    };
  }

  private @Nullable Expected find(BudgetName name) {
    return budgets.stream()
        .filter(known ->
            known.name.organizationId().equals(name.organizationId())
                && known.name.scope() == name.scope()
                && known.name.subject().equals(name.subject()))
        .findFirst()
        .orElse(null);
  }

  private OrgScope home(OrgScope member) {
    return organizations.stream()
        .filter(whole -> whole.organizationId().equals(member.organizationId()))
        .findFirst()
        .orElseThrow();
  }

  private static void open(Expected budget) {
    budget.window++;
    budget.spent = 0;
  }

  String remove() {
    Expected budget = any(budgets);
    if (!budget.there || budget.name.scope() == BudgetScope.ORGANIZATION) {
      return "nothing";
    }
    till.spend.removeBudget(budget.name, Till.ADMIN);
    budget.there = false;
    return "remove " + budget;
  }

  String reset() {
    Expected budget = any(budgets);
    if (!budget.there) {
      return "nothing";
    }
    till.spend.reset(budget.name, Till.ADMIN, "because");
    open(budget);
    return "reset " + budget;
  }

  /** Other terms, and perhaps another time zone for all budgets. */
  String setTerms() {
    OrgScope whole = any(organizations);
    Expected budget = Objects.requireNonNull(find(BudgetName.whole(whole)));
    budget.limit = money();
    budget.kind = kind();
    ZoneId zone = any(ZONES);
    zones.put(whole.organizationId(), zone);
    till.spend.setTerms(
        whole,
        Till.ADMIN,
        _ ->
            new BudgetTerms(
                budget.limit,
                Ladder.OFF,
                Estimation.CAPPED,
                true,
                new BudgetWindow(budget.kind, zone)));
    return "terms of " + whole + " " + budget.limit + " " + budget.kind + " " + zone;
  }

  /** A user goes, and with them their keys and tokens; their budget stays until it is removed. */
  String deleteUser() {
    OrgScope whole = any(organizations);
    List<UUID> its = Objects.requireNonNull(users.get(whole.organizationId()));
    if (its.size() < 2) {
      return "nothing";
    }
    UUID user = its.remove(random.nextInt(its.size()));
    till.tenancy.deleteUser(whole, Till.ADMIN, user);
    List<Member> gone =
        members.stream().filter(member -> user.equals(member.scope().userId())).toList();
    members.removeAll(gone);
    gone.forEach(this::isRefused);
    return "delete user " + user;
  }

  private void isRefused(Member gone) {
    OrgScope scope = gone.scope();
    assertThatThrownBy(
            () -> {
              if (gone.secret() != null) {
                till.tenancy.authenticate(gone.secret());
              } else {
                till.tenancy.scopeForToken(
                    scope.organizationId().toString(), String.valueOf(scope.userId()));
              }
            })
        .isInstanceOfSatisfying(
            Failure.class,
            failure ->
                assertThat(failure.code()).isIn(ErrorCode.UNAUTHENTICATED, ErrorCode.FORBIDDEN));
  }

  /** When the window ends that is open now; null: not by itself. */
  static @Nullable Instant ends(BudgetWindow.Kind kind, ZoneId zone) {
    var today = Instant.now().atZone(zone).toLocalDate();
    return switch (kind) {
      case MANUAL -> null;
      case DAY -> today.plusDays(1).atStartOfDay(zone).toInstant();
      case WEEK ->
          today.plusDays(8 - today.getDayOfWeek().getValue()).atStartOfDay(zone).toInstant();
      case MONTH -> today.withDayOfMonth(1).plusMonths(1).atStartOfDay(zone).toInstant();
    };
  }
}
