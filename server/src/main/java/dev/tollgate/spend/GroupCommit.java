package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits charges in groups: at once if no commit is under way, and else together with what arrives
 * until it is done. No timer; one thread, one transaction a group.
 *
 * <p>While PostgreSQL is away or slow, charges are durable in the journal: {@link #secure} tells
 * their callers, and they are committed when it is back. A database that is behind the journal is
 * brought up to date before anything else.
 */
final class GroupCommit implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  private static final Duration RETRY = Duration.ofMillis(100);

  /** How long a charge waits for PostgreSQL alone, before the journal is synced for it. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Where charges are written. */
  interface Store {
    LedgerStore.Committed commit(long after, long batch, int count, byte[] rows);

    /** The last batch that it has, after leases were given up; null: it takes nothing from us. */
    @Nullable Long startOver();
  }

  /** What is told of commits. */
  interface Observer {
    void committed(int entries, long nanos);

    /** The charge of this hold is in PostgreSQL. */
    void ended(Hold hold);

    /** Another process runs under this node's id. */
    void superseded();

    /**
     * The database does not know what this node did: what was leased from it is not good any more.
     */
    void behind();

    /** The database is up to date again. */
    void replayed(List<Damage> damages);
  }

  private final Intake intake;
  private final Journal journal;
  private final Replay replay;
  private final Store store;
  private final Verdicts verdicts;
  private final Clock clock;
  private final SpendConfig config;
  private final Observer observer;
  private final Thread thread;
  private volatile @Nullable Batch underWay;
  private volatile boolean failing;
  private volatile boolean parked;
  private volatile boolean closing;
  private volatile long closeBy;
  private volatile boolean behind;
  private volatile boolean again;
  private volatile boolean superseded;
  private volatile long acknowledged;

  /** Up to where the replay that is under way has brought the database. */
  private long reached;

  /**
   * @param acknowledged the last batch that the database has of this node
   * @param last the last batch that this node has ever made; what the journal has after {@code
   *     acknowledged} is replayed
   */
  GroupCommit(
      Store store,
      Consumer<List<Instant>> partitions,
      Intake intake,
      Journal journal,
      Clock clock,
      SpendConfig config,
      Observer observer,
      long acknowledged,
      long last) {
    this.store = store;
    this.verdicts = new Verdicts(partitions);
    this.intake = intake;
    this.journal = journal;
    this.replay = new Replay(journal);
    this.clock = clock;
    this.config = config;
    this.observer = observer;
    this.acknowledged = last;
    this.behind = acknowledged < journal.lastBatch();
    this.thread = Thread.ofPlatform().name("spend-commit").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Charges that wait for their commit. */
  int queued() {
    Batch batch = underWay;
    return intake.queued() + (batch == null ? 0 : batch.charges().size());
  }

  /** Whether a charge waits for its commit longer than {@code age}. */
  boolean behind(Duration age) {
    Batch batch = underWay;
    PendingCharge oldest = batch == null ? intake.oldest() : batch.charges().getFirst();
    long young = clock.nanoTime() + config.settleTimeout().toNanos() - age.toNanos();
    return oldest != null && oldest.deadline() - young < 0;
  }

  /** Whether the database is being brought up to date. */
  boolean replaying() {
    return behind;
  }

  /** Up to which batch the database has all of this node's. */
  long acknowledged() {
    return acknowledged;
  }

  /**
   * The database was restored, and has no batch of this node after {@code known}: nothing is
   * granted before the journal is replayed. While that is done, it is no news.
   */
  void fellBehind(long known) {
    if (!behind) {
      journal.unacknowledge(known);
      distrust();
    }
  }

  /**
   * The database does not know what this node did: it was restored, or another process runs under
   * the node's id. Which of the two, and what it lacks, it is asked before anything is granted.
   */
  void distrust() {
    boolean news;
    synchronized (this) {
      news = !behind && !superseded;
      again = behind;
      behind |= news;
    }
    if (news) {
      observer.behind();
      LockSupport.unpark(thread);
    }
  }

  /** Whether nothing was lost while the database was brought up to date. */
  private synchronized boolean caughtUp() {
    behind = again;
    again = false;
    return !behind;
  }

  /** Takes the charge of a hold that has its place; completes when it is durable. */
  Future<Settlement> append(Hold hold, CallFacts facts, Outcome outcome) {
    Promise<Settlement> promise = Promise.promise();
    long deadline = clock.nanoTime() + config.settleTimeout().toNanos();
    intake.add(new PendingCharge(hold, facts, outcome, promise, deadline));
    if (parked) {
      LockSupport.unpark(thread);
    }
    return promise.future();
  }

  /**
   * Where PostgreSQL is away or lets charges wait: syncs the journal and tells their callers. Those
   * that cannot be journaled are told when they are late, and still are tried. Blocks.
   */
  void secure() {
    if (!failing && !behind(PATIENCE)) {
      return;
    }
    List<Batch> waiting = new ArrayList<>(intake.journal());
    Batch current = underWay;
    if (current != null) {
      waiting.add(current);
    }
    boolean synced = force();
    long now = clock.nanoTime();
    for (Batch batch : waiting) {
      for (PendingCharge charge : batch.charges()) {
        if (synced && batch.journaled()) {
          Receipts.durable(charge);
        } else {
          Receipts.late(charge, now);
        }
      }
    }
  }

  private boolean force() {
    try {
      journal.force();
      return true;
    } catch (Failure e) {
      LOG.debug("the journal cannot be synced", e);
      return false;
    }
  }

  private void run() {
    while (true) {
      if (replaying()) {
        catchUp();
      }
      Batch batch = intake.next();
      if (batch != null) {
        underWay = batch;
        commit(batch);
        underWay = null;
      } else if (closing) {
        return;
      } else {
        park();
      }
    }
  }

  private void park() {
    parked = true;
    if (intake.isEmpty() && !closing && !replaying()) {
      LockSupport.park(this);
    }
    parked = false;
  }

  /** Brings the database up to what the journal has. */
  private void catchUp() {
    try {
      List<Damage> damages = new ArrayList<>();
      do {
        Long known = store.startOver();
        if (known == null) {
          superseded();
          return;
        }
        reached = LastRun.replayFrom(known, journal.lastAcknowledged());
        LOG.warn("the database has this node's charges up to batch {}", reached);
        damages.addAll(replay.after(reached, acknowledged, this::commitAgain));
      } while (!caughtUp());
      observer.replayed(damages);
    } catch (Failure e) {
      LOG.error("the journal cannot be replayed now", e);
      pause();
    }
  }

  /** For good: what it still has to charge is diverted. */
  private void superseded() {
    superseded = true;
    behind = false;
    observer.superseded();
  }

  private boolean commitAgain(long number, int count, byte[] rows) {
    while (true) {
      switch (attempt(number, count, rows, null)) {
        case DONE -> {
          reached = number;
          return true;
        }
        case REJECTED -> {
          return false;
        }
        case AGAIN -> {
          if (!pause()) {
            throw Failure.of(ErrorCode.UNAVAILABLE, "this node shuts down");
          }
        }
      }
    }
  }

  private void commit(Batch batch) {
    if (commitAll(batch)) {
      acknowledge(batch.number());
    } else {
      abandon(batch);
    }
  }

  /**
   * @return false when there was no time left to try
   */
  private boolean commitAll(Batch batch) {
    Verdicts.Trial trial = Verdicts.Trial.AGAIN;
    while (trial == Verdicts.Trial.AGAIN) {
      trial = attempt(batch.number(), batch.charges().size(), batch.rows(), batch);
      failing = trial == Verdicts.Trial.AGAIN;
      if (trial == Verdicts.Trial.AGAIN && !pause()) {
        return false;
      }
    }
    if (trial == Verdicts.Trial.DONE) {
      batch.charges().forEach(this::complete);
      return true;
    }
    if (batch.charges().size() > 1) {
      return commitEach(batch);
    }
    intake.unreserve();
    Receipts.rejected(batch.charges().getFirst());
    return true;
  }

  /** Only the last one bears the batch's number: should we die before, all of it is replayed. */
  private boolean commitEach(Batch batch) {
    List<byte[]> rows = RowBuffer.split(batch.rows());
    boolean all = true;
    for (int i = 0; i < rows.size(); i++) {
      long number = i == rows.size() - 1 ? batch.number() : batch.number() - 1;
      all &= commitAll(batch.only(number, batch.charges().get(i), rows.get(i)));
    }
    return all;
  }

  private Verdicts.Trial attempt(long number, int count, byte[] rows, @Nullable Batch batch) {
    long before = clock.nanoTime();
    try {
      long after = batch == null ? reached : acknowledged;
      LedgerStore.Committed done = store.commit(after, number, count, rows);
      observer.committed(count, clock.nanoTime() - before);
      if (!done.fenced().isEmpty()) {
        LOG.debug("leases {} were not live: their charges were diverted", done.fenced());
      }
      if (done.superseded()) {
        distrust();
      } else {
        checkKnown(done.known(), after);
      }
      return Verdicts.Trial.DONE;
    } catch (RuntimeException e) {
      return verdicts.judge(count, () -> heldAt(batch), e);
    }
  }

  private void checkKnown(long known, long expected) {
    if (known < expected) {
      journal.unacknowledge(known);
      distrust();
    }
  }

  private List<Instant> heldAt(@Nullable Batch batch) {
    return batch == null
        ? List.of(clock.now())
        : batch.charges().stream().map(charge -> Ids.instant(charge.hold().callId())).toList();
  }

  private void acknowledge(long number) {
    acknowledged = Math.max(acknowledged, number);
    if (replaying()) {
      return;
    }
    try {
      journal.acknowledged(number);
    } catch (Failure e) {
      LOG.warn("the journal cannot be shortened", e);
    }
  }

  private void complete(PendingCharge charge) {
    observer.ended(charge.hold());
    intake.unreserve();
    Receipts.durable(charge);
  }

  private void abandon(Batch batch) {
    Receipts.abandoned(batch, batch.journaled() && force());
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
    intake.journal().forEach(this::abandon);
  }
}
