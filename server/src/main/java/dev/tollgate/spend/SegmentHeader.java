package dev.tollgate.spend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The first 72 bytes of a segment, big-endian: magic, version, node, sequence, the last batch
 * before it, creation in microseconds, salt, CRC-32C of these, and 4 bytes of nothing.
 *
 * @param sequence segments count up by one
 * @param after the last batch of the segments before
 * @param salt goes into the checksum of every record, so that bytes from elsewhere are none
 */
record SegmentHeader(UUID node, long sequence, long after, Instant created, long salt) {

  static final int BYTES = 72;

  private static final long MAGIC = 0x5447_4241_5443_4831L; // TGBATCH1
  private static final int VERSION = 1;
  private static final int CRC_AT = 64;

  ByteBuffer bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).putLong(MAGIC).putInt(VERSION);
    bytes.putLong(node.getMostSignificantBits()).putLong(node.getLeastSignificantBits());
    bytes.putLong(sequence).putLong(after);
    bytes.putLong(ChronoUnit.MICROS.between(Instant.EPOCH, created)).putLong(salt);
    return bytes.putInt(CRC_AT, Crc.of(bytes, CRC_AT)).clear();
  }

  /** Null: {@code file} does not begin as one of ours of this version does. */
  static @Nullable SegmentHeader read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          return null;
        }
      }
    }
    bytes.flip();
    if (bytes.getInt(CRC_AT) != Crc.of(bytes, CRC_AT)
        || bytes.getLong() != MAGIC
        || bytes.getInt() != VERSION) {
      return null;
    }
    return new SegmentHeader(
        new UUID(bytes.getLong(), bytes.getLong()),
        bytes.getLong(),
        bytes.getLong(),
        Instant.EPOCH.plus(bytes.getLong(), ChronoUnit.MICROS),
        bytes.getLong());
  }
}
