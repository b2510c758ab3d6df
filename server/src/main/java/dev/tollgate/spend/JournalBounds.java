package dev.tollgate.spend;

import java.time.Duration;

/**
 * How much a journal keeps.
 *
 * @param maxBytes what all its segments have together at most
 * @param retention how long PostgreSQL's batches are kept, for the day it loses them
 * @param segmentBytes what one file has at most, unless one batch alone is larger
 */
public record JournalBounds(long maxBytes, Duration retention, long segmentBytes) {

  /** Below it, what is kept free would not do for all the charges that a node may have open. */
  public static final long LEAST_BYTES = 256L << 20;

  private static final long SEGMENT_BYTES = 16L << 20;

  public static final JournalBounds DEFAULT = new JournalBounds(1L << 30, Duration.ofDays(7));

  /** In files of 16 MiB. */
  public JournalBounds(long maxBytes, Duration retention) {
    this(maxBytes, retention, SEGMENT_BYTES);
  }

  public JournalBounds {
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
