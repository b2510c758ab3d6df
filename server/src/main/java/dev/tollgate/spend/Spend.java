package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Money: held before a call, settled after it.
 *
 * <p>{@link #admit}, {@link #settle}, {@link #release} and {@link #count} never block and may be
 * called from any thread; their futures complete on any thread. Everything else blocks and belongs
 * on a virtual thread.
 */
public final class Spend implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Spend.class);

  private final BudgetGauges gauges;
  private final CashDesk desk;
  private final Budgets budgets;
  private final LedgerQueries ledger;
  private final UsageQueries usage;
  private final HealthQueries health;
  private final CallCounts counts;

  private Spend(
      SpendConfig config,
      Storage storage,
      Clock clock,
      MeterRegistry registry,
      Node node,
      Partitions partitions,
      Rollups rollups,
      Journal journal,
      HoldTable table,
      @Nullable Redis redis) {
    LedgerRetention retention = new LedgerRetention(storage, config.retention());
    LeaseFolding folding = new LeaseFolding(storage);
    OrganizationLabels labels = new OrganizationLabels(config.labels());
    SpendMeters meters = new SpendMeters(registry, labels);
    Heartbeat heartbeat = new Heartbeat();
    this.budgets = new Budgets(storage);
    this.ledger = new LedgerQueries(storage);
    this.usage = new UsageQueries(storage);
    this.health = new HealthQueries(storage);
    this.gauges = new BudgetGauges(registry, labels, health::all, clock);
    this.counts =
        new CallCounts(new CountStore(storage, partitions, clock), clock, config.counting());
    this.desk =
        new CashDesk(
            config, storage, clock, meters, node, partitions, journal, table, heartbeat, redis);
    meters.gauge(
        "spend.rollup.lag.seconds", "Age of the oldest entry not summed", rollups, Rollups::lag);
    meters.gauge(
        "spend.counts.waiting", "Counts that are not written yet", counts, CallCounts::waiting);
    meters.gauge(
        "spend.counts.dropped", "Calls that could not be counted", counts, CallCounts::dropped);
    heartbeat.everyBlocking(
        Heartbeat.CARE,
        () -> {
          partitions.lookAfter(clock.now());
          retention.lookAfter(clock.now());
          folding.lookAfter();
          gauges.refresh();
        });
    heartbeat.everyBlocking(Rollups.PACE, rollups::roll);
    heartbeat.everyBlocking(CallCounts.PACE, () -> counts.write(false));
  }

  /**
   * Registers this node and starts to lease money. What an earlier process under this name did not
   * give back is presumed spent when it expires; what the journal knows of it is then taken back.
   *
   * @param nodeId what this node is called in the database; the same after a restart
   * @param address where other nodes and administrators find it
   * @param journal the directory of this node's journal, which no other process uses
   * @param redis by which nodes hear of recalls at once; null: within a second
   * @throws dev.tollgate.kernel.Failure UNAVAILABLE while the database is away
   */
  public static Spend open(
      SpendConfig config,
      Storage storage,
      Clock clock,
      MeterRegistry meters,
      UUID nodeId,
      String address,
      Path journal,
      @Nullable Redis redis) {
    Partitions partitions = new Partitions(storage);
    partitions.lookAfter(clock.now());
    Rollups rollups = new Rollups(storage, clock);
    rollups.straighten();
    Node node = Registration.register(storage, nodeId, address);
    String boot = BootId.of(journal);
    Journal log = Journal.open(journal, config.journal(), nodeId, boot, clock);
    HoldTable table =
        HoldTable.open(journal, HoldTable.DEFAULT_CAPACITY, nodeId, boot, clock.now());
    return new Spend(config, storage, clock, meters, node, partitions, rollups, log, table, redis);
  }

  /**
   * Asks for money for one attempt of a call, of every budget that concerns it. Every {@link
   * Admission.Granted} must be settled or released exactly once.
   *
   * @param callId of version 7: its instant dates the ledger entry
   * @param attempt counts from 1 within a call
   */
  public <P> Future<Admission<P>> admit(
      OrgScope scope, UUID callId, int attempt, Proposal.Planner<P> planner) {
    return desk.admit(scope, callId, attempt, planner);
  }

  /** The budget of an organization, if it is active on this node. */
  @Nullable Account account(UUID organization) {
    return desk.account(organization);
  }

  /**
   * Charges what an attempt cost. Completes when the charge is committed; fails with {@code
   * BUDGET_UNAVAILABLE} when it could not be in time, and then it is still tried.
   */
  public Future<Settlement> settle(Hold hold, CallFacts facts, Outcome outcome) {
    return desk.settle(hold, facts, outcome);
  }

  /** Gives the money back: the attempt never reached a provider. */
  public void release(Hold hold) {
    desk.release(hold);
  }

  /**
   * Counts a call that costs nothing: it is in the ledger within a minute of its end, together with
   * all others of its key, tool and outcome. A crash loses what is not there yet.
   */
  public void count(
      OrgScope scope,
      CallFacts.Tool call,
      Outcome.Status status,
      long totalMicros,
      long upstreamMicros) {
    counts.count(scope, call, status, totalMicros, upstreamMicros);
  }

  /** Whether money can be leased right now. */
  public boolean ready() {
    return obstacle() == null;
  }

  /** Why no money can be leased right now, in words for a caller; null: it can. */
  public @Nullable String obstacle() {
    return desk.obstacle();
  }

  /**
   * Opens the budget of a new organization within the transaction that makes it; leaves the
   * transaction in the role of this room.
   */
  public static void openBudget(Handle handle, UUID organization, BudgetTerms terms) {
    Budgets.open(handle, organization, terms);
  }

  /** How the budget stands. */
  public BudgetStatus status(OrgScope scope) {
    return budgets.status(BudgetName.whole(scope));
  }

  /** How one budget stands. */
  public BudgetStatus status(BudgetName name) {
    return budgets.status(name);
  }

  /** How the budgets of the caller's calls stand in PostgreSQL. */
  public Standing standing(OrgScope scope) {
    return budgets.standing(scope);
  }

  /** The budgets that the caller's calls must be granted by, narrower ones first. */
  public List<BudgetStatus> budgetsOf(OrgScope scope) {
    return budgets.of(scope);
  }

  /** The budgets of users, keys and projects, in the order of their making. */
  public Page<BudgetStatus> budgets(OrgScope scope, int limit, @Nullable String cursor) {
    return budgets.list(scope, limit, cursor);
  }

  /**
   * Gives a user, a key or a project a budget, or changes it; audited.
   *
   * @param label what messages call the subject
   * @param limit null: unlimited, and still counted
   * @param window null: as it is; of a new budget, {@link BudgetWindow.Kind#MANUAL}
   */
  public BudgetStatus setBudget(
      BudgetName name,
      Caller.Administrator actor,
      String label,
      @Nullable Money limit,
      BudgetWindow.@Nullable Kind window) {
    BudgetStatus status = budgets.put(name, actor, label, limit, window);
    changed(name.organization());
    return status;
  }

  /** Takes the budget of a user, a key or a project away; audited. */
  public void removeBudget(BudgetName name, Caller.Administrator actor) {
    budgets.remove(name, actor);
    changed(name.organization());
  }

  /**
   * Changes limit and policy, also while calls are in flight; audited.
   *
   * @param change makes the new terms of those that are; runs under a lock, so that nobody else's
   *     change is lost
   */
  public BudgetStatus setTerms(
      OrgScope scope, Caller.Administrator actor, UnaryOperator<BudgetTerms> change) {
    BudgetStatus status = budgets.setTerms(scope, actor, change);
    changed(scope);
    return status;
  }

  /** Opens a new window; what is in flight settles into the old one; audited. */
  public BudgetStatus reset(OrgScope scope, Caller.Administrator actor, String reason) {
    return reset(BudgetName.whole(scope), actor, reason);
  }

  /** As {@link #reset(OrgScope, Caller.Administrator, String)}, of one budget. */
  public BudgetStatus reset(BudgetName name, Caller.Administrator actor, String reason) {
    BudgetStatus status = budgets.reset(name, actor, reason);
    changed(name.organization());
    return status;
  }

  /** This node knows at once, others when they look next. */
  private void changed(OrgScope scope) {
    try {
      desk.refresh(scope.organizationId());
    } catch (RuntimeException e) {
      LOG.debug("the change is committed and will be read in a second", e);
    }
    gauges.refresh();
  }

  /**
   * Entries held in [from, to), newest first.
   *
   * @param cursor of the page before; null: the first page
   */
  public Page<LedgerEntry> ledger(
      OrgScope scope,
      @Nullable Instant from,
      @Nullable Instant to,
      int limit,
      @Nullable String cursor) {
    return ledger.list(scope, from, to, limit, cursor);
  }

  /** What an organization used. */
  public UsageReport usage(OrgScope scope, UsageQuery query) {
    UUID organization = scope.organizationId();
    return usage.report(Access.tenant(organization), organization, query);
  }

  /** What all organizations used, for administrators. */
  public UsageReport usage(Caller.Administrator actor, UsageQuery query) {
    Objects.requireNonNull(actor, "only administrators see all organizations");
    return usage.report(Access.admin(), null, query);
  }

  /** Every organization, for administrators, by pages. */
  public BudgetHealth health(int limit, @Nullable String cursor) {
    return health.page(limit, cursor);
  }

  /** One organization, for itself. */
  public BudgetHealth health(OrgScope scope) {
    return health.of(scope);
  }

  /** Grants nothing more, commits what is settled, and gives leases back; within a bound. */
  @Override
  public void close() {
    counts.write(true);
    desk.close();
  }
}
