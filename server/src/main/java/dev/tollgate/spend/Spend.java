package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Money: held before a call, settled after it.
 *
 * <p>{@link #admit}, {@link #settle} and {@link #release} never block and may be called from any
 * thread; their futures complete on any thread. Everything else blocks and belongs on a virtual
 * thread.
 */
public final class Spend implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Spend.class);

  private final SpendConfig config;
  private final Storage storage;
  private final SpendMeters meters;
  private final BudgetGauges gauges;
  private final Accounts accounts;
  private final GroupCommit commits;
  private final Heartbeat heartbeat;
  private final Budgets budgets;
  private final LedgerQueries ledger;
  private final UsageQueries usage;
  private final HealthQueries health;
  private volatile boolean closing;

  private Spend(
      SpendConfig config,
      Storage storage,
      Clock clock,
      MeterRegistry registry,
      Node node,
      Partitions partitions,
      Rollups rollups) {
    LedgerRetention retention = new LedgerRetention(storage, config.retention());
    OrganizationLabels labels = new OrganizationLabels(config.labels());
    this.config = config;
    this.storage = storage;
    this.budgets = new Budgets(storage);
    this.ledger = new LedgerQueries(storage);
    this.usage = new UsageQueries(storage);
    this.health = new HealthQueries(storage);
    this.meters = new SpendMeters(registry, labels);
    this.gauges = new BudgetGauges(registry, labels, health::all, clock);
    this.heartbeat = new Heartbeat();
    this.accounts =
        new Accounts(
            clock,
            config,
            new LeaseStore(storage, clock, node, config.leaseLifetime()),
            heartbeat.timer(),
            this::decided);
    this.commits =
        new GroupCommit(
            new LedgerStore(storage, node)::commit,
            partitions::ensure,
            clock,
            config,
            new GroupCommit.Observer() {
              @Override
              public void committed(int entries, long nanos) {
                meters.committed(entries, nanos);
              }

              @Override
              public void superseded() {
                accounts.supersede();
              }
            },
            node.batch());
    measure();
    meters.gauge(
        "spend.rollup.lag.seconds", "Age of the oldest entry not summed", rollups, Rollups::lag);
    heartbeat.every(Heartbeat.SWEEP, commits::tellLate);
    heartbeat.everyBlocking(Heartbeat.BEAT, () -> accounts.beat(commits::behind));
    heartbeat.everyBlocking(
        Heartbeat.CARE,
        () -> {
          partitions.lookAfter(clock.now());
          retention.lookAfter(clock.now());
          gauges.refresh();
        });
    heartbeat.everyBlocking(Rollups.PACE, rollups::roll);
    commits.start();
  }

  /**
   * Registers this node and starts to lease money. What an earlier process under this name did not
   * give back is presumed spent.
   *
   * @param nodeId what this node is called in the database; the same after a restart
   * @param address where other nodes and administrators find it
   * @throws dev.tollgate.kernel.Failure UNAVAILABLE while the database is away
   */
  public static Spend open(
      SpendConfig config,
      Storage storage,
      Clock clock,
      MeterRegistry meters,
      UUID nodeId,
      String address) {
    Partitions partitions = new Partitions(storage);
    partitions.lookAfter(clock.now());
    Rollups rollups = new Rollups(storage, clock);
    rollups.straighten();
    Node node = Registration.register(storage, nodeId, address);
    return new Spend(config, storage, clock, meters, node, partitions, rollups);
  }

  private void measure() {
    meters.gauge("spend.commit.queue", "Charges that wait", commits, GroupCommit::queued);
    meters.gauge("spend.holds", "Holds open or not committed", commits, GroupCommit::outstanding);
    meters.gauge("spend.accounts", "Budgets active on this node", accounts, a -> a.all().size());
    meters.gauge(
        "spend.lease.free.cents",
        "Leased money that nobody holds, in cents",
        accounts,
        Spend::free);
  }

  private static double free(Accounts accounts) {
    return accounts.all().stream()
            .flatMap(account -> account.leases().stream())
            .mapToDouble(lease -> lease.slice().free())
            .sum()
        / Money.NANOS_PER_CENT;
  }

  /**
   * Asks for money for one attempt of a call. Every {@link Admission.Granted} must be settled or
   * released exactly once.
   *
   * @param callId of version 7: its instant dates the ledger entry
   * @param attempt counts from 1 within a call
   */
  public <P> Future<Admission<P>> admit(
      OrgScope scope, UUID callId, int attempt, Proposal.Planner<P> planner) {
    if (closing || accounts.superseded()) {
      return refused(closing ? Refusals.CLOSING : Refusals.SUPERSEDED);
    }
    if (!commits.reserve()) {
      return refused(Refusals.UNSETTLED);
    }
    Future<Admission<P>> admission = null;
    while (admission == null) {
      Account account = accounts.of(scope.organizationId());
      if (account == null) {
        commits.unreserve();
        return refused(Refusals.CROWDED_NODE);
      }
      admission = account.admit(scope, callId, attempt, planner);
    }
    return admission;
  }

  private void decided(UUID organization, Admission<?> admission) {
    if (admission instanceof Admission.Refused<?>) {
      commits.unreserve();
    }
    meters.decided(organization, admission);
  }

  /** The budget of an organization, if it is active on this node. */
  @Nullable Account account(UUID organization) {
    return accounts.active(organization);
  }

  private static <P> Future<Admission<P>> refused(String why) {
    return Future.succeededFuture(new Admission.Refused<>(ErrorCode.BUDGET_UNAVAILABLE, why));
  }

  /**
   * Charges what an attempt cost. Completes when the charge is committed; fails with {@code
   * BUDGET_UNAVAILABLE} when it could not be in time, and then it is still tried.
   */
  public Future<Settlement> settle(Hold hold, CallFacts facts, Outcome outcome) {
    Money cost = outcome.cost() == null ? Money.ZERO : outcome.cost();
    if (cost.isNegative()) {
      throw new IllegalArgumentException("a call does not cost less than nothing: " + cost);
    }
    hold.end();
    long excess = cost.nanos() - hold.amount().nanos();
    if (excess > 0) {
      meters.overshot(excess);
    }
    hold.account().settled(hold.lease(), hold.amount().nanos(), cost.nanos());
    return commits.append(hold, facts, outcome);
  }

  /** Gives the money back: the attempt never reached a provider. */
  public void release(Hold hold) {
    hold.end();
    hold.account().released(hold.lease(), hold.amount().nanos());
    commits.unreserve();
  }

  /** Whether money can be leased right now. */
  public boolean ready() {
    return !closing && !accounts.superseded() && accounts.polled() && storage.available();
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
    return budgets.status(scope);
  }

  /** Changes limit and policy, also while calls are in flight; audited. */
  public BudgetStatus setTerms(OrgScope scope, Caller.Administrator actor, BudgetTerms terms) {
    BudgetStatus status = budgets.setTerms(scope, actor, terms);
    changed(scope);
    return status;
  }

  /** Opens a new window; what is in flight settles into the old one; audited. */
  public BudgetStatus reset(OrgScope scope, Caller.Administrator actor, String reason) {
    BudgetStatus status = budgets.reset(scope, actor, reason);
    changed(scope);
    return status;
  }

  /** This node knows at once, others when they look next. */
  private void changed(OrgScope scope) {
    try {
      accounts.refresh(scope.organizationId());
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
    closing = true;
    commits.close();
    accounts.close(config.drain());
    heartbeat.close();
  }
}
