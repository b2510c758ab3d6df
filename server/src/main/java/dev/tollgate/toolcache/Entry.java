package dev.tollgate.toolcache;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is kept.
 *
 * @param storedAt the wall clock's millisecond at which the upstream gave it
 * @param ttlMillis how long it is fresh
 * @param costMillis how long the upstream took
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, and a copy would cost.
record Entry(byte[] result, long storedAt, long ttlMillis, long costMillis, String provider) {

  private static final byte VERSION = 1;
  private static final int HEADER = 1 + 3 * Long.BYTES;

  /** What an entry weighs beside its bytes, roughly. */
  private static final int OVERHEAD = 200;

  int weight() {
    return result.length + OVERHEAD;
  }

  long ageMillis(long now) {
    return Math.max(0, now - storedAt);
  }

  byte[] encoded() {
    return ByteBuffer.allocate(HEADER + result.length)
        .put(VERSION)
        .putLong(storedAt)
        .putLong(ttlMillis)
        .putLong(costMillis)
        .put(result)
        .array();
  }

  /** Null where the bytes are of another version. */
  static @Nullable Entry decoded(byte[] bytes, String provider) {
    if (bytes.length < HEADER || bytes[0] != VERSION) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
    long storedAt = buffer.getLong();
    long ttl = buffer.getLong();
    long cost = buffer.getLong();
    byte[] result = new byte[buffer.remaining()];
    buffer.get(result);
    return new Entry(result, storedAt, ttl, cost, provider);
  }
}
