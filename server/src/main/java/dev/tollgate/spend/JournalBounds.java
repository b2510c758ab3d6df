package dev.tollgate.spend;

import java.time.Duration;

/**
 * How much a journal keeps.
 *
 * @param maxBytes what all its segments have together at most
 * @param retention how long PostgreSQL's batches are kept, for the day it loses them
 * @param segmentBytes what one file has at most, unless one batch alone is larger
 */
record JournalBounds(long maxBytes, Duration retention, long segmentBytes) {

  static final JournalBounds DEFAULT = new JournalBounds(1L << 30, Duration.ofDays(7), 16L << 20);

  JournalBounds {
    if (segmentBytes < 1_024 || maxBytes < 4 * segmentBytes || retention.isNegative()) {
      throw new IllegalArgumentException(
          "a journal has room for four segments of 1 KiB at least, and no negative retention");
    }
  }

  /**
   * What new holds must leave free, so that those that are open can be settled: with the presets 64
   * MiB, a kilobyte for each of 65,536.
   */
  long reserve() {
    return Math.min(maxBytes / 4, 4 * segmentBytes);
  }
}
