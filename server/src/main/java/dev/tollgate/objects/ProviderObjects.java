package dev.tollgate.objects;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.OrgScope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose the objects on providers' sides are.
 *
 * <p>Safe for any thread; futures complete on any. Memory has what this node saw of late, in front
 * of the database, which all nodes share.
 */
public final class ProviderObjects implements AutoCloseable {

  /** As long as OpenAI keeps responses. */
  public static final Duration RETENTION = Duration.ofDays(30);

  private static final int MOST_CACHED = 100_000;
  private static final Duration CACHED = Duration.ofMinutes(10);
  private static final int AT_ONCE = 4;
  private static final int WAITING = 1_000;
  private static final long PATIENCE_MILLIS = 2_000;

  private final ObjectStore store;
  private final ObjectWriter writer;
  private final Sweeper sweeper;
  private final Cache<Key, Set<Maker>> cache =
      Caffeine.newBuilder().maximumSize(MOST_CACHED).expireAfterWrite(CACHED).build();
  private final Semaphore permits = new Semaphore(AT_ONCE);
  private final AtomicInteger waiting = new AtomicInteger();
  private final Counter kept;
  private final Counter lost;

  private record Key(UUID organization, String hash) {}

  private ProviderObjects(ObjectStore store, MeterRegistry registry) {
    this.store = store;
    this.writer = new ObjectWriter(store);
    this.sweeper = new Sweeper(store);
    this.kept = counter(registry, "kept");
    this.lost = counter(registry, "lost");
  }

  private static Counter counter(MeterRegistry registry, String result) {
    return Counter.builder("provider.objects")
        .description("Objects at providers whose owner was written down, or could not be")
        .tag("result", result)
        .register(registry);
  }

  /**
   * Opens the room.
   *
   * @param retention how long an id is known after it was last given out
   */
  public static ProviderObjects open(Storage storage, Duration retention, MeterRegistry registry) {
    return new ProviderObjects(new ObjectStore(storage, retention), registry);
  }

  /**
   * Who made each of {@code ids}: an id that is not the organization's is not among them. Complete
   * at once where memory knows; fails with {@code UNAVAILABLE} while the database is away, and with
   * {@code OVERLOADED} where too many ask.
   */
  public Future<Map<String, Set<Maker>>> find(OrgScope scope, Collection<String> ids) {
    UUID organization = scope.organizationId();
    Map<String, Set<Maker>> found = new HashMap<>();
    Map<String, String> unknown = new HashMap<>();
    for (String id : ids) {
      String hash = ObjectStore.hash(id);
      Set<Maker> makers = cache.getIfPresent(new Key(organization, hash));
      if (makers == null) {
        unknown.put(hash, id);
      } else {
        found.put(id, makers);
      }
    }
    if (unknown.isEmpty()) {
      return Future.succeededFuture(found);
    }
    return aside(() -> {
      store
          .find(organization, unknown.keySet())
          .forEach((hash, makers) -> {
            String id = unknown.get(hash);
            if (id != null) {
              cache.put(new Key(organization, hash), Set.copyOf(makers));
              found.put(id, makers);
            }
          });
      return found;
    });
  }

  /**
   * Keeps what an answer gave out; completes with whether it is durable. What is not can never be
   * named by a later request.
   */
  public Future<Boolean> keep(OrgScope scope, Maker maker, Map<String, ObjectKind> ids) {
    UUID organization = scope.organizationId();
    Map<String, ObjectKind> news = new HashMap<>();
    ids.forEach((id, kind) -> {
      String hash = ObjectStore.hash(id);
      if (!known(organization, hash, maker)) {
        news.put(hash, kind);
      }
    });
    if (news.isEmpty()) {
      return Future.succeededFuture(true);
    }
    return writer
        .write(organization, maker, news)
        .onSuccess(durable -> {
          (durable ? kept : lost).increment(news.size());
          if (durable) {
            news.keySet().forEach(hash -> remember(organization, hash, maker));
          }
        });
  }

  /** Forgets an object that its provider no longer has. */
  public Future<Boolean> forget(OrgScope scope, String id) {
    UUID organization = scope.organizationId();
    String hash = ObjectStore.hash(id);
    cache.invalidate(new Key(organization, hash));
    return aside(() -> {
      store.remove(organization, hash);
      cache.invalidate(new Key(organization, hash));
      return true;
    });
  }

  private boolean known(UUID organization, String hash, Maker maker) {
    Set<Maker> makers = cache.getIfPresent(new Key(organization, hash));
    return makers != null && makers.contains(maker);
  }

  private void remember(UUID organization, String hash, Maker maker) {
    cache
        .asMap()
        .merge(
            new Key(organization, hash),
            Set.of(maker),
            (one, other) -> {
              Set<Maker> both = new HashSet<>(one);
              both.addAll(other);
              return Set.copyOf(both);
            });
  }

  /** On a virtual thread, few at once: ids that nobody has must not take every connection. */
  private <T> Future<T> aside(Supplier<T> work) {
    if (waiting.incrementAndGet() > WAITING) {
      waiting.decrementAndGet();
      return Future.failedFuture(tooMany());
    }
    Promise<T> promise = Promise.promise();
    Thread.ofVirtual().name("provider-objects-look-up").start(() -> run(work, promise));
    return promise.future();
  }

  private <T> void run(Supplier<T> work, Promise<T> promise) {
    T done = null;
    Throwable failed = null;
    try {
      acquire();
      try {
        done = work.get();
      } finally {
        permits.release();
      }
    } catch (RuntimeException | Error e) {
      failed = e;
    } finally {
      waiting.decrementAndGet();
    }
    complete(promise, done, failed);
  }

  private static <T> void complete(
      Promise<T> promise, @Nullable T done, @Nullable Throwable failed) {
    if (failed == null && done != null) {
      promise.complete(done);
    } else {
      promise.fail(failed == null ? new IllegalStateException("nothing was found out") : failed);
    }
  }

  private void acquire() {
    try {
      if (permits.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw tooMany();
  }

  private static Failure tooMany() {
    return Failure.of(
        ErrorCode.OVERLOADED, "too many ids of providers' objects are looked up; try again");
  }

  /** Removes what is older than the retention now; for whoever does not wait for the hour. */
  int sweep() {
    return sweeper.sweep();
  }

  @Override
  public void close() {
    sweeper.close();
    writer.close();
  }
}
