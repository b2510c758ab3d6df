package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The node's settled batches, in the order of their numbers, in files that outlive the process: for
 * the time PostgreSQL is away, and for the day it comes back without its last commits.
 *
 * <p>{@code append} is for one caller at a time; {@code force}, {@code acknowledged} and the
 * figures may be called by others meanwhile. All of them may block on the disk and belong on a
 * virtual thread. What PostgreSQL has not acknowledged is never dropped; when that leaves no room,
 * there is none, and it is said.
 *
 * <p>A batch that was appended outlives {@code kill -9}; after {@link #force} it outlives the
 * machine's crash.
 */
final class Journal implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BUFFER_KEPT = 1 << 20;

  private final Path directory;
  private final JournalBounds bounds;
  private final UUID node;
  private final Clock clock;
  private final Mark mark;
  private final Recovery recovery;

  // Guards the list, the mark and the figures; held while a record is written, never while synced.
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Segment> segments;
  private ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
  private long sequence;
  private long lastBatch;
  private int replays;
  private boolean namesChanged;

  // One at a time; taken before the other lock.
  private final ReentrantLock syncing = new ReentrantLock();
  private volatile boolean lost;

  private Journal(Path directory, JournalBounds bounds, UUID node, Clock clock, Mark mark)
      throws IOException {
    this.directory = directory;
    this.bounds = bounds;
    this.node = node;
    this.clock = clock;
    this.mark = mark;
    JournalOpening opening = new JournalOpening(directory, node, mark);
    recovery = opening.look();
    segments = opening.segments();
    Segment last = segments.peekLast();
    if (last != null) {
      sequence = last.header().sequence();
      lastBatch = last.last();
    }
  }

  /**
   * Opens the journal in {@code directory}, or makes it.
   *
   * @param boot which start of the machine this is, see {@link BootId}
   * @throws UncheckedIOException when the directory cannot be read or written
   */
  static Journal open(Path directory, JournalBounds bounds, UUID node, String boot, Clock clock) {
    try {
      Mark mark = Mark.open(OwnerFiles.directory(directory), node, boot);
      return new Journal(directory, bounds, node, clock, mark);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the journal in " + directory, e);
    }
  }

  /** What was found at the opening. */
  Recovery recovery() {
    return recovery;
  }

  /**
   * Says that what the opening found is dealt with, so that the next process may trust what this
   * one writes. A process that ends before leaves the journal as doubtful as it was.
   */
  void vouch() {
    lock.lock();
    try {
      mark.vouch();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Appends a batch; into the page cache, no further.
   *
   * @param batch above every number appended or acknowledged so far
   * @param format of the payload, for its reader
   * @throws Failure UNAVAILABLE: nothing was appended, for want of room in the bounds or on the
   *     disk; a later try may succeed
   */
  void append(long batch, int format, int rows, ByteBuffer payload) {
    lock.lock();
    try {
      if (batch <= Math.max(lastBatch, mark.acknowledged())) {
        throw new IllegalArgumentException("batch " + batch + " comes after " + lastBatch);
      }
      if (payload.remaining() > BatchRecord.LONGEST_PAYLOAD) {
        throw new IllegalArgumentException("a batch of " + payload.remaining() + " bytes");
      }
      int size = BatchRecord.HEAD + payload.remaining();
      Segment segment = segmentFor(size);
      if (buffer.capacity() < size) {
        buffer = ByteBuffer.allocate(Math.max(size, 2 * buffer.capacity()));
      }
      Instant now = clock.now();
      BatchRecord.write(buffer, segment.header().salt(), batch, format, rows, now, payload);
      segment.append(buffer, batch, now);
      lastBatch = batch;
      if (buffer.capacity() > BUFFER_KEPT) {
        buffer = ByteBuffer.allocate(BUFFER_KEPT);
      }
    } catch (IOException e) {
      throw Failure.of(ErrorCode.UNAVAILABLE, "the node's journal cannot be written", e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns when every batch appended before the call is on the disk.
   *
   * @throws Failure UNAVAILABLE; then and ever after, until the journal is opened again: the kernel
   *     forgets what it could not write, and would call the next try a success
   */
  void force() {
    syncing.lock();
    try {
      if (lost) {
        throw Failure.of(
            ErrorCode.UNAVAILABLE, "the node's journal lost a write: start the node again");
      }
      sync();
    } catch (IOException e) {
      lost = true;
      throw Failure.of(ErrorCode.UNAVAILABLE, "the node's journal cannot be synced", e);
    } finally {
      syncing.unlock();
    }
  }

  private void sync() throws IOException {
    List<Segment> unsynced;
    boolean names;
    Segment current;
    lock.lock();
    try {
      unsynced = segments.stream().filter(Segment::needsSync).toList();
      current = segments.peekLast();
      names = namesChanged;
      namesChanged = false;
    } finally {
      lock.unlock();
    }
    for (Segment segment : unsynced) {
      segment.sync();
      if (segment != current) {
        segment.close();
      }
    }
    if (names) {
      OwnerFiles.sync(directory);
    }
  }

  /** PostgreSQL has everything up to {@code batch}: what is beyond need is dropped. */
  void acknowledged(long batch) {
    lock.lock();
    try {
      if (batch > mark.acknowledged()) {
        mark.acknowledged(batch);
        dropNeedless(0);
      }
    } catch (IOException e) {
      throw Failure.of(ErrorCode.UNAVAILABLE, "the node's journal cannot be shortened", e);
    } finally {
      lock.unlock();
    }
  }

  /** PostgreSQL has lost what came after {@code batch}; on the disk when this returns. */
  void unacknowledge(long batch) {
    lock.lock();
    try {
      if (batch < mark.acknowledged()) {
        mark.acknowledged(batch);
        mark.sync();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Up to which batch PostgreSQL is known to have it; may lag after a crash. */
  long lastAcknowledged() {
    lock.lock();
    try {
      return mark.acknowledged();
    } finally {
      lock.unlock();
    }
  }

  /** The number of the last batch; 0: there never was one, or its segment is gone. */
  long lastBatch() {
    lock.lock();
    try {
      return lastBatch;
    } finally {
      lock.unlock();
    }
  }

  /** What the segments have together. */
  long usedBytes() {
    lock.lock();
    try {
      return used();
    } finally {
      lock.unlock();
    }
  }

  /** What the segments have that hold a batch PostgreSQL is not known to have. */
  long unacknowledgedBytes() {
    lock.lock();
    try {
      return unacknowledged();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether new holds may be taken: what PostgreSQL does not have leaves room for the settlement of
   * the open ones.
   */
  boolean room() {
    lock.lock();
    try {
      return !lost && unacknowledged() + bounds.reserve() <= bounds.maxBytes();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives all batches above {@code batch} to {@code consumer}, in order, one in memory at a time.
   * No segment is dropped meanwhile; what is appended meanwhile may be among them.
   *
   * @return what could not be read on the way; empty: nothing is missing
   * @throws Failure UNAVAILABLE when the disk cannot be read
   */
  List<Damage> forEachAfter(long batch, Consumer<JournalBatch> consumer) {
    List<Segment> snapshot;
    lock.lock();
    try {
      replays++;
      snapshot = List.copyOf(segments);
    } finally {
      lock.unlock();
    }
    try {
      List<Damage> damages = new ArrayList<>();
      for (Segment segment : snapshot) {
        if (segment.last() > batch) {
          replay(segment, batch, consumer, damages);
        }
      }
      return damages;
    } catch (IOException e) {
      throw Failure.of(ErrorCode.UNAVAILABLE, "the node's journal cannot be read", e);
    } finally {
      replayed();
    }
  }

  private void replayed() {
    lock.lock();
    try {
      replays--;
    } finally {
      lock.unlock();
    }
  }

  private static void replay(
      Segment segment, long batch, Consumer<JournalBatch> consumer, List<Damage> damages)
      throws IOException {
    long expected = segment.last();
    try (SegmentReader reader = segment.reader()) {
      for (JournalBatch next = reader.next(); next != null; next = reader.next()) {
        if (next.number() > batch) {
          consumer.accept(next);
        }
      }
      damages.addAll(reader.damages());
      if (reader.last() < expected) {
        damages.add(new Damage(reader.last(), expected, reader.unread()));
      }
    }
  }

  /** Closes the files; what was not forced is left to the kernel. */
  @Override
  public void close() {
    lock.lock();
    try {
      for (Segment segment : segments) {
        segment.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the journal", e);
    } finally {
      lock.unlock();
    }
  }

  private Segment segmentFor(int size) throws IOException {
    Segment current = segments.peekLast();
    boolean fits =
        current != null && (current.isEmpty() || current.bytes() + size <= bounds.segmentBytes());
    long needed = current != null && fits ? size : size + SegmentHeader.BYTES;
    if (used() + needed > bounds.maxBytes()) {
      dropNeedless(needed);
      if (used() + needed > bounds.maxBytes()) {
        throw Failure.of(ErrorCode.UNAVAILABLE, "the node's journal is full");
      }
    }
    return current != null && fits ? current : begin(current);
  }

  private Segment begin(@Nullable Segment before) throws IOException {
    Segment made =
        Segment.make(
            directory,
            new SegmentHeader(node, sequence + 1, lastBatch, clock.now(), RANDOM.nextLong()));
    sequence++;
    namesChanged = true;
    segments.addLast(made);
    if (before != null && before.last() <= mark.acknowledged()) {
      before.close();
    }
    return made;
  }

  /** Drops the oldest segments that PostgreSQL has, while they are too old or too much. */
  private void dropNeedless(long needed) throws IOException {
    Instant oldest = clock.now().minus(bounds.retention());
    while (segments.size() > 1 && replays == 0) {
      Segment first = segments.getFirst();
      boolean tooMuch = used() + Math.max(needed, bounds.segmentBytes()) > bounds.maxBytes();
      if (first.last() > mark.acknowledged() || (!tooMuch && !first.newest().isBefore(oldest))) {
        return;
      }
      first.delete();
      segments.removeFirst();
    }
  }

  private long used() {
    return segments.stream().mapToLong(Segment::bytes).sum();
  }

  private long unacknowledged() {
    return segments.stream()
        .filter(segment -> segment.last() > mark.acknowledged() && !segment.isEmpty())
        .mapToLong(Segment::bytes)
        .sum();
  }
}
