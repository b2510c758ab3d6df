package dev.tollgate.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Redis;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opened credentials in memory: bounded, never older than five seconds, forgotten at once where
 * Redis tells of a change. What was read before a change is not kept after it.
 */
final class CredentialCache {

  private static final Logger log = LoggerFactory.getLogger(CredentialCache.class);
  private static final String CHANNEL = "credentials.changed";
  private static final Duration LIFETIME = Duration.ofSeconds(5);
  private static final Duration RELOAD = Duration.ofMillis(2_500);
  private static final int MOST = 50_000;

  /** Who calls which connector. */
  record Key(UUID organization, Place place) {}

  /**
   * What was found.
   *
   * @param snapshot null: nothing is stored
   */
  record Entry(@Nullable Snapshot snapshot, long readNanos) {}

  private final Cache<Key, Entry> entries;
  private final @Nullable Redis redis;
  private final Clock clock;
  private final AtomicLong changes = new AtomicLong();

  CredentialCache(@Nullable Redis redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
    this.entries =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(LIFETIME)
            .ticker(clock::nanoTime)
            .build();
    if (redis != null) {
      redis.subscribe(CHANNEL, this::heard);
    }
  }

  @Nullable Entry get(Key key) {
    return entries.getIfPresent(key);
  }

  /** Whether it is time to read it again in the background. */
  boolean reloadDue(Entry entry) {
    return clock.nanoTime() - entry.readNanos() >= RELOAD.toNanos();
  }

  /** To be taken before reading what {@link #put} is given. */
  long changes() {
    return changes.get();
  }

  void put(Key key, @Nullable Snapshot snapshot, long changesBefore) {
    entries.put(key, new Entry(snapshot, clock.nanoTime()));
    if (changes.get() != changesBefore) {
      entries.invalidate(key);
    }
  }

  /** Forgets what concerns a connector, here and on other nodes. */
  void changed(UUID organization, UUID connector) {
    forget(organization, connector);
    if (redis != null) {
      redis.publish(CHANNEL, organization + " " + connector);
    }
  }

  private void heard(String message) {
    try {
      int space = message.indexOf(' ');
      forget(
          UUID.fromString(message.substring(0, space)),
          UUID.fromString(message.substring(space + 1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException foreign) {
      log.warn("Redis told of something that is not ours on {}", CHANNEL);
    }
  }

  private void forget(UUID organization, UUID connector) {
    changes.incrementAndGet();
    entries
        .asMap()
        .keySet()
        .removeIf(key ->
            key.organization().equals(organization) && key.place().connector().equals(connector));
  }
}
