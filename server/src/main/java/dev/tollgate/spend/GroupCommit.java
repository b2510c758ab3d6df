package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits charges in groups: at once if no commit is under way, and else together with what arrives
 * until it is done. No timer; one thread, one transaction a group.
 *
 * <p>While PostgreSQL is away charges stay queued and are tried until it is back. The queue is
 * bounded by {@link #reserve}: every hold has its place in it before it is granted.
 */
final class GroupCommit implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  private static final Duration RETRY = Duration.ofMillis(100);

  /** SQLSTATE of a row that no partition takes. */
  private static final String NO_PARTITION = "23514";

  /** Where charges are written. */
  interface Store {
    LedgerStore.Committed commit(long batch, List<PendingCharge> charges);
  }

  /** What is told of each group. */
  interface Observer {
    void committed(int entries, long nanos);

    void superseded();
  }

  private final Store store;
  private final Consumer<List<Instant>> partitions;
  private final Clock clock;
  private final SpendConfig config;
  private final Observer observer;
  private final Queue<PendingCharge> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger places = new AtomicInteger();
  private final Thread thread;
  private volatile List<PendingCharge> underWay = List.of();
  private volatile boolean parked;
  private volatile boolean closing;
  private volatile long closeBy;
  private long batch;

  GroupCommit(
      Store store,
      Consumer<List<Instant>> partitions,
      Clock clock,
      SpendConfig config,
      Observer observer,
      long lastBatch) {
    this.store = store;
    this.partitions = partitions;
    this.clock = clock;
    this.config = config;
    this.observer = observer;
    this.batch = lastBatch;
    this.thread = Thread.ofPlatform().name("spend-commit").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Takes a place for a hold and its charge; false: there is none left. */
  boolean reserve() {
    if (places.incrementAndGet() > config.outstanding()) {
      places.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Gives a place back whose hold came to nothing. */
  void unreserve() {
    places.decrementAndGet();
  }

  /** Holds that are open and charges that are not committed. */
  int outstanding() {
    return places.get();
  }

  /** Charges that wait for their commit. */
  int queued() {
    return queue.size() + underWay.size();
  }

  /** Whether a charge waits for its commit longer than {@code age}. */
  boolean behind(Duration age) {
    List<PendingCharge> group = underWay;
    PendingCharge oldest = group.isEmpty() ? queue.peek() : group.getFirst();
    long young = clock.nanoTime() + config.settleTimeout().toNanos() - age.toNanos();
    return oldest != null && oldest.deadline() - young < 0;
  }

  /** Takes the charge of a hold that has its place; completes when it is committed. */
  Future<Settlement> append(Hold hold, CallFacts facts, Outcome outcome) {
    Promise<Settlement> promise = Promise.promise();
    long deadline = clock.nanoTime() + config.settleTimeout().toNanos();
    queue.add(new PendingCharge(hold, facts, outcome, promise, deadline));
    if (parked) {
      LockSupport.unpark(thread);
    }
    return promise.future();
  }

  /** Tells callers whose charge is late. It stays queued. */
  void tellLate() {
    long now = clock.nanoTime();
    underWay.forEach(charge -> tellLate(charge, now));
    for (PendingCharge charge : queue) {
      if (!tellLate(charge, now)) {
        break;
      }
    }
  }

  private static boolean tellLate(PendingCharge charge, long now) {
    if (charge.deadline() - now > 0) {
      return false;
    }
    charge
        .promise()
        .tryFail(
            Failure.of(
                ErrorCode.BUDGET_UNAVAILABLE,
                "the charge of this call could not be recorded in time; it still is tried"));
    return true;
  }

  private void run() {
    while (true) {
      List<PendingCharge> group = take();
      if (group.isEmpty()) {
        return;
      }
      underWay = group;
      commit(group);
      underWay = List.of();
    }
  }

  /** The next group; empty when there is none and will be none. */
  private List<PendingCharge> take() {
    while (true) {
      List<PendingCharge> group = new ArrayList<>();
      while (group.size() < config.batch()) {
        PendingCharge next = queue.poll();
        if (next == null) {
          break;
        }
        group.add(next);
      }
      if (!group.isEmpty() || closing) {
        return group;
      }
      park();
    }
  }

  private void park() {
    parked = true;
    if (queue.isEmpty() && !closing) {
      LockSupport.park(this);
    }
    parked = false;
  }

  private void commit(List<PendingCharge> group) {
    long number = ++batch;
    Trial trial = Trial.AGAIN;
    while (trial == Trial.AGAIN) {
      trial = attempt(number, group);
      if (trial == Trial.AGAIN && !pause()) {
        abandon(group);
        return;
      }
    }
    if (trial == Trial.REJECTED && group.size() > 1) {
      group.forEach(each -> commit(List.of(each)));
    } else if (trial == Trial.REJECTED) {
      reject(group.getFirst());
    }
  }

  /** How an attempt to commit ended. */
  private enum Trial {
    DONE,
    AGAIN,
    /** PostgreSQL will never take these rows. */
    REJECTED
  }

  private Trial attempt(long number, List<PendingCharge> group) {
    long before = clock.nanoTime();
    try {
      LedgerStore.Committed done = store.commit(number, group);
      observer.committed(group.size(), clock.nanoTime() - before);
      complete(group, done);
      return Trial.DONE;
    } catch (Failure e) {
      LOG.debug("{} charges wait", group.size(), e);
      return Trial.AGAIN;
    } catch (RuntimeException e) {
      return judge(group, e);
    }
  }

  private Trial judge(List<PendingCharge> group, RuntimeException thrown) {
    String state = sqlState(thrown);
    if (NO_PARTITION.equals(state)) {
      return makePartitions(group);
    }
    if (state != null && (state.startsWith("22") || state.startsWith("23"))) {
      LOG.error("{} charges in one commit are refused", group.size(), thrown);
      return Trial.REJECTED;
    }
    LOG.error("{} charges cannot be committed; they are tried again", group.size(), thrown);
    return Trial.AGAIN;
  }

  private Trial makePartitions(List<PendingCharge> group) {
    try {
      partitions.accept(group.stream().map(charge -> Ids.instant(charge.hold().callId())).toList());
      return Trial.AGAIN;
    } catch (Failure e) {
      return Trial.AGAIN;
    } catch (RuntimeException e) {
      LOG.error("the ledger has no partition for these charges", e);
      return Trial.REJECTED;
    }
  }

  private static @Nullable String sqlState(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException e) {
        return e.getSQLState();
      }
    }
    return null;
  }

  private void complete(List<PendingCharge> group, LedgerStore.Committed done) {
    if (!done.fenced().isEmpty()) {
      LOG.debug("leases {} were not live: their charges were diverted", done.fenced());
    }
    if (done.superseded()) {
      observer.superseded();
    }
    for (PendingCharge charge : group) {
      places.decrementAndGet();
      charge.promise().tryComplete(new Settlement(charge.hold().account().remaining()));
    }
  }

  /** Its hold stays taken: with the next start it is presumed spent. */
  private void reject(PendingCharge charge) {
    LOG.error(
        "the charge of call {}, attempt {}, of {} cannot be recorded and stays held",
        charge.hold().callId(),
        charge.hold().attempt(),
        charge.outcome().cost());
    places.decrementAndGet();
    charge
        .promise()
        .tryFail(Failure.of(ErrorCode.INTERNAL, "the charge of this call cannot be recorded"));
  }

  private void abandon(List<PendingCharge> group) {
    LOG.error("{} charges are not recorded; their holds are presumed spent", group.size());
    group.forEach(charge ->
        charge
            .promise()
            .tryFail(
                Failure.of(
                    ErrorCode.BUDGET_UNAVAILABLE, "this node shut down without PostgreSQL")));
  }

  /**
   * Waits before the next attempt.
   *
   * @return false when there is no time left for one
   */
  private boolean pause() {
    LockSupport.parkNanos(this, RETRY.toNanos());
    return !closing || closeBy - clock.nanoTime() > 0;
  }

  /** Commits what is queued, within the bound of the configuration. */
  @Override
  public void close() {
    closeBy = clock.nanoTime() + config.drain().toNanos();
    closing = true;
    LockSupport.unpark(thread);
    try {
      if (!thread.join(config.drain().plusSeconds(1))) {
        LOG.error("the last commit did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    abandonQueue();
  }

  private void abandonQueue() {
    List<PendingCharge> rest = new ArrayList<>();
    for (PendingCharge next = queue.poll(); next != null; next = queue.poll()) {
      rest.add(next);
    }
    if (!rest.isEmpty()) {
      abandon(rest);
    }
  }
}
