package dev.tollgate.toolcache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.tollgate.kernel.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Answers in this process, weighed in bytes. */
final class LevelOne {

  private final CacheConfig config;
  private final Clock clock;
  private final Cache<Digest, Entry> entries;

  LevelOne(CacheConfig config, CacheMeters meters, Clock clock) {
    this.config = config;
    this.clock = clock;
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(config.memory())
            .weigher((Digest key, Entry entry) -> entry.weight())
            .expireAfter(Expiry.creating((Digest key, Entry entry) -> life(entry)))
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .removalListener((key, entry, cause) -> {
              if (entry != null) {
                meters.weighs(entry.provider(), -entry.weight());
              }
            })
            .build();
  }

  private Duration life(Entry entry) {
    long left = entry.ttlMillis() - entry.ageMillis(clock.now().toEpochMilli());
    return Duration.ofMillis(Math.max(1, left)).plus(config.staleFor());
  }

  @Nullable Entry get(Digest key) {
    return entries.getIfPresent(key);
  }

  void put(Digest key, Entry entry, CacheMeters meters) {
    meters.weighs(entry.provider(), entry.weight());
    entries.put(key, entry);
  }

  /**
   * Whether a hit should fetch anew although it is fresh: the likelier, the closer its end and the
   * longer the upstream takes, so that one of many does and not all at the end.
   *
   * <p>Source: Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede
   * Prevention", VLDB 2015 (XFetch).
   */
  boolean early(Entry entry, long ageMillis) {
    double ahead = entry.costMillis() * config.beta() * -Math.log(draw());
    return ageMillis + ahead >= entry.ttlMillis();
  }

  private static double draw() {
    return 1.0 - ThreadLocalRandom.current().nextDouble();
  }
}
