package dev.tollgate.spend;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One file of a journal. Appended to by one thread at a time; synced by any.
 *
 * <p>Written through a {@code RandomAccessFile}: an interrupt of a thread closes a channel, and
 * would end the journal with it.
 */
final class Segment {

  private final Path file;
  private final SegmentHeader header;

  private volatile long end;
  private volatile long synced;
  private volatile long last;
  private volatile Instant newest;
  private boolean ragged;
  private boolean deleted;
  private @Nullable RandomAccessFile out;

  /**
   * @param end behind its last whole batch
   * @param last the number of that
   */
  Segment(Path file, SegmentHeader header, long end, long last, Instant newest) {
    this.file = file;
    this.header = header;
    this.end = end;
    this.last = last;
    this.newest = newest;
    synced = end;
  }

  /** Makes an empty segment. */
  static Segment make(Path directory, SegmentHeader header) throws IOException {
    Path file = directory.resolve(name(header.sequence()));
    OwnerFiles.make(file, header.bytes(), 0);
    Segment made = new Segment(file, header, SegmentHeader.BYTES, header.after(), header.created());
    made.synced = 0;
    return made;
  }

  static String name(long sequence) {
    return "%012d.batches".formatted(sequence);
  }

  SegmentHeader header() {
    return header;
  }

  long bytes() {
    return end;
  }

  /** The number of its last batch; of the last before it while it has none. */
  long last() {
    return last;
  }

  /** When its last batch was appended. */
  Instant newest() {
    return newest;
  }

  boolean isEmpty() {
    return end == SegmentHeader.BYTES;
  }

  /**
   * Appends a record. When it fails the segment is as before: what was half written is cut off, now
   * or before the next.
   */
  synchronized void append(ByteBuffer record, long batch, Instant at) throws IOException {
    RandomAccessFile to = out();
    if (ragged) {
      to.setLength(end);
      ragged = false;
    }
    try {
      to.seek(end);
      to.write(record.array(), record.arrayOffset(), record.limit());
    } catch (IOException e) {
      ragged = true;
      throw e;
    }
    end += record.limit();
    newest = at;
    // Last: whoever sees the number sees the end behind it.
    last = batch;
  }

  boolean needsSync() {
    return synced < end;
  }

  /**
   * Returns when everything appended before the call is on the disk, or when the segment was closed
   * meanwhile because nobody needs it there.
   */
  void sync() throws IOException {
    long upTo;
    RandomAccessFile to;
    synchronized (this) {
      if (deleted) {
        return;
      }
      upTo = end;
      to = out();
    }
    try {
      to.getFD().sync();
    } catch (IOException e) {
      if (isClosed()) {
        return;
      }
      throw e;
    }
    synchronized (this) {
      synced = Math.max(synced, upTo);
    }
  }

  /** Reads its batches as they are now. */
  SegmentReader reader() throws IOException {
    return new SegmentReader(file, header, end);
  }

  /** Gives the file back to the system; what comes later opens it again. */
  synchronized void close() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }

  synchronized void delete() throws IOException {
    deleted = true;
    close();
    Files.deleteIfExists(file);
  }

  private synchronized boolean isClosed() {
    return out == null;
  }

  private RandomAccessFile out() throws IOException {
    RandomAccessFile open = out;
    if (open == null) {
      open = new RandomAccessFile(file.toFile(), "rw");
      out = open;
    }
    return open;
  }
}
