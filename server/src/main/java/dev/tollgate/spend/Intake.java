package dev.tollgate.spend;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Charges on their way to a commit: they queue, are numbered in batches, and each batch goes to the
 * journal before anybody tries to commit it.
 *
 * <p>Lock: {@code lock} guards numbering, the backlog and appends to the journal. Bounded by {@link
 * #reserve}: every hold has its place here before it is granted.
 */
final class Intake {

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private final Journal journal;
  private final int capacity;
  private final int most;
  private final Queue<PendingCharge> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger places = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Batch> backlog = new ArrayDeque<>();
  private final ChargeRows rows = new ChargeRows();
  private long last;
  private boolean complained;

  /**
   * @param last the number of this node's last batch, wherever it is
   */
  Intake(Journal journal, SpendConfig config, long last) {
    this.journal = journal;
    this.capacity = config.outstanding();
    this.most = config.batch();
    this.last = last;
  }

  /** Takes a place for a hold and its charge; false: there is none left. */
  boolean reserve() {
    if (places.incrementAndGet() > capacity) {
      places.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Gives a place back whose charge is committed, or whose hold came to nothing. */
  void unreserve() {
    places.decrementAndGet();
  }

  /** Places that are taken. */
  int outstanding() {
    return places.get();
  }

  void add(PendingCharge charge) {
    queue.add(charge);
  }

  boolean isEmpty() {
    return queue.isEmpty() && backlogged() == 0;
  }

  /** Charges that wait. */
  int queued() {
    lock.lock();
    try {
      return queue.size() + backlog.stream().mapToInt(batch -> batch.charges().size()).sum();
    } finally {
      lock.unlock();
    }
  }

  private int backlogged() {
    lock.lock();
    try {
      return backlog.size();
    } finally {
      lock.unlock();
    }
  }

  /** The charge that waits longest, if any does. */
  @Nullable PendingCharge oldest() {
    lock.lock();
    try {
      Batch first = backlog.peek();
      return first == null ? queue.peek() : first.charges().getFirst();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Hands over the next batch to commit, if anything waits.
   *
   * @param taker has it before it is counted here no more: it is never nowhere
   */
  void next(Consumer<Batch> taker) {
    lock.lock();
    try {
      while (backlog.isEmpty() && !queue.isEmpty()) {
        number();
      }
      Batch next = backlog.poll();
      if (next != null) {
        taker.accept(next);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Journals all that waits; it is committed later, in its order. */
  List<Batch> journal() {
    lock.lock();
    try {
      while (!queue.isEmpty()) {
        number();
      }
      return List.copyOf(backlog);
    } finally {
      lock.unlock();
    }
  }

  private void number() {
    List<PendingCharge> group = new ArrayList<>();
    while (group.size() < most) {
      PendingCharge next = queue.poll();
      if (next == null) {
        break;
      }
      group.add(next);
    }
    if (!group.isEmpty()) {
      number(group);
    }
  }

  /** As one batch, or as several where it would be one that no journal takes. */
  private void number(List<PendingCharge> group) {
    byte[] encoded = encode(group);
    if (encoded != null && (encoded.length <= BatchRecord.LONGEST_PAYLOAD || group.size() == 1)) {
      long number = ++last;
      backlog.add(new Batch(number, group, encoded, append(number, group.size(), encoded)));
    } else if (group.size() > 1) {
      int half = group.size() / 2;
      number(group.subList(0, half));
      number(group.subList(half, group.size()));
    } else {
      unreserve();
      Receipts.rejected(group.getFirst());
    }
  }

  private byte @Nullable [] encode(List<PendingCharge> group) {
    try {
      return rows.encode(group);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("{} charges cannot be written down", group.size(), e);
      return null;
    }
  }

  private boolean append(long number, int count, byte[] encoded) {
    try {
      journal.append(number, ChargeRows.FORMAT, count, ByteBuffer.wrap(encoded));
      complained = false;
      return true;
    } catch (RuntimeException e) {
      if (!complained) {
        LOG.error("charges are not journaled and wait for PostgreSQL alone", e);
        complained = true;
      }
      return false;
    }
  }
}
