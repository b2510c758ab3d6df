package dev.tollgate.toolcache;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Redis;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases that are called back: over when every other node said so, or when the last of them has
 * lapsed.
 */
final class Revocations {

  private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
  private static final String REVOKED = "toolcache.revoked";
  private static final String GIVEN_UP = "toolcache.given-up";

  /** By how much the clocks of two machines may differ over a lease, and a bit. */
  static final long SKEW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final @Nullable Redis redis;
  private final UUID own;
  private final Generations generations;
  private final Peers peers;
  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final long leaseNanos;
  private final Map<String, Awaited> awaited = new ConcurrentHashMap<>();

  /** Who has not answered yet. */
  private record Awaited(Set<UUID> nodes, CompletableFuture<@Nullable Void> over) {}

  Revocations(
      CacheConfig config,
      @Nullable Redis redis,
      UUID own,
      Generations generations,
      Peers peers,
      Clock clock,
      ScheduledExecutorService timer) {
    this.redis = redis;
    this.own = own;
    this.generations = generations;
    this.peers = peers;
    this.clock = clock;
    this.timer = timer;
    this.leaseNanos = config.lease().toNanos();
    if (redis != null) {
      redis.subscribe(REVOKED, this::revoked);
      redis.subscribe(GIVEN_UP, this::givenUp);
    }
  }

  /**
   * Calls back what others may have taken until now.
   *
   * @return completes when nobody has any of it
   */
  CompletableFuture<@Nullable Void> revoke(List<Scope> scopes) {
    CompletableFuture<@Nullable Void> over = lapse(clock.nanoTime() + leaseNanos + SKEW_NANOS);
    var _ =
        peers
            .fresh()
            .thenAccept(look -> {
              if (look.live().isEmpty()) {
                over.complete(null);
              } else {
                ask(scopes, look.live(), over);
              }
            });
    return over;
  }

  /** Completes at the monotonic reading {@code at}. */
  CompletableFuture<@Nullable Void> lapse(long at) {
    CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    long left = Math.max(0, at - clock.nanoTime());
    var _ = timer.schedule(() -> over.complete(null), left, TimeUnit.NANOSECONDS);
    return over;
  }

  private void ask(List<Scope> scopes, Set<UUID> nodes, CompletableFuture<@Nullable Void> over) {
    Redis open = redis;
    if (open == null) {
      return;
    }
    String id = UUID.randomUUID().toString();
    Set<UUID> silent = ConcurrentHashMap.newKeySet();
    silent.addAll(nodes);
    awaited.put(id, new Awaited(silent, over));
    var _ = over.whenComplete((done, thrown) -> awaited.remove(id));
    StringBuilder message = new StringBuilder(id).append(' ').append(own);
    scopes.forEach(scope -> message.append(' ').append(scope.name()));
    open.publish(REVOKED, message.toString());
  }

  private void revoked(String message) {
    String[] words = message.split(" ", -1);
    Redis open = redis;
    if (words.length < 3 || words[1].equals(own.toString()) || open == null) {
      return;
    }
    for (int i = 2; i < words.length; i++) {
      generations.state(new Scope(words[i])).revoke(clock.nanoTime());
    }
    open.publish(GIVEN_UP, words[0] + ' ' + own);
  }

  private void givenUp(String message) {
    int space = message.indexOf(' ');
    Awaited write = space < 0 ? null : awaited.get(message.substring(0, space));
    if (write == null) {
      return;
    }
    try {
      write.nodes().remove(UUID.fromString(message.substring(space + 1)));
    } catch (IllegalArgumentException e) {
      LOG.warn("Redis told of something that is not ours on {}", GIVEN_UP);
    }
    if (write.nodes().isEmpty()) {
      write.over().complete(null);
    }
  }
}
