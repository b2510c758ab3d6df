package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.OrganizationDraft;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL with the functions of the migrations, and {@link StoreModel}: told the same, and
 * compared row by row.
 *
 * <p>Leases have an identifier in each. Nothing is due by PostgreSQL's own clock while a test runs:
 * leases live for years, and where the organization is it is noon. What is to be over is made so in
 * both.
 */
final class TwoStores implements AutoCloseable {

  static final Duration LIFETIME = Duration.ofDays(3_650);

  /** Leases live for years here. */
  private static final Duration AT_ONCE = LIFETIME.multipliedBy(-2);

  private static final long DAY = Duration.ofDays(1).toNanos();
  private static final List<String> TABLES =
      List.of("nodes", "budgets", "budget_windows", "leases", "ledger");

  final Storage storage;
  final StoreModel model = new StoreModel(LIFETIME);
  final OrgScope scope;

  /** The organization's, which only a reset ends; a project's by the day; one without a limit. */
  final List<UUID> budgets = new ArrayList<>();

  private final StorageConfig database;
  private final Budgets terms;
  private final List<BudgetName> names = new ArrayList<>();
  private final BudgetWindow window = new BudgetWindow(BudgetWindow.Kind.MANUAL, noon());
  private final Map<Long, Long> real = new HashMap<>();
  private final Map<Long, Long> modelled = new HashMap<>();
  private long now = DAY / 2;
  private @Nullable StoreModel backup;
  private long backedUp;

  TwoStores(long limit) {
    database = TestDatabase.freshPlainOwner();
    storage = Storage.open(database);
    terms = new Budgets(storage);
    Tenancy tenancy = Tenancy.open(storage, null, Clock.system());
    new Partitions(storage).lookAfter(Clock.system().now());
    model.at(now);
    UUID organization =
        tenancy
            .createOrganization(
                Till.ADMIN,
                new OrganizationDraft("two stores", null),
                (handle, made) -> Spend.openBudget(handle, made.id(), whole(limit)))
            .id();
    scope = tenancy.scopeFor(Till.ADMIN, organization);
    add(terms.status(BudgetName.whole(scope)), BudgetName.whole(scope), limit, 0);
    BudgetName daily = new BudgetName(scope, BudgetScope.PROJECT, "daily");
    BudgetName free = new BudgetName(scope, BudgetScope.PROJECT, "free");
    add(put(daily, limit / 2, BudgetWindow.Kind.DAY), daily, limit / 2, DAY);
    add(put(free, null, BudgetWindow.Kind.MANUAL), free, null, 0);
  }

  private void add(BudgetStatus made, BudgetName name, @Nullable Long limit, long period) {
    budgets.add(made.budget());
    names.add(name);
    model.budget(made.budget(), limit, period);
  }

  private BudgetTerms whole(@Nullable Long limit) {
    Money money = limit == null ? null : new Money(limit);
    return new BudgetTerms(money, Ladder.OFF, Estimation.CAPPED, true, window);
  }

  private BudgetStatus put(
      BudgetName name, @Nullable Long limit, BudgetWindow.@Nullable Kind kind) {
    Money money = limit == null ? null : new Money(limit);
    return terms.put(name, Till.ADMIN, name.subject(), money, kind);
  }

  /** A zone in which midnight is hours away; its names say how far behind UTC it is. */
  static ZoneId noon() {
    int behind = LocalTime.now(ZoneOffset.UTC).getHour() - 12;
    return ZoneId.of("Etc/GMT%+d".formatted(behind).replace("+0", "0"));
  }

  @Override
  public void close() {
    storage.close();
  }

  // What is not a node's to do
  // ----------------------------------------------------------------------------------------

  void limit(UUID budget, @Nullable Long limit) {
    BudgetName name = names.get(budgets.indexOf(budget));
    if (name.scope() == BudgetScope.ORGANIZATION) {
      terms.setTerms(scope, Till.ADMIN, _ -> whole(limit));
    } else {
      put(name, limit, null);
    }
    model.roll(budget);
    model.limit(budget, limit);
  }

  void reset(UUID budget) {
    terms.reset(names.get(budgets.indexOf(budget)), Till.ADMIN, "a test");
    model.roll(budget);
    model.reset(budget);
  }

  /** Windows of a day are over, and no presumption is of lately. */
  void sleep() {
    now += DAY;
    model.at(now);
    older(1);
  }

  private void older(long days) {
    superuser(
        """
        UPDATE tollgate.budgets SET window_ends_at = window_ends_at - %1$d * interval '1 day';
        UPDATE tollgate.leases SET frozen_at = frozen_at - %1$d * interval '6 minutes'
        """
            .formatted(days));
  }

  /** The model's row of a node that registered: its epoch is of the real clock. */
  StoreModel.NodeRow register(Node node) {
    model.at(node.epoch() * 1_000_000);
    StoreModel.NodeRow row = model.register(node.id());
    model.at(now);
    return row;
  }

  /** A lease was not renewed. */
  void expire(StoreModel.Row row) {
    row.expires = now - Duration.ofHours(1).toNanos();
    superuser(
        "UPDATE tollgate.leases SET expires_at = now() - interval '1 hour' WHERE id = "
            + real(row.id));
  }

  /** Leases that are over are added up; which of them stays, PostgreSQL chooses. */
  void fold() {
    new LeaseFolding(storage).fold(AT_ONCE, 1_000);
    List<String> stay = query("SELECT id::text FROM leases WHERE folded > 0");
    model.fold(
        AT_ONCE.toNanos(), row -> knows(row.id) && stay.contains(String.valueOf(real(row.id))));
  }

  void backUp() {
    backup = model.snapshot();
    backedUp = now;
    superuser("DROP SCHEMA IF EXISTS backup CASCADE; CREATE SCHEMA backup");
    for (String table : TABLES) {
      superuser("CREATE TABLE backup.%1$s AS SELECT * FROM tollgate.%1$s".formatted(table));
    }
  }

  /** Whether there was a backup to go back to. */
  boolean restore() {
    if (backup == null) {
      return false;
    }
    model.restore(backup);
    // Without triggers and references: the ledger can only be appended to.
    StringBuilder script = new StringBuilder("SET session_replication_role = replica;");
    for (String table : TABLES) {
      script.append(
          "DELETE FROM tollgate.%1$s; INSERT INTO tollgate.%1$s SELECT * FROM backup.%1$s;"
              .formatted(table));
    }
    superuser(script.toString());
    older((now - backedUp) / DAY);
    return true;
  }

  private void superuser(String script) {
    try (Connection connection = TestDatabase.connectAsSuperuser(database);
        Statement statement = connection.createStatement()) {
      statement.execute(script);
    } catch (SQLException e) {
      throw new AssertionError(script, e);
    }
  }

  // Identifiers
  // ----------------------------------------------------------------------------------------

  /** A lease is the same in both. */
  void same(long inModel, long inReality) {
    real.put(inModel, inReality);
    modelled.put(inReality, inModel);
  }

  /** What PostgreSQL calls a lease of the model. */
  long real(long inModel) {
    Long id = real.get(inModel);
    if (id == null) {
      throw new AssertionError("the model alone has lease " + inModel);
    }
    return id;
  }

  boolean knows(long inModel) {
    return real.containsKey(inModel);
  }

  long modelled(long inReality) {
    return modelled.getOrDefault(inReality, -1L);
  }

  // What must be the same
  // ----------------------------------------------------------------------------------------

  void compare() {
    assertThat(realLeases()).as("leases").isEqualTo(modelledLeases());
    assertThat(realBudgets()).as("budgets").isEqualTo(modelledBudgets());
    assertThat(realEntries()).as("sums of entries").isEqualTo(modelledEntries());
    assertThat(query("SELECT count(*)::text FROM ledger WHERE kind = 'charge'"))
        .as("charges")
        .containsExactly(String.valueOf(model.charges()));
    nodes()
        .forEach(
            node -> assertThat(model.touch(node)).as("batch of %s", node).isEqualTo(node.batch()));
  }

  private List<Node> nodes() {
    return storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery("SELECT id, epoch, batch FROM nodes")
                .map((row, _) ->
                    new Node(
                        row.getObject("id", UUID.class),
                        row.getLong("epoch"),
                        row.getLong("batch"),
                        "",
                        true))
                .list());
  }

  private List<String> realLeases() {
    return storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery(
                    """
                    SELECT id, concat_ws(' ', budget_id, window_id, node_id, epoch, upper(state),
                      granted_nanos, spent_nanos, presumed_nanos, request, given_nanos,
                      recall_at IS NOT NULL, resolved, folded) AS rest FROM leases
                    """)
                .map((row, _) -> modelled(row.getLong("id")) + " " + row.getString("rest"))
                .stream()
                .sorted()
                .toList());
  }

  private List<String> modelledLeases() {
    List<String> lines = new ArrayList<>();
    for (StoreModel.Row row : model.rows()) {
      lines.add(
          List.of(
                  knows(row.id) ? row.id : -1L,
                  row.budget,
                  row.window,
                  row.node,
                  row.epoch,
                  row.state,
                  row.granted,
                  row.spent,
                  row.presumed,
                  row.request,
                  row.given,
                  row.recallAt == null ? "f" : "t",
                  row.resolved ? "t" : "f",
                  row.folded)
              .stream()
              .map(String::valueOf)
              .collect(Collectors.joining(" ")));
    }
    return lines.stream().sorted().toList();
  }

  private List<String> realBudgets() {
    return query(
        """
        SELECT concat_ws(' ', id, window_id, granted_nanos, coalesce(limit_nanos::text, 'none'),
          window_ends_at IS NOT NULL) FROM budgets
        """);
  }

  private List<String> modelledBudgets() {
    return budgets.stream()
        .map(id -> {
          StoreModel.Budget budget = model.budget(id);
          Long limit = budget.limit();
          return "%s %d %d %s %s"
              .formatted(
                  id,
                  budget.window(),
                  budget.granted(),
                  limit == null ? "none" : limit,
                  budget.endsAt() == null ? "f" : "t");
        })
        .sorted()
        .toList();
  }

  private List<String> realEntries() {
    return query(
        """
        SELECT concat_ws(' ', u.budget, u.win, sum(l.cost_nanos)) FROM ledger l,
          unnest(l.budgets, l.windows) u (budget, win) GROUP BY u.budget, u.win
        """);
  }

  private List<String> modelledEntries() {
    return model.entries().entrySet().stream()
        .map(entry ->
            "%s %d %d"
                .formatted(entry.getKey().budget(), entry.getKey().number(), entry.getValue()))
        .sorted()
        .toList();
  }

  private List<String> query(String sql) {
    return storage.transact(
        Access.spend(),
        handle -> handle.createQuery(sql).mapTo(String.class).stream().sorted().toList());
  }
}
