package dev.tollgate.toolcache;

import java.time.Duration;
import java.util.Locale;

/**
 * The answer to a read.
 *
 * @param result as the upstream wrote it; not to be changed, others have the same bytes
 * @param error whether it is an error of JSON-RPC
 * @param age how long ago the upstream gave it
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, and a copy would cost.
public record Cached(byte[] result, boolean error, Status status, Duration age) {

  /** Where an answer comes from. */
  public enum Status {
    /** It was kept, or another caller's call under way brought it. */
    HIT,
    /** The upstream gave it to this call. */
    MISS,
    /** It was kept for too long, and is being fetched anew. */
    STALE,
    /** The upstream gave it, and the cache was not asked. */
    BYPASS;

    /** The name on the wire. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
