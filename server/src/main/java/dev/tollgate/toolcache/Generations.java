package dev.tollgate.toolcache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.RedisReply;
import dev.tollgate.storage.RedisScript;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Under which generation answers may be kept and given, scope by scope.
 *
 * <p>An id in Redis, taken for as long as a lease, together with a look at the other nodes. Without
 * Redis a node that is alone goes by ids of its own; one that is not alone keeps nothing.
 */
final class Generations {

  private static final int SCOPES = 50_000;
  private static final int RETIRED = 200_000;

  /** How often is asked where the machine is too busy to hear in time. */
  private static final int ATTEMPTS = 3;

  private final @Nullable Redis redis;
  private final Peers peers;
  private final Clock clock;
  private final long leaseNanos;
  private final Unanswered unanswered;
  private final Cache<String, ScopeState> scopes =
      Caffeine.newBuilder().maximumSize(SCOPES).build();

  /** Ids that were replaced: where one of them holds again, Redis lost what it said. */
  private final Cache<String, Boolean> retired;

  private volatile long redisDownAt;
  private volatile boolean redisDown;

  Generations(
      CacheConfig config,
      @Nullable Redis redis,
      Peers peers,
      Clock clock,
      ScheduledExecutorService timer) {
    this.unanswered = new Unanswered(config.redisPatience(), timer);
    this.redis = redis;
    this.peers = peers;
    this.clock = clock;
    this.leaseNanos = config.lease().toNanos();
    this.retired =
        Caffeine.newBuilder()
            .maximumSize(RETIRED)
            .expireAfterWrite(Freshness.LONGEST.plus(config.staleFor()))
            .ticker(clock::nanoTime)
            .build();
  }

  ScopeState state(Scope scope) {
    return scopes.get(scope.name(), name -> new ScopeState(scope));
  }

  /** How it stands; at once where lease and look are good, and renewed before they end. */
  CompletableFuture<Standing> standing(Scope scope) {
    ScopeState state = state(scope);
    long now = clock.nanoTime();
    Peers.Look look = peers.current(now);
    ScopeState.Lease lease = state.lease(now, leaseNanos);
    if (look != null && lease != null) {
      if (2 * (now - look.sentAt()) > leaseNanos) {
        var _ = peers.renew();
      }
      if (2 * (now - lease.sentAt()) > leaseNanos) {
        var _ = ask(state);
      }
      return CompletableFuture.completedFuture(leased(look, lease, now));
    }
    return ask(state, ATTEMPTS);
  }

  private CompletableFuture<Standing> ask(ScopeState state, int attempts) {
    return peers
        .fresh()
        .thenCompose(seen ->
            lookAt(state)
                .handle((told, thrown) ->
                    told != null && state.valid(told)
                        ? leased(seen, told, clock.nanoTime())
                        : thrown != null ? alone(seen, state) : Standing.Unleased.UNLEASED))
        .exceptionally(databaseAway -> Standing.Unleased.UNLEASED)
        .thenCompose(standing ->
            standing == Standing.Unleased.TOO_LATE && attempts > 1
                ? ask(state, attempts - 1)
                : CompletableFuture.completedFuture(standing));
  }

  private Standing leased(Peers.Look look, ScopeState.Lease lease, long now) {
    boolean good = now - look.sentAt() <= leaseNanos && now - lease.sentAt() <= leaseNanos;
    if (!good) {
      return Standing.Unleased.TOO_LATE;
    }
    if (look.marked() || !peers.known(lease.sentAt()) || wasRetired(lease.id())) {
      return Standing.Unleased.UNLEASED;
    }
    return new Standing.Leased("r" + look.era() + ":" + lease.id(), lease.id());
  }

  /** Without Redis. */
  private Standing alone(Peers.Look look, ScopeState state) {
    long now = clock.nanoTime();
    if (now - look.sentAt() > leaseNanos) {
      // Another node may have come and written since.
      return Standing.Unleased.TOO_LATE;
    }
    String id = state.localId();
    boolean alone = look.live().isEmpty() && !look.otherMark();
    if (id == null || !alone || !peers.known(now)) {
      return Standing.Unleased.UNLEASED;
    }
    return new Standing.Leased("s" + look.alone() + ":" + id, "");
  }

  private CompletableFuture<ScopeState.Lease> lookAt(ScopeState state) {
    ScopeState.Lease lease = state.lease(clock.nanoTime(), leaseNanos);
    return lease == null ? ask(state) : CompletableFuture.completedFuture(lease);
  }

  /** Asks Redis, or waits for the question under way. */
  private CompletableFuture<ScopeState.Lease> ask(ScopeState state) {
    CompletableFuture<ScopeState.Lease> mine = new CompletableFuture<>();
    CompletableFuture<ScopeState.Lease> other = state.begin(mine);
    if (other != null) {
      return other;
    }
    long sentAt = clock.nanoTime();
    var _ =
        run(Scripts.LOOK, state.scope().keys(), text(UUID.randomUUID().toString()))
            .whenComplete((reply, thrown) -> {
              state.done();
              if (thrown != null) {
                mine.completeExceptionally(thrown);
              } else {
                mine.complete(
                    taken(state, new ScopeState.Lease(sentAt, id(reply), reply.number(1) > 0)));
              }
            });
    return mine;
  }

  private ScopeState.Lease taken(ScopeState state, ScopeState.Lease look) {
    String replaced = state.seen(look);
    if (replaced != null) {
      retire(replaced);
    }
    if (wasRetired(look.id())) {
      // Redis fell back behind what it said before: nothing under that id may come back.
      state.revoke(clock.nanoTime());
      var _ =
          run(
              Scripts.REPLACE,
              state.scope().keys(),
              text(look.id()),
              text(UUID.randomUUID().toString()));
    }
    return look;
  }

  void retire(@Nullable String id) {
    if (id != null) {
      retired.put(id, true);
    }
  }

  private boolean wasRetired(String id) {
    return retired.getIfPresent(id) != null;
  }

  /** Runs a script; fails at once for a while after Redis did not answer. */
  CompletableFuture<RedisReply> run(RedisScript script, List<String> keys, byte[]... arguments) {
    Redis open = redis;
    long now = clock.nanoTime();
    if (open == null || (redisDown && now - redisDownAt < leaseNanos)) {
      return CompletableFuture.failedFuture(new IllegalStateException("Redis is away"));
    }
    return unanswered
        .bound(open.run(script, keys, List.of(arguments)).toCompletableFuture())
        .whenComplete((reply, thrown) -> {
          redisDown = thrown != null;
          if (thrown != null) {
            redisDownAt = clock.nanoTime();
          }
        });
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The id that a script returned first. */
  static String id(RedisReply reply) {
    String id = reply.text(0);
    return id == null ? "" : id;
  }
}
