package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.spend.BudgetWorld.Expected;
import dev.tollgate.spend.BudgetWorld.InWindow;
import dev.tollgate.spend.BudgetWorld.Member;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever happens to budgets and to those who call: a call is held in exactly the budgets that
 * concern it, in their order and their present windows, or in none of them.
 */
class BudgetResolverPropertiesIT {

  private static final int STEPS = 120;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Leases outlive a pause of the machine, so that what is held can be told from what expired. */
  private static final SpendConfig CONFIG =
      new SpendConfig(
          Duration.ofMillis(50),
          1_024,
          PATIENCE,
          65_536,
          256,
          Duration.ofMinutes(10),
          1_000,
          100,
          Duration.ofSeconds(5));

  /** A hold and where it ought to be. */
  private record Open(Hold hold, long amount, List<InWindow> in) {}

  private final List<String> told = new ArrayList<>();
  private final List<Open> open = new ArrayList<>();
  private final Map<String, String> charged = new TreeMap<>();
  private Till till;
  private Till other;

  @BeforeEach
  void open() {
    StorageConfig database = TestDatabase.freshPlainOwner();
    till = Till.open(database, CONFIG, Ids.next());
    other = Till.open(database, CONFIG, Ids.next());
  }

  @AfterEach
  void close() {
    other.close();
    till.close();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13})
  void holdsInTheBudgetsThatConcernTheCallOrInNone(long seed) {
    Random random = new Random(seed);
    BudgetWorld world = new BudgetWorld(till, random, 3);
    try {
      for (int step = 0; step < STEPS; step++) {
        told.add(step(world));
        world.members.forEach(member -> resolves(till, world, member.scope()));
        holdsWhatIsOpen(world);
        if (step % 20 == 0) {
          standsAsPostgresSays(world);
        }
      }
      while (!open.isEmpty()) {
        end(random);
      }
      standsAsPostgresSays(world);
      chargedWhereItWasHeld();
      hearsOfItElsewhere(world);
      till.books();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed %d, step %d, after%n%s%n%s"
              .formatted(
                  seed,
                  told.size(),
                  String.join("\n", told.subList(Math.max(0, told.size() - 12), told.size())),
                  e),
          e);
    }
  }

  private String step(BudgetWorld world) {
    return switch (world.random.nextInt(25)) {
      case 0 -> world.join(world.organizations.get(world.random.nextInt(3)));
      case 1, 2 -> world.remove();
      case 3 -> world.reset();
      case 4 -> world.setTerms();
      case 5 -> world.deleteUser();
      case 6, 7, 8, 9, 10, 11 -> call(world);
      case 12, 13 -> callAtOnce(world);
      case 14, 15, 16, 17 -> end(world.random);
      default -> world.set();
    };
  }

  // Which budgets

  /** A call that costs nothing is granted by any budget: whom it asked shows in its hold. */
  private static void resolves(Till node, BudgetWorld world, OrgScope caller) {
    Hold hold = node.hold(caller, Money.ZERO);
    node.spend.release(hold);
    assertThat(budgets(hold)).as("budgets of %s", told(caller)).isEqualTo(ids(world, caller));
  }

  private static List<UUID> budgets(Hold hold) {
    return hold.parts().stream().map(part -> part.lease().budget()).toList();
  }

  private static List<UUID> ids(BudgetWorld world, OrgScope caller) {
    return world.concerning(caller).stream().map(budget -> budget.id).toList();
  }

  private static String told(OrgScope caller) {
    return "organization %s, key %s, project %s, user %s"
        .formatted(caller.organizationId(), caller.keyId(), caller.project(), caller.userId());
  }

  /** The other node heard of none of it but through PostgreSQL. */
  private void hearsOfItElsewhere(BudgetWorld world) {
    for (Member member : world.members) {
      await().atMost(PATIENCE).untilAsserted(() -> resolves(other, world, member.scope()));
    }
  }

  // All or none

  private String call(BudgetWorld world) {
    OrgScope caller = world.anyone().scope();
    long amount = world.random.nextLong(1, 6_000);
    List<InWindow> in = world.concerning(caller).stream().map(Expected::now).toList();
    InWindow lacking = firstWithout(in, amount);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      switch (till.admit(caller, new Money(amount))) {
        case Admission.Granted<String>(Hold hold, _, _) -> {
          assertThat(lacking).as("a budget without %s for %s", amount, told(caller)).isNull();
          opened(hold, amount, in);
          return "hold " + amount + " for " + told(caller);
        }
        case Admission.Refused<String>(ErrorCode code, String message) -> {
          boolean passes = code == ErrorCode.BUDGET_HELD || code == ErrorCode.BUDGET_UNAVAILABLE;
          if (lacking == null) {
            assertThat(passes && System.nanoTime() - end < 0)
                .as("%s for %s: %s", amount, told(caller), message)
                .isTrue();
          } else if (code != ErrorCode.BUDGET_UNAVAILABLE) {
            assertThat(code).as(message).isEqualTo(refusal(lacking.budget(), amount));
            assertThat(message).contains(label(lacking.budget()));
            return "refuse " + amount + " to " + told(caller);
          }
        }
      }
    }
  }

  private void opened(Hold hold, long amount, List<InWindow> in) {
    assertThat(budgets(hold)).isEqualTo(in.stream().map(each -> each.budget().id).toList());
    assertThat(hold.parts().stream().map(part -> part.lease().window()).toList())
        .isEqualTo(in.stream().map(InWindow::window).toList());
    open.add(new Open(hold, amount, in));
  }

  /** The first that is asked in vain; null: all have the money. */
  private @Nullable InWindow firstWithout(List<InWindow> in, long amount) {
    for (InWindow each : in) {
      Money limit = each.budget().limit;
      if (limit != null && amount > limit.nanos() - each.budget().spent - held(each)) {
        return each;
      }
    }
    return null;
  }

  private long held(InWindow in) {
    return open.stream().filter(call -> call.in().contains(in)).mapToLong(Open::amount).sum();
  }

  private static ErrorCode refusal(Expected budget, long amount) {
    Money limit = budget.limit;
    return limit != null && amount > limit.nanos() - budget.spent
        ? ErrorCode.BUDGET_INSUFFICIENT
        : ErrorCode.BUDGET_HELD;
  }

  /** Many at once, of whom some find no money: it shows afterwards that no limit was passed. */
  private String callAtOnce(BudgetWorld world) {
    List<OrgScope> callers = new ArrayList<>();
    List<Future<Admission<String>>> asked = new ArrayList<>();
    long amount = world.random.nextLong(1, 6_000);
    for (int i = 0; i < 12; i++) {
      callers.add(world.anyone().scope());
      asked.add(till.ask(callers.getLast(), new Money(amount)));
    }
    for (int i = 0; i < asked.size(); i++) {
      if (Till.await(asked.get(i)) instanceof Admission.Granted<String>(Hold hold, _, _)) {
        List<InWindow> in = world.concerning(callers.get(i)).stream().map(Expected::now).toList();
        assertThat(firstWithout(in, amount)).as("overdrawn by %s", amount).isNull();
        opened(hold, amount, in);
      }
    }
    return "twelve times " + amount;
  }

  /** Settles a call, or gives its money back. */
  private String end(Random random) {
    if (open.isEmpty()) {
      return "nothing";
    }
    Open call = open.remove(random.nextInt(open.size()));
    if (random.nextInt(3) == 0) {
      till.spend.release(call.hold());
      return "release " + call.amount();
    }
    long cost = random.nextLong(call.amount() + 1);
    Till.await(till.pay(call.hold(), new Money(cost)));
    for (InWindow in : call.in()) {
      if (in.window() == in.budget().window) {
        in.budget().spent += cost;
      }
    }
    charged.put(
        call.hold().callId().toString(),
        call.in().stream().map(in -> in.budget().id).toList()
            + " in "
            + call.in().stream().map(InWindow::window).toList());
    return "settle " + cost + " of " + call.amount();
  }

  /** No budget holds anything but what open calls hold in it. */
  private void holdsWhatIsOpen(BudgetWorld world) {
    Map<Account, Long> expected = new HashMap<>();
    for (Member member : world.members) {
      Hold nothing = till.hold(member.scope(), Money.ZERO);
      nothing.parts().forEach(part -> expected.putIfAbsent(part.account(), 0L));
      till.spend.release(nothing);
    }
    open.forEach(call ->
        call.hold()
            .parts()
            .forEach(part -> expected.merge(part.account(), call.amount(), Long::sum)));
    expected.forEach((account, amount) ->
        await()
            .pollDelay(Duration.ZERO)
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(account.leases().stream().mapToLong(Lease::outstanding).sum())
                    .as("held in %s", account.budget())
                    .isEqualTo(amount)));
  }

  // PostgreSQL's own answers

  private void standsAsPostgresSays(BudgetWorld world) {
    till.awaitCommitted();
    for (Member member : world.members) {
      List<BudgetStanding> expected =
          world.concerning(member.scope()).stream()
              .map(budget ->
                  new BudgetStanding(
                      label(budget),
                      budget.limit,
                      remaining(budget),
                      BudgetWorld.ends(budget.kind, world.zone(budget.name.organization()))))
              .toList();
      assertThat(till.spend.standing(member.scope()).budgets())
          .as(told(member.scope()))
          .isEqualTo(expected);
    }
    for (OrgScope whole : world.organizations) {
      assertThat(
              till.spend.budgets(whole, 1_000, null).items().stream()
                  .map(BudgetStatus::budget)
                  .collect(Collectors.toSet()))
          .isEqualTo(scoped(world, whole));
    }
  }

  private static Set<UUID> scoped(BudgetWorld world, OrgScope whole) {
    return world.budgets.stream()
        .filter(budget -> budget.there && budget.name.scope() != BudgetScope.ORGANIZATION)
        .filter(budget -> budget.name.organizationId().equals(whole.organizationId()))
        .map(budget -> budget.id)
        .collect(Collectors.toSet());
  }

  private static @Nullable Money remaining(Expected budget) {
    return budget.limit == null ? null : budget.limit.minus(new Money(budget.spent));
  }

  private static String label(Expected budget) {
    String often =
        switch (budget.kind) {
          case DAY -> "daily";
          case WEEK -> "weekly";
          case MANUAL, MONTH -> "monthly";
        };
    return "the %s budget of %s \"%s\"".formatted(often, budget.name.scope().wire(), budget.label);
  }

  /** The ledger says of every call where it was held, and knows of no other. */
  private void chargedWhereItWasHeld() {
    till.awaitCommitted();
    Map<String, String> found = new TreeMap<>();
    till.storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery("SELECT call_id, budgets, windows FROM ledger")
                .map((row, _) -> found.put(row.getString("call_id"), where(row)))
                .list());
    assertThat(found).isEqualTo(charged);
  }

  private static String where(ResultSet row) throws SQLException {
    return List.of((Object[]) row.getArray("budgets").getArray())
        + " in "
        + List.of((Object[]) row.getArray("windows").getArray());
  }
}
