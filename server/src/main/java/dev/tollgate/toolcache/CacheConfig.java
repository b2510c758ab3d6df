package dev.tollgate.toolcache;

import java.time.Duration;

/**
 * The limits of the response cache.
 *
 * @param environment what tells this installation from others on the same Redis
 * @param memory bytes that level one may weigh
 * @param largest bytes that a result may have to be kept
 * @param lease how long an id is trusted after it was read, at most 250 ms
 * @param redisPatience after which a question to Redis counts as unanswered
 * @param flightLease after which other nodes take over from a leader that is silent
 * @param beta how early hot entries are refreshed, 0 for never (XFetch)
 * @param doubt for how long after its deadline a write without an outcome may be carried out
 * @param staleFor how long an old answer may be given while a new one is fetched
 */
public record CacheConfig(
    String environment,
    long memory,
    int largest,
    Duration lease,
    Duration redisPatience,
    Duration flightLease,
    double beta,
    Duration doubt,
    Duration staleFor) {

  public static final CacheConfig DEFAULT =
      new CacheConfig(
          "default",
          64L << 20,
          1 << 20,
          Duration.ofMillis(250),
          Duration.ofMillis(150),
          Duration.ofSeconds(1),
          1.0,
          Duration.ofSeconds(10),
          Duration.ZERO);

  public CacheConfig {
    if (lease.toMillis() < 1 || lease.toMillis() > 250) {
      throw new IllegalArgumentException("lease must be from 1 to 250 ms");
    }
    if (memory < 0 || largest < 0 || beta < 0) {
      throw new IllegalArgumentException("memory, largest and beta must not be negative");
    }
  }
}
