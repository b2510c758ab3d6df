package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.ApiKeyDraft;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.UserDraft;
import dev.tollgate.testing.TestDatabase;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call is granted by the budgets of its key, project, user and organization, or by none. */
class ScopesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int CALLERS = 64;
  private static final int CALLS = 12;

  private static Till till;
  private static Till other;

  @BeforeAll
  static void open() {
    StorageConfig database = TestDatabase.freshPlainOwner();
    SpendConfig config = Till.config(Duration.ofSeconds(2), Till.PATIENT);
    till = Till.open(database, config, Ids.next());
    other = Till.open(database, config, Ids.next());
  }

  @AfterAll
  static void close() {
    other.close();
    till.close();
  }

  @Test
  void refusesByTheNarrowestBudgetAndKeepsNothingOfTheOthers() {
    OrgScope whole = till.organization("narrow", Money.ofCents(1_000));
    OrgScope key = key(whole, "ci", null);
    limit(new BudgetName(whole, BudgetScope.PROJECT, "ci"), Money.ofCents(50));
    limit(keyName(key), Money.ofCents(20));
    till.settle(till.hold(key, Money.ofCents(20)), Money.ofCents(15));
    Admission.Refused<String> refusal = till.refusal(key, Money.ofCents(6));
    assertThat(refusal.code()).isEqualTo(ErrorCode.BUDGET_INSUFFICIENT);
    assertThat(refusal.message()).contains("budget of key");
    till.settle(till.hold(key, Money.ofCents(5)), Money.ofCents(5));
    assertThat(till.spend.status(new BudgetName(whole, BudgetScope.PROJECT, "ci")).spent())
        .isEqualTo(Money.ofCents(20));
    assertThat(till.spend.status(whole).spent()).isEqualTo(Money.ofCents(20));
    leaksNothing(whole);
    till.books();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void holdsEveryLimitUnderConcurrencyOverTwoNodes(long seed) throws Exception {
    Random random = new Random(seed);
    OrgScope whole = till.organization("scopes " + seed, money(random, 300_000));
    List<BudgetName> names = new ArrayList<>(List.of(BudgetName.whole(whole)));
    List<OrgScope> keys = keys(whole, names, random);
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    Queue<Future<Settlement>> settlements = new ConcurrentLinkedQueue<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < CALLERS; caller++) {
        long own = random.nextLong();
        callers.execute(() -> call(new Random(own), keys, settlements, wrong));
      }
    }
    settlements.forEach(Till::await);
    assertThat(wrong).isEmpty();
    leaksNothing(whole);
    for (BudgetName name : names) {
      BudgetStatus status = till.spend.status(name);
      Money limit = status.terms().limit();
      assertThat(limit == null ? 0 : status.spent().minus(limit).nanos())
          .as("%s %s over its limit", name.scope(), name.subject())
          .isLessThanOrEqualTo(0);
      assertThat(status.spent().nanos())
          .as("%s %s is the sum of its calls", name.scope(), name.subject())
          .isEqualTo(charged(whole, status.budget()));
    }
    till.books();
  }

  private static void call(
      Random random,
      List<OrgScope> keys,
      Queue<Future<Settlement>> settlements,
      Queue<String> wrong) {
    for (int i = 0; i < CALLS; i++) {
      OrgScope key = keys.get(random.nextInt(keys.size()));
      Till node = random.nextBoolean() ? till : other;
      long amount = random.nextLong(1, 3_000);
      switch (node.admit(key, new Money(amount))) {
        case Admission.Granted<String> granted -> {
          switch (random.nextInt(3)) {
            case 0 -> node.spend.release(granted.hold());
            case 1 -> settlements.add(node.pay(granted.hold(), new Money(amount)));
            default ->
                settlements.add(node.pay(granted.hold(), new Money(random.nextLong(amount + 1))));
          }
        }
        case Admission.Refused<String> refused -> {
          // On a machine that is busy otherwise a node may miss its renewals: it refuses, then.
          if (!Set.of(
                  ErrorCode.BUDGET_HELD,
                  ErrorCode.BUDGET_INSUFFICIENT,
                  ErrorCode.BUDGET_UNAVAILABLE)
              .contains(refused.code())) {
            wrong.add(refused.toString());
          }
        }
      }
    }
  }

  /** Eight keys of two users and two projects, most of them with a budget of their own. */
  private static List<OrgScope> keys(OrgScope whole, List<BudgetName> names, Random random) {
    List<UUID> users = new ArrayList<>();
    for (int user = 0; user < 2; user++) {
      UUID id =
          till.tenancy.createUser(whole, Till.ADMIN, new UserDraft(null, "u" + user, null)).id();
      users.add(id);
      names.add(new BudgetName(whole, BudgetScope.USER, id.toString()));
      names.add(new BudgetName(whole, BudgetScope.PROJECT, "p" + user));
    }
    List<OrgScope> keys = new ArrayList<>();
    for (int key = 0; key < 8; key++) {
      OrgScope made = key(whole, "p" + key % 2, users.get(key / 2 % 2));
      keys.add(made);
      if (key != 0) {
        names.add(keyName(made));
      }
    }
    for (BudgetName name : names.subList(1, names.size())) {
      limit(name, random.nextInt(5) == 0 ? null : money(random, 120_000));
    }
    return keys;
  }

  @Test
  void settlesIntoTheWindowOfTheHoldWhenTheCalendarTurns() throws Exception {
    OrgScope whole = till.organization("calendar", Money.ofCents(100));
    till.spend.setTerms(
        whole,
        Till.ADMIN,
        _ ->
            new BudgetTerms(
                Money.ofCents(100),
                Ladder.OFF,
                Estimation.CAPPED,
                true,
                new BudgetWindow(BudgetWindow.Kind.MANUAL, TwoStores.noon())));
    OrgScope key = key(whole, "nightly", null);
    BudgetName name = new BudgetName(whole, BudgetScope.PROJECT, "nightly");
    BudgetStatus made =
        till.spend.setBudget(name, Till.ADMIN, "nightly", Money.ofCents(50), BudgetWindow.Kind.DAY);
    Hold before = till.hold(key, Money.ofCents(50));
    endsNow(made.budget());
    // The day's limit is whole again, though all of the last one's is held.
    List<Hold> after = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          if (till.admit(key, Money.ofCents(50)) instanceof Admission.Granted<String> granted) {
            after.add(granted.hold());
          }
          return !after.isEmpty();
        });
    till.settle(before, Money.ofCents(40));
    till.settle(after.getFirst(), Money.ofCents(30));
    BudgetStatus now = till.spend.status(name);
    assertThat(now.window()).isEqualTo(made.window() + 1);
    assertThat(now.spent()).isEqualTo(Money.ofCents(30));
    assertThat(till.spend.status(whole).spent()).isEqualTo(Money.ofCents(70));
    till.books();
  }

  private static void endsNow(UUID budget) {
    till.storage.transact(
        Access.spend(),
        handle ->
            handle
                .createUpdate(
                    "UPDATE budgets SET window_ends_at = clock_timestamp() + interval '1 second'"
                        + " WHERE id = :budget")
                .bind("budget", budget)
                .execute());
  }

  /** When all is settled and idle, everything that was granted is spent or given back. */
  private static void leaksNothing(OrgScope whole) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(unaccounted(whole)).as("granted and not spent, by lease").isEmpty());
  }

  private static List<String> unaccounted(OrgScope whole) {
    return till.storage.transact(
        Access.tenant(whole.organizationId()),
        handle ->
            handle
                .createQuery(
                    """
                    SELECT id || ' ' || state || ' ' || granted_nanos || ' ' || spent_nanos
                    FROM leases WHERE granted_nanos <> spent_nanos
                    """)
                .mapTo(String.class)
                .list());
  }

  private static long charged(OrgScope whole, UUID budget) {
    return till.storage.transact(
        Access.tenant(whole.organizationId()),
        handle ->
            handle
                .createQuery(
                    """
                    SELECT coalesce(sum(cost_nanos), 0)::bigint FROM ledger
                    WHERE :budget = ANY (budgets)
                    """)
                .bind("budget", budget)
                .mapTo(Long.class)
                .one());
  }

  private static Money money(Random random, long most) {
    return new Money(random.nextLong(1, most));
  }

  private static void limit(BudgetName name, @Nullable Money limit) {
    till.spend.setBudget(name, Till.ADMIN, name.subject(), limit, BudgetWindow.Kind.MANUAL);
  }

  private static BudgetName keyName(OrgScope key) {
    return new BudgetName(key, BudgetScope.KEY, String.valueOf(key.keyId()));
  }

  private static OrgScope key(OrgScope whole, String project, @Nullable UUID user) {
    String key =
        till.tenancy
            .createKey(whole, Till.ADMIN, new ApiKeyDraft("key", user, project, null))
            .key()
            .reveal();
    return ((Caller.Tenant) till.tenancy.authenticate(key)).scope();
  }
}
