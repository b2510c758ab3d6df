package dev.tollgate.toolcache;

import dev.tollgate.kernel.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether an answer may be kept, and for how long. */
final class Keeping {

  private final CacheConfig config;
  private final Clock clock;

  Keeping(CacheConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /** Whether nothing in the arguments forbids it. */
  boolean allows(CacheKey key) {
    return !SecretScan.finds(key.arguments());
  }

  /**
   * What to keep of an answer; null for nothing.
   *
   * @param took nanoseconds that the upstream took
   */
  @Nullable Entry entry(ReadCall call, Upstream.Answer answer, long took) {
    if (answer.error() || answer.result().length > config.largest() || !call.control().store()) {
      return null;
    }
    ResultScan scan = ResultScan.of(answer.result());
    Duration ttl = ttl(call, scan);
    if (!scan.keepable() || ttl.isZero() || SecretScan.finds(answer.result())) {
      return null;
    }
    long cost = Duration.ofNanos(took).toMillis();
    return new Entry(
        answer.result(), clock.now().toEpochMilli(), ttl.toMillis(), cost, call.provider());
  }

  private static Duration ttl(ReadCall call, ResultScan scan) {
    Freshness freshness = call.freshness();
    if (!freshness.hinted()) {
      return freshness.ttl();
    }
    if (scan.personal() && call.key().shared()) {
      return Duration.ZERO;
    }
    Duration hint = scan.ttl();
    return hint == null ? freshness.ttl() : hint;
  }
}
