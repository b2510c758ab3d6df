package dev.tollgate.tenancy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who a key belongs to, from memory: bounded, keyed by hash, never older than five seconds.
 *
 * <p>A key that is in use is asked for again at half that age, in the background, so that a hot key
 * never waits. A key that belongs to nobody is remembered for a second, apart from the others. What
 * was read before an invalidation is not kept after it.
 */
final class KeyCache {

  static final Duration LIFETIME = Duration.ofSeconds(5);
  static final Duration REFRESH = Duration.ofMillis(2_500);
  static final Duration UNKNOWN_LIFETIME = Duration.ofSeconds(1);

  /** Where keys are found; throws {@link Failure} where that cannot be known. */
  @FunctionalInterface
  interface Source {
    KeyLookup.@Nullable Found find(KeyHash hash);
  }

  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 10;
  private static final int MOST_KEYS = 100_000;
  private static final int MOST_UNKNOWN = 10_000;

  private final Source source;
  private final Clock clock;
  private final Cache<KeyHash, Entry> known;
  private final Cache<KeyHash, Boolean> unknown;
  private final ConcurrentMap<KeyHash, CompletableFuture<@Nullable Entry>> loading =
      new ConcurrentHashMap<>();

  /** Counts invalidations. */
  private final AtomicLong generation = new AtomicLong();

  KeyCache(Source source, Clock clock) {
    this.source = source;
    this.clock = clock;
    known =
        Caffeine.newBuilder()
            .maximumSize(MOST_KEYS)
            .expireAfterWrite(LIFETIME)
            .ticker(clock::nanoTime)
            .build();
    unknown =
        Caffeine.newBuilder()
            .maximumSize(MOST_UNKNOWN)
            .expireAfterWrite(UNKNOWN_LIFETIME)
            .ticker(clock::nanoTime)
            .build();
  }

  /** Without waiting; null where memory does not know, or knows that the key is nobody's. */
  @Nullable Caller cached(KeyHash hash) {
    Entry entry = known.getIfPresent(hash);
    long now = clock.nanoTime();
    if (entry == null || !entry.good(now, clock.now())) {
      return null;
    }
    if (entry.refreshDue(now)) {
      Thread.ofVirtual().name("key-refresh").start(() -> refresh(hash));
    }
    return entry.caller;
  }

  /**
   * Waits for the database where memory does not know.
   *
   * @throws Failure UNAUTHENTICATED when the key is nobody's, UNAVAILABLE when it cannot be known
   */
  Caller authenticate(KeyHash hash) {
    Caller cached = cached(hash);
    if (cached != null) {
      return cached;
    }
    Entry entry = unknown.getIfPresent(hash) == null ? load(hash) : null;
    if (entry == null || entry.expired(clock.now())) {
      throw Failure.of(
          ErrorCode.UNAUTHENTICATED,
          "the key is wrong, revoked or expired; ask an administrator for another");
    }
    return entry.caller;
  }

  /** Forgets what {@code belongs}, also what is being read at this moment. */
  void invalidate(Predicate<Caller> belongs) {
    generation.incrementAndGet();
    known.asMap().values().removeIf(entry -> belongs.test(entry.caller));
  }

  private void refresh(KeyHash hash) {
    try {
      if (load(hash) == null) {
        known.invalidate(hash);
      }
    } catch (Failure e) {
      // The entry stays until it is too old; then its users hear of the failure.
      return;
    }
  }

  /** One look-up of a hash at a time; whoever else asks meanwhile waits for its answer. */
  private @Nullable Entry load(KeyHash hash) {
    CompletableFuture<@Nullable Entry> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable Entry> running = loading.putIfAbsent(hash, mine);
    if (running != null) {
      return await(running);
    }
    try {
      Entry entry = read(hash);
      mine.complete(entry);
      return entry;
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      loading.remove(hash, mine);
    }
  }

  private static @Nullable Entry await(CompletableFuture<@Nullable Entry> running) {
    try {
      return running.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Failure failure) {
        throw failure;
      }
      throw new IllegalStateException("looking a key up", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw late(e);
    } catch (TimeoutException e) {
      throw late(e);
    }
  }

  private static Failure late(Exception cause) {
    return Failure.of(ErrorCode.UNAVAILABLE, "the key could not be looked up in time", cause);
  }

  /** Reads until no invalidation came between the question and the answer. */
  private @Nullable Entry read(KeyHash hash) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long before = generation.get();
      long asked = clock.nanoTime();
      KeyLookup.Found found = source.find(hash);
      if (found == null) {
        unknown.put(hash, true);
        return null;
      }
      Entry entry = new Entry(found.caller(), found.expiresAt(), asked);
      known.asMap().compute(hash, (key, old) -> generation.get() == before ? entry : old);
      if (generation.get() == before) {
        return entry;
      }
    }
    throw Failure.of(ErrorCode.OVERLOADED, "keys are being revoked in great number; try again");
  }

  /** One key's owner, as the database had it at {@code asked}. */
  private static final class Entry {

    private final Caller caller;
    private final @Nullable Instant expiresAt;
    private final long asked;
    private final AtomicLong refreshAt;

    Entry(Caller caller, @Nullable Instant expiresAt, long asked) {
      this.caller = caller;
      this.expiresAt = expiresAt;
      this.asked = asked;
      this.refreshAt = new AtomicLong(asked + REFRESH.toNanos());
    }

    boolean good(long now, Instant wall) {
      return now - asked < LIFETIME.toNanos() && !expired(wall);
    }

    boolean expired(Instant wall) {
      return expiresAt != null && !wall.isBefore(expiresAt);
    }

    /** True for one asker each time that it is due. */
    boolean refreshDue(long now) {
      long due = refreshAt.get();
      return now - due >= 0 && refreshAt.compareAndSet(due, now + RETRY.toNanos());
    }
  }
}
