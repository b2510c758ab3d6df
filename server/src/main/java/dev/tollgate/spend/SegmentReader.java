package dev.tollgate.spend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a segment in their order, one at a time in memory.
 *
 * <p>Behind bytes that are no record it looks for the next one: a record is recognized by its
 * magic, its salted checksum, and a number above the last. What was between is {@link #damages}.
 */
final class SegmentReader implements AutoCloseable {

  private static final int WINDOW = 1 << 16;

  private final FileChannel channel;
  private final long salt;
  private final long end;
  private final List<Damage> damages = new ArrayList<>();
  private long position = SegmentHeader.BYTES;
  private long last;

  /**
   * @param end where to stop; what is behind is not looked at
   */
  SegmentReader(Path file, SegmentHeader header, long end) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ);
    salt = header.salt();
    last = header.after();
    this.end = end;
  }

  /** The next whole batch; null: there is none up to the end. */
  @Nullable JournalBatch next() throws IOException {
    JournalBatch batch = at(position);
    if (batch != null) {
      return take(batch, position);
    }
    for (long at = search(position + 1); at >= 0; at = search(at + 1)) {
      batch = at(at);
      if (batch != null) {
        damages.add(new Damage(last, batch.number() - 1, at - position));
        return take(batch, at);
      }
    }
    return null;
  }

  /** Behind the last whole batch. */
  long position() {
    return position;
  }

  /** How many bytes are behind that. */
  long unread() {
    return end - position;
  }

  /** The number of the last whole batch, or of the last before this segment. */
  long last() {
    return last;
  }

  /** Places between whole batches, so far. */
  List<Damage> damages() {
    return damages;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private JournalBatch take(JournalBatch batch, long at) {
    position = at + BatchRecord.HEAD + batch.payload().limit();
    last = batch.number();
    return batch;
  }

  private @Nullable JournalBatch at(long at) throws IOException {
    if (end - at < BatchRecord.HEAD) {
      return null;
    }
    int size = BatchRecord.size(read(at, BatchRecord.HEAD));
    if (size < 0 || size > end - at) {
      return null;
    }
    JournalBatch batch = BatchRecord.read(read(at, size), salt);
    return batch == null || batch.number() <= last ? null : batch;
  }

  /** Where the next magic begins, from {@code from} on; -1: nowhere. */
  private long search(long from) throws IOException {
    for (long at = from; end - at >= BatchRecord.HEAD; at += WINDOW) {
      ByteBuffer window = read(at, (int) Math.min(WINDOW + 3, end - at));
      for (int i = 0; i + 4 <= window.limit(); i++) {
        if (window.getInt(i) == BatchRecord.MAGIC) {
          return at + i;
        }
      }
    }
    return -1;
  }

  private ByteBuffer read(long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new IOException("the segment ended while it was read");
      }
    }
    return bytes.flip();
  }
}
