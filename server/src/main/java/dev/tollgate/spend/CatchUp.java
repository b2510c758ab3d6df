package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database has all that this node committed, and what to do where it has not: it was
 * restored, or failed over with loss, or never got what the journal of the last run has. Until it
 * is up to date nothing is granted.
 *
 * <p>{@link #run}, {@link #heard} and {@link #acknowledge} belong to the thread of commits; the
 * rest may be called by any.
 */
final class CatchUp {

  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

  private final GroupCommit.Store store;
  private final Journal journal;
  private final Replay replay;
  private final GroupCommit.Observer observer;
  private final Commits commits;
  private final Clock clock;
  private final Complaint complaint = new Complaint(LOG);
  private volatile boolean behind;
  private volatile boolean again;
  private volatile boolean superseded;
  private volatile long acknowledged;

  /** Up to where the replay that is under way has brought the database. */
  private long reached;

  /** What commits, and waits. */
  interface Commits {

    /**
     * Tries once.
     *
     * @param after the batch that the database must have
     */
    Verdicts.Trial attempt(long after, long number, int count, byte[] rows);

    /**
     * Waits before the next attempt.
     *
     * @return false when there is no time left for one
     */
    boolean pause();

    /** There is something for the thread to do. */
    void wake();
  }

  /**
   * @param acknowledged the last batch that the database has of this node
   * @param last the last batch that this node has ever made; what the journal has after {@code
   *     acknowledged} is replayed
   */
  CatchUp(
      GroupCommit.Store store,
      Journal journal,
      GroupCommit.Observer observer,
      Commits commits,
      Clock clock,
      long acknowledged,
      long last) {
    this.store = store;
    this.journal = journal;
    this.replay = new Replay(journal);
    this.observer = observer;
    this.commits = commits;
    this.clock = clock;
    this.acknowledged = last;
    this.behind = acknowledged < journal.lastBatch();
  }

  /** Whether the database is to be brought up to date, or is just being. */
  boolean due() {
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
      commits.wake();
    }
  }

  /** What the database said to a commit behind batch {@code after}. */
  void heard(LedgerStore.Committed done, long after) {
    if (done.superseded()) {
      distrust();
    } else if (done.known() < after) {
      journal.unacknowledge(done.known());
      distrust();
    }
  }

  /** The database has this batch; what it lacks before it, it is told by {@link #run}. */
  void acknowledge(long number) {
    acknowledged = Math.max(acknowledged, number);
    if (behind) {
      return;
    }
    try {
      journal.acknowledged(number);
    } catch (RuntimeException e) {
      complaint.make("the journal cannot be shortened", e, clock.nanoTime());
    }
  }

  /**
   * Brings the database up to what the journal has. Never throws: whatever keeps it from that may
   * pass, and it is tried again.
   *
   * @return false when it could not be done now
   */
  boolean run() {
    try {
      List<Damage> damages = new ArrayList<>();
      do {
        Long known = store.startOver();
        if (known == null) {
          superseded();
          return true;
        }
        reached = LastRun.replayFrom(known, journal.lastAcknowledged());
        LOG.warn("the database has this node's charges up to batch {}", reached);
        damages.addAll(replay.after(reached, acknowledged, this::commit));
      } while (!caughtUp());
      observer.replayed(damages);
      return true;
    } catch (RuntimeException e) {
      complaint.make("the journal cannot be replayed now", e, clock.nanoTime());
      return false;
    }
  }

  /** Whether nothing was lost while the database was brought up to date. */
  private synchronized boolean caughtUp() {
    behind = again;
    again = false;
    return !behind;
  }

  /** For good: what it still has to charge is diverted. */
  private void superseded() {
    superseded = true;
    behind = false;
    observer.superseded();
  }

  private boolean commit(long number, int count, byte[] rows) {
    while (true) {
      switch (commits.attempt(reached, number, count, rows)) {
        case DONE -> {
          reached = number;
          return true;
        }
        case REJECTED -> {
          return false;
        }
        case AGAIN -> {
          if (!commits.pause()) {
            throw Failure.of(ErrorCode.UNAVAILABLE, "this node shuts down");
          }
        }
      }
    }
  }
}
