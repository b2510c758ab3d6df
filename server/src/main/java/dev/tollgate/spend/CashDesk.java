package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs in the money room: accounts and their leases, commits and the journal, what comes after
 * a crash, and the heart that keeps them going. {@link Spend} is its face.
 *
 * <p>{@link #admit}, {@link #settle} and {@link #release} never block.
 */
final class CashDesk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CashDesk.class);

  private static final String RECALLS = "spend.recalled";

  private final SpendConfig config;
  private final Storage storage;
  private final SpendMeters meters;
  private final Accounts accounts;
  private final Admissions admissions;
  private final Intake intake;
  private final GroupCommit commits;
  private final Aftermath aftermath;
  private final Journal journal;
  private final Heartbeat heartbeat;
  private final @Nullable Redis redis;
  private volatile boolean roomy = true;
  private volatile boolean closing;

  /**
   * Starts at once.
   *
   * @param heartbeat closed with it
   * @param journal closed with it
   * @param redis by which nodes hear of recalls at once; null: within a second
   */
  CashDesk(
      SpendConfig config,
      Storage storage,
      Clock clock,
      SpendMeters meters,
      Node node,
      Partitions partitions,
      Journal journal,
      HoldTable table,
      Heartbeat heartbeat,
      @Nullable Redis redis) {
    this.config = config;
    this.storage = storage;
    this.meters = meters;
    this.journal = journal;
    this.heartbeat = heartbeat;
    this.redis = redis;
    this.aftermath = new Aftermath(storage, node, table, journal);
    Readings readings = new Readings();
    this.accounts =
        new Accounts(
            clock,
            config,
            new LeaseStore(storage, clock, node, config.leaseLifetime(), readings),
            new BudgetPoll(storage, clock, node, config.leaseLifetime(), readings),
            heartbeat.timer(),
            new News());
    long last = LastRun.last(node.batch(), journal.lastBatch(), journal.lastAcknowledged());
    this.intake = new Intake(journal, config, last);
    this.admissions = new Admissions(table, intake::unreserve, clock, meters::decided);
    this.commits =
        new GroupCommit(
            new LedgerStore(storage, node),
            partitions::ensure,
            intake,
            journal,
            clock,
            config,
            new Commits(),
            LastRun.replayFrom(node.batch(), journal.lastAcknowledged()),
            last);
    measure();
    start();
  }

  private void start() {
    if (redis != null) {
      redis.subscribe(RECALLS, this::heardRecall);
    }
    heartbeat.everyBlocking(
        Heartbeat.SWEEP,
        () -> {
          commits.secure();
          roomy = journal.room();
        });
    heartbeat.everyBlocking(Heartbeat.BEAT, this::beat);
    commits.start();
  }

  private void measure() {
    meters.gauge("spend.commit.queue", "Charges that wait", commits, GroupCommit::queued);
    meters.gauge("spend.holds", "Holds open or not committed", intake, Intake::outstanding);
    meters.gauge("spend.accounts", "Budgets active on this node", accounts, a -> a.all().size());
    meters.gauge(
        "spend.lease.free.cents",
        "Leased money that nobody holds, in cents",
        accounts,
        CashDesk::free);
    meters.gauge(
        "spend.journal.unacknowledged.bytes",
        "Of the journal, what PostgreSQL does not have",
        journal,
        Journal::unacknowledgedBytes);
    meters.gauge("spend.journal.bytes", "Size of the journal", journal, Journal::usedBytes);
  }

  private static double free(Accounts accounts) {
    return accounts.all().stream()
            .flatMap(account -> account.leases().stream())
            .mapToDouble(lease -> lease.slice().free())
            .sum()
        / Money.NANOS_PER_CENT;
  }

  private void beat() {
    accounts.beat(commits.behind(Duration.ofMinutes(1)));
    if (!accounts.superseded() && !commits.replaying() && storage.available()) {
      aftermath.look(
          accounts.all().stream()
              .flatMap(account -> account.leases().stream())
              .map(Lease::id)
              .collect(Collectors.toSet()));
    }
  }

  private void heardRecall(String message) {
    try {
      accounts.recall(UUID.fromString(message));
    } catch (IllegalArgumentException e) {
      LOG.warn("Redis told of something that is not ours on {}", RECALLS);
    }
  }

  /** What accounts hear, and what is made of it. */
  private final class News implements Accounts.News {

    @Override
    public void recalled(UUID budget) {
      if (redis != null) {
        redis.publish(RECALLS, budget.toString());
      }
    }

    @Override
    public long acknowledged() {
      return commits.acknowledged();
    }

    @Override
    public void behind(long batch) {
      commits.fellBehind(batch);
    }

    @Override
    public void distrusted() {
      commits.distrust();
    }
  }

  /** What becomes of commits. */
  private final class Commits implements GroupCommit.Observer {

    @Override
    public void committed(int entries, long nanos) {
      meters.committed(entries, nanos);
    }

    @Override
    public void ended(Hold hold) {
      admissions.ended(hold);
    }

    @Override
    public void superseded() {
      accounts.supersede();
    }

    @Override
    public void behind() {
      LOG.error("the database is behind this node: it was restored; leases are given up");
      accounts.startOver();
    }

    @Override
    public void replayed(List<Damage> damages) {
      aftermath.replayed(damages);
    }
  }

  /** See {@link Spend#admit}. */
  <P> Future<Admission<P>> admit(
      OrgScope scope, UUID callId, int attempt, Proposal.Planner<P> planner) {
    String closed = closed();
    if (closed != null) {
      return refused(closed);
    }
    if (!intake.reserve()) {
      return refused(Refusals.UNSETTLED);
    }
    return switch (accounts.of(scope)) {
      case Accounts.Resolution.Found(List<Account> found) ->
          admissions.ask(scope, callId, attempt, planner, found);
      case Accounts.Resolution.Crowded _ -> unreserved(Refusals.CROWDED_NODE);
      case Accounts.Resolution.Unknown _ -> admitUnknown(scope, callId, attempt, planner);
    };
  }

  /** Why nobody gets money now; null: who has some may. */
  private @Nullable String closed() {
    if (closing) {
      return Refusals.CLOSING;
    }
    if (accounts.superseded()) {
      return Refusals.SUPERSEDED;
    }
    if (commits.stopped()) {
      return Refusals.STOPPED;
    }
    if (commits.replaying()) {
      return Refusals.REPLAYING;
    }
    return roomy ? null : Refusals.JOURNAL_FULL;
  }

  /** Of an organization whose budgets must be read first. */
  private <P> Future<Admission<P>> admitUnknown(
      OrgScope scope, UUID callId, int attempt, Proposal.Planner<P> planner) {
    Promise<Admission<P>> promise = Promise.promise();
    Thread.ofVirtual()
        .name("spend-budgets")
        .start(() -> {
          Future<Admission<P>> admission;
          try {
            admission =
                switch (loaded(scope)) {
                  case Accounts.Resolution.Found(List<Account> found) ->
                      admissions.ask(scope, callId, attempt, planner, found);
                  case Accounts.Resolution.Crowded _ -> unreserved(Refusals.CROWDED_NODE);
                  case Accounts.Resolution.Unknown _ -> unreserved(Refusals.UNKNOWN);
                };
          } catch (RuntimeException e) {
            LOG.debug("the budgets of {} cannot be read", scope, e);
            admission = unreserved(Refusals.AWAY);
          }
          admission.onComplete(promise);
        });
    return promise.future();
  }

  /** Blocks. What was just read may be forgotten again before it is used, so it is read twice. */
  private Accounts.Resolution loaded(OrgScope scope) {
    for (int more = 1; accounts.load(scope.organizationId()) && more >= 0; more--) {
      Accounts.Resolution found = accounts.of(scope);
      if (!(found instanceof Accounts.Resolution.Unknown)) {
        return found;
      }
    }
    return accounts.of(scope);
  }

  private <P> Future<Admission<P>> unreserved(String why) {
    intake.unreserve();
    return refused(why);
  }

  private static <P> Future<Admission<P>> refused(String why) {
    return Future.succeededFuture(new Admission.Refused<>(ErrorCode.BUDGET_UNAVAILABLE, why));
  }

  /** See {@link Spend#settle}. */
  Future<Settlement> settle(Hold hold, CallFacts facts, Outcome outcome) {
    Money cost = outcome.cost() == null ? Money.ZERO : outcome.cost();
    if (cost.isNegative()) {
      throw new IllegalArgumentException("a call does not cost less than nothing: " + cost);
    }
    hold.end();
    long excess = cost.nanos() - hold.amount().nanos();
    if (excess > 0) {
      meters.overshot(excess);
    }
    for (Hold.Part part : hold.parts()) {
      part.account().settled(part.lease(), hold.amount().nanos(), cost.nanos());
    }
    return commits.append(hold, facts, outcome);
  }

  /** Gives the money back. */
  void release(Hold hold) {
    hold.end();
    admissions.release(hold);
  }

  /** See {@link Spend#obstacle}. */
  @Nullable String obstacle() {
    String closed = closed();
    if (closed == null && !(accounts.polled() && storage.available())) {
      return Refusals.AWAY;
    }
    return closed;
  }

  /** The budget of an organization, if it is active on this node. */
  @Nullable Account account(UUID organization) {
    return accounts.whole(organization);
  }

  /** Reads an organization's budgets again. */
  void refresh(UUID organization) {
    accounts.refresh(organization);
  }

  /** Grants nothing more, commits what is settled, and gives leases back; within a bound. */
  @Override
  public void close() {
    closing = true;
    commits.close();
    accounts.close(config.drain());
    heartbeat.close();
    journal.close();
  }
}
