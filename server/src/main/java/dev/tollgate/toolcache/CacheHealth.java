package dev.tollgate.toolcache;

import java.util.Map;
import java.util.TreeMap;

/** How the cache of this node does, as {@code GET /health/mcp-cache} tells it. */
public record CacheHealth(
    Map<String, Provider> providers, long totalHits, long totalMisses, double overallHitRate) {

  /** The reads of one connector. */
  public record Provider(long hits, long misses, double hitRate) {

    static Provider of(long hits, long misses) {
      return new Provider(hits, misses, rate(hits, misses));
    }
  }

  static CacheHealth of(Map<String, Provider> providers) {
    long hits = providers.values().stream().mapToLong(Provider::hits).sum();
    long misses = providers.values().stream().mapToLong(Provider::misses).sum();
    return new CacheHealth(new TreeMap<>(providers), hits, misses, rate(hits, misses));
  }

  /** To three digits behind the point; 0 before the first read. */
  static double rate(long hits, long misses) {
    long all = hits + misses;
    return all == 0 ? 0 : Math.round(1_000.0 * hits / all) / 1_000.0;
  }
}
