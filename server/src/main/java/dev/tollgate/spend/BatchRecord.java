package dev.tollgate.spend;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A batch in a segment, big-endian: magic, length of the payload, CRC-32C, batch number, format,
 * rows, microseconds, payload. The checksum is of the segment's salt and of everything else here.
 */
final class BatchRecord {

  /** What is before the payload. */
  static final int HEAD = 40;

  static final int LONGEST_PAYLOAD = 64 << 20;

  /** Bytes that no UTF-8 text has, so that a search behind damage finds few false ones. */
  static final int MAGIC = 0xF5C0_FFFE;

  private static final int CRC_AT = 8;
  private static final int LENGTH_AT = 4;

  private BatchRecord() {}

  /** Writes a record at the beginning of {@code to}, which has room, and flips it. */
  static void write(
      ByteBuffer to, long salt, long batch, int format, int rows, Instant at, ByteBuffer payload) {
    to.clear().putInt(MAGIC).putInt(payload.remaining()).putInt(0).putInt(format).putLong(batch);
    to.putInt(rows).putInt(0).putLong(ChronoUnit.MICROS.between(Instant.EPOCH, at));
    to.put(payload.duplicate()).flip();
    to.putInt(CRC_AT, crc(salt, to));
  }

  /** The bytes of the record whose {@link #HEAD} begins {@code head}; -1: none begins there. */
  static int size(ByteBuffer head) {
    int length = head.getInt(LENGTH_AT);
    return head.getInt(0) != MAGIC || length < 0 || length > LONGEST_PAYLOAD ? -1 : HEAD + length;
  }

  /** Reads a record that has all bytes of {@code from}; null: it is not whole. */
  static @Nullable JournalBatch read(ByteBuffer from, long salt) {
    if (from.getInt(CRC_AT) != crc(salt, from)) {
      return null;
    }
    return new JournalBatch(
        from.getLong(16),
        from.getInt(12),
        from.getInt(24),
        Instant.EPOCH.plus(from.getLong(32), ChronoUnit.MICROS),
        from.slice(HEAD, from.limit() - HEAD));
  }

  private static int crc(long salt, ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(8).putLong(0, salt));
    crc.update(record.duplicate().position(0).limit(CRC_AT));
    crc.update(record.duplicate().position(CRC_AT + 4));
    return (int) crc.getValue();
  }
}
