package dev.tollgate.keyring;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Redis;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Organizations' keys in memory: bounded, never older than five seconds, forgotten at once where
 * Redis tells of a change. What was read before a change is not kept after it.
 *
 * <p>One reading an organization at a time, on a virtual thread; what is in use is read again at
 * half its age, so that nobody waits for it. A failure is handed to whoever waited and not kept; a
 * reading that takes too long is one, and the next who asks begins another.
 */
final class OwnKeysCache {

  static final Duration LIFETIME = Duration.ofSeconds(5);
  static final Duration REFRESH = Duration.ofMillis(2_500);

  private static final Logger log = LoggerFactory.getLogger(OwnKeysCache.class);
  private static final String CHANNEL = "provider-keys.changed";
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST = 50_000;

  /** Where keys are read; blocks, and throws where they cannot be. */
  @FunctionalInterface
  interface Source {
    OwnKeys read(UUID organization);
  }

  private static final class Entry {
    private final OwnKeys keys;
    private final AtomicLong refreshAt;

    Entry(OwnKeys keys, long refreshAt) {
      this.keys = keys;
      this.refreshAt = new AtomicLong(refreshAt);
    }
  }

  private final Source source;
  private final Clock clock;
  private final @Nullable Redis redis;
  private final Duration patience;
  private final Cache<UUID, Entry> entries;
  private final ConcurrentMap<UUID, CompletableFuture<OwnKeys>> flights = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  OwnKeysCache(Source source, @Nullable Redis redis, Clock clock) {
    this(source, redis, clock, PATIENCE);
  }

  /**
   * @param patience how long a reading is waited for
   */
  OwnKeysCache(Source source, @Nullable Redis redis, Clock clock, Duration patience) {
    this.source = source;
    this.redis = redis;
    this.clock = clock;
    this.patience = patience;
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

  /** Without waiting; null: memory does not know. */
  @Nullable OwnKeys cached(UUID organization) {
    Entry entry = entries.getIfPresent(organization);
    if (entry == null) {
      return null;
    }
    long now = clock.nanoTime();
    long due = entry.refreshAt.get();
    if (now - due >= 0 && entry.refreshAt.compareAndSet(due, now + RETRY.toNanos())) {
      var _ = read(organization);
    }
    return entry.keys;
  }

  /** Fails with a {@link Failure}: {@code UNAVAILABLE} where the keys cannot be known now. */
  CompletableFuture<OwnKeys> get(UUID organization) {
    OwnKeys cached = cached(organization);
    return cached == null ? read(organization) : CompletableFuture.completedFuture(cached);
  }

  private CompletableFuture<OwnKeys> read(UUID organization) {
    CompletableFuture<OwnKeys> mine = new CompletableFuture<>();
    CompletableFuture<OwnKeys> running = flights.putIfAbsent(organization, mine);
    if (running != null) {
      return running;
    }
    Thread.ofVirtual().name("provider-keys").start(() -> read(organization, mine));
    var _ =
        mine.copy()
            .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((read, thrown) -> {
              if (thrown instanceof TimeoutException) {
                flights.remove(organization, mine);
                mine.completeExceptionally(unreadable(thrown));
              }
            });
    return mine;
  }

  private static Failure unreadable(Throwable cause) {
    return Failure.of(
        ErrorCode.UNAVAILABLE,
        "the organization's own provider keys cannot be read now; try again",
        cause);
  }

  private void read(UUID organization, CompletableFuture<OwnKeys> flight) {
    try {
      long before = changes.get();
      long asked = clock.nanoTime();
      OwnKeys found = source.read(organization);
      flights.remove(organization, flight);
      flight.complete(put(organization, found, before, asked));
    } catch (RuntimeException | Error thrown) {
      flights.remove(organization, flight);
      log.warn("the provider keys of organization {} cannot be read", organization, thrown);
      flight.completeExceptionally(unreadable(thrown));
    }
  }

  /** Keeps what was found, and gives what is kept: the same object for the same keys. */
  private OwnKeys put(UUID organization, OwnKeys found, long changesBefore, long asked) {
    Entry old = entries.getIfPresent(organization);
    OwnKeys kept = old != null && old.keys.same(found) ? old.keys : found;
    entries.put(organization, new Entry(kept, asked + REFRESH.toNanos()));
    if (changes.get() != changesBefore) {
      entries.invalidate(organization);
    }
    return kept;
  }

  /** Forgets an organization's keys, here and on other nodes. */
  void changed(UUID organization) {
    forget(organization);
    if (redis != null) {
      redis.publish(CHANNEL, organization.toString());
    }
  }

  private void heard(String message) {
    try {
      forget(UUID.fromString(message));
    } catch (IllegalArgumentException foreign) {
      log.warn("Redis told of something that is not ours on {}", CHANNEL);
    }
  }

  private void forget(UUID organization) {
    changes.incrementAndGet();
    flights.remove(organization);
    entries.invalidate(organization);
  }
}
