package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
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
import java.util.function.Supplier;
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

  /** Rows of a batch of which nothing is left. */
  static final byte[] NOTHING = {};

  private final Intake intake;
  private final Journal journal;
  private final CatchUp catchUp;
  private final Store store;
  private final Verdicts verdicts;
  private final Clock clock;
  private final SpendConfig config;
  private final Observer observer;
  private final Thread thread;
  private final Complaint complaint = new Complaint(LOG);
  private volatile @Nullable Batch underWay;
  private volatile boolean failing;
  private volatile boolean parked;
  private volatile boolean closing;
  private volatile boolean stopped;
  private volatile long closeBy;

  /** The monotonic reading of the last commit or sweep: near enough for a deadline. */
  private volatile long lately;

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
    this.verdicts = new Verdicts(partitions, clock);
    this.intake = intake;
    this.journal = journal;
    this.clock = clock;
    this.config = config;
    this.observer = observer;
    this.lately = clock.nanoTime();
    this.catchUp = new CatchUp(store, journal, observer, new Again(), clock, acknowledged, last);
    this.thread = Thread.ofPlatform().name("spend-commit").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Charges that wait for their commit. */
  int queued() {
    int waiting = intake.queued();
    Batch batch = underWay;
    return waiting + (batch == null ? 0 : batch.charges().size());
  }

  /** Whether a charge waits for its commit longer than {@code age}. */
  boolean behind(Duration age) {
    PendingCharge waiting = intake.oldest();
    Batch batch = underWay;
    PendingCharge oldest = batch == null ? waiting : batch.charges().getFirst();
    long young = clock.nanoTime() + config.settleTimeout().toNanos() - age.toNanos();
    return oldest != null && oldest.deadline() - young < 0;
  }

  /** Whether the database is being brought up to date. */
  boolean replaying() {
    return catchUp.due();
  }

  /** Whether nothing is committed any more: the thread ended, and was not asked to. */
  boolean stopped() {
    return stopped;
  }

  /** Up to which batch the database has all of this node's. */
  long acknowledged() {
    return catchUp.acknowledged();
  }

  /** See {@link CatchUp#fellBehind}. */
  void fellBehind(long known) {
    catchUp.fellBehind(known);
  }

  /** See {@link CatchUp#distrust}. */
  void distrust() {
    catchUp.distrust();
  }

  /** Takes the charge of a hold that has its place; completes when it is durable. */
  Future<Settlement> append(Hold hold, CallFacts facts, Outcome outcome) {
    Promise<Settlement> promise = Promise.promise();
    long deadline = lately + config.settleTimeout().toNanos();
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
    lately = clock.nanoTime();
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
    try {
      boolean more = true;
      while (more) {
        more = guarded();
      }
    } finally {
      stopped = !closing;
    }
  }

  /** Whatever goes wrong, the charges that wait are tried again: nobody else commits them. */
  private boolean guarded() {
    try {
      return step();
    } catch (RuntimeException | Error e) {
      complaint.make("charges wait: something unexpected went wrong", e, clock.nanoTime());
      return pause();
    }
  }

  /**
   * @return false when it was the last one
   */
  private boolean step() {
    if (replaying() && !catchUp.run()) {
      pause();
    }
    if (underWay == null) {
      intake.next(batch -> underWay = batch);
    }
    Batch batch = underWay;
    if (batch != null) {
      commit(batch);
      underWay = null;
      return true;
    }
    if (closing) {
      return false;
    }
    park();
    return true;
  }

  private void park() {
    parked = true;
    if (intake.isEmpty() && !closing && !replaying()) {
      LockSupport.park(this);
    }
    parked = false;
  }

  /** How a batch came to its end. */
  private enum Ended {
    /** The database has it. */
    KNOWN,
    /** Its last charge was refused, and with it the batch's number. */
    REFUSED,
    /** There was no time left to try. */
    ABANDONED
  }

  private void commit(Batch batch) {
    Ended ended = commitAll(batch);
    if (ended == Ended.KNOWN || (ended == Ended.REFUSED && passOver(batch.number()))) {
      catchUp.acknowledge(batch.number());
    } else if (ended == Ended.ABANDONED) {
      abandon(batch);
    }
  }

  private Ended commitAll(Batch batch) {
    Verdicts.Trial trial =
        tried(batch.number(), batch.charges().size(), batch.rows(), () -> heldAt(batch));
    return switch (trial) {
      case DONE -> {
        batch.charges().forEach(this::complete);
        yield Ended.KNOWN;
      }
      case REJECTED -> batch.charges().size() > 1 ? commitEach(batch) : refused(batch);
      case AGAIN -> Ended.ABANDONED;
    };
  }

  private Ended refused(Batch batch) {
    intake.unreserve();
    told(() -> Receipts.rejected(batch.charges().getFirst()));
    return Ended.REFUSED;
  }

  /**
   * The database is to know of a batch that it took nothing of: else it would seem to lack it.
   *
   * @return false when there was no time left: the next start does it
   */
  private boolean passOver(long number) {
    return tried(number, 0, NOTHING, List::of) == Verdicts.Trial.DONE;
  }

  /** Only the last one bears the batch's number: should we die before, all of it is replayed. */
  private Ended commitEach(Batch batch) {
    List<byte[]> rows = RowBuffer.split(batch.rows());
    Ended last = Ended.KNOWN;
    boolean all = true;
    for (int i = 0; i < rows.size(); i++) {
      long number = i == rows.size() - 1 ? batch.number() : batch.number() - 1;
      last = commitAll(batch.only(number, batch.charges().get(i), rows.get(i)));
      all &= last != Ended.ABANDONED;
    }
    return all ? last : Ended.ABANDONED;
  }

  /** Tries until it is done or refused; {@code AGAIN}: there is no time left. */
  private Verdicts.Trial tried(
      long number, int count, byte[] rows, Supplier<List<Instant>> instants) {
    while (true) {
      Verdicts.Trial trial = attempt(catchUp.acknowledged(), number, count, rows, instants);
      failing = trial == Verdicts.Trial.AGAIN;
      if (trial != Verdicts.Trial.AGAIN || !pause()) {
        return trial;
      }
    }
  }

  private Verdicts.Trial attempt(
      long after, long number, int count, byte[] rows, Supplier<List<Instant>> instants) {
    long before = clock.nanoTime();
    lately = before;
    try {
      LedgerStore.Committed done = store.commit(after, number, count, rows);
      observer.committed(count, clock.nanoTime() - before);
      if (!done.fenced().isEmpty()) {
        LOG.debug("leases {} were not live: their charges were diverted", done.fenced());
      }
      catchUp.heard(done, after);
      return Verdicts.Trial.DONE;
    } catch (RuntimeException e) {
      return verdicts.judge(count, instants, e);
    }
  }

  private static List<Instant> heldAt(Batch batch) {
    return batch.charges().stream().map(charge -> Ids.instant(charge.hold().callId())).toList();
  }

  /** Commits what the journal has, as the thread of commits does. */
  private final class Again implements CatchUp.Commits {

    @Override
    public Verdicts.Trial attempt(long after, long number, int count, byte[] rows) {
      return GroupCommit.this.attempt(after, number, count, rows, () -> RowBuffer.instants(rows));
    }

    @Override
    public boolean pause() {
      return GroupCommit.this.pause();
    }

    @Override
    public void wake() {
      LockSupport.unpark(thread);
    }
  }

  private void complete(PendingCharge charge) {
    intake.unreserve();
    told(() -> {
      observer.ended(charge.hold());
      Receipts.durable(charge);
    });
  }

  /** Never throws: a batch whose charges are told in part must not be tried again. */
  private void told(Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException e) {
      complaint.make("who waits for a charge failed", e, clock.nanoTime());
    }
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
    Batch left = underWay;
    if (left != null && !thread.isAlive()) {
      abandon(left);
    }
    intake.journal().forEach(this::abandon);
  }
}
