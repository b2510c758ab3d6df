package dev.tollgate.upstreams;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.pooling.Lease;
import dev.tollgate.pooling.Pool;
import dev.tollgate.pooling.PoolConfig;
import dev.tollgate.pooling.PoolMeters;
import dev.tollgate.pooling.PoolRefused;
import dev.tollgate.pooling.PoolTimer;
import dev.tollgate.pooling.Resources;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The sessions of stateless legacy servers, had for the time of a call each. Over HTTP several
 * calls share one, since each has a stream of its own there; over a single stream one at a time
 * does. Thread-safe.
 */
final class SharedSessions {

  /** Sessions of which none is known to be lost. */
  private static final int LOSSES = 10_000;

  private final Pool<SessionKey, Pooled> many;
  private final Pool<SessionKey, Pooled> single;
  private final Supplier<UpstreamLoop> loops;
  private final AtomicLong opened = new AtomicLong();

  /** By key, the youngest session there was when one turned out to be lost. */
  private final Cache<String, Long> lost = Caffeine.newBuilder().maximumSize(LOSSES).build();

  /** Of sessions that nobody uses, and that may still speak of a call that was given up. */
  private final Set<Lease<Pooled>> unquiet = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  /** A session, and the loop that it is closed on. */
  private record Pooled(LegacySession session, SessionKey key, UpstreamLoop home, long number) {}

  /** Whose sessions one cap is for. */
  private record Group(Object connector, Object owner) {}

  SharedSessions(
      UpstreamsConfig config,
      Supplier<UpstreamLoop> loops,
      MeterRegistry registry,
      PoolTimer timer,
      Clock clock) {
    this.loops = loops;
    PoolMeters<SessionKey> meters =
        new PoolMeters<>(registry, "mcp.pool", key -> key.target().provider());
    this.many = open(config.pool(), meters, timer, clock);
    this.single = open(config.pipePool(), meters, timer, clock);
  }

  private Pool<SessionKey, Pooled> open(
      PoolConfig config, PoolMeters<SessionKey> meters, PoolTimer timer, Clock clock) {
    Pool<SessionKey, Pooled> pool = Pool.open(config, new Making(), meters, timer, clock);
    meters.measure(pool);
    return pool;
  }

  /** A session for one call of {@code loop}. */
  Borrowing borrow(UpstreamLoop loop, SessionKey key, boolean singleStream) {
    CompletableFuture<Lease<Pooled>> wait = (singleStream ? single : many).acquire(key);
    Future<Loan> loan =
        loop.here(Future.fromCompletionStage(wait))
            .transform(lent ->
                lent.succeeded()
                    ? Future.succeededFuture(new Leased(lent.result()))
                    : Future.failedFuture(failure(key, lent.cause())));
    return new Borrowing(loan, () -> wait.cancel(false));
  }

  private static Throwable failure(SessionKey key, Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    String connector = "connector " + key.target().name();
    return switch (cause) {
      case PoolRefused refused ->
          Failure.of(
              ErrorCode.OVERLOADED,
              connector + " has no session free: " + refused.getMessage() + "; try again soon");
      case TimeoutException late ->
          Failure.of(ErrorCode.UPSTREAM_TIMEOUT, connector + " shook no hand in time", late);
      default -> cause;
    };
  }

  /** A session that was lent. */
  private final class Leased implements Loan {

    private final Lease<Pooled> lease;
    private final LegacySession session;

    Leased(Lease<Pooled> lease) {
      this.lease = lease;
      this.session = lease.resource().session();
    }

    @Override
    public LegacySession session() {
      return session;
    }

    @Override
    public void end() {
      lease.close();
    }

    @Override
    public void giveUp() {
      Future<Void> quiet = session.quiet();
      if (quiet.isComplete()) {
        lease.close();
        return;
      }
      unquiet.add(lease);
      quiet.onComplete(ignored -> {
        unquiet.remove(lease);
        lease.close();
      });
      if (closed) {
        lease.discard();
      }
    }

    @Override
    public void setApart() {
      lease.setApart();
    }

    /** A server that was started again knows none of those that were opened before. */
    @Override
    public void lost() {
      lost.put(lease.resource().key().digest(), opened.get());
      lease.discard();
    }
  }

  /** How a session is opened, on one loop after the other. */
  private final class Making implements Resources<SessionKey, Pooled> {

    @Override
    public CompletionStage<Pooled> create(SessionKey key) {
      UpstreamLoop home = loops.get();
      CompletableFuture<Pooled> made = new CompletableFuture<>();
      home.run(() ->
          Opening.open(home, key.target(), key.client())
              .compose(session -> Levels.tell(home, session, key.client(), key.level()))
              .onComplete(
                  session ->
                      made.complete(new Pooled(session, key, home, opened.incrementAndGet())),
                  made::completeExceptionally));
      return made;
    }

    @Override
    public CompletionStage<Void> close(SessionKey key, Pooled pooled) {
      CompletableFuture<Void> closed = new CompletableFuture<>();
      pooled
          .home()
          .run(() ->
              pooled.session().close(pooled.home()).onComplete(outcome -> closed.complete(null)));
      return closed;
    }

    @Override
    public boolean usable(Pooled pooled) {
      Long before = lost.getIfPresent(pooled.key().digest());
      return pooled.session().alive() && (before == null || pooled.number() > before);
    }

    @Override
    public Object group(SessionKey key) {
      return new Group(key.target().connector(), key.target().owner());
    }
  }

  /** Ends those of such servers; who has one keeps it for as long as a drain takes. */
  void drain(Predicate<Target> which) {
    many.drainAll(key -> which.test(key.target()));
    single.drainAll(key -> which.test(key.target()));
  }

  /** How many sessions there are. */
  int size() {
    return size(many) + size(single);
  }

  private static int size(Pool<SessionKey, Pooled> pool) {
    var census = pool.census(key -> true);
    return census.active() + census.idle() + census.creating();
  }

  /** Lends nothing any more; completes when all were closed. */
  CompletionStage<Void> close() {
    lost.invalidateAll();
    closed = true;
    unquiet.forEach(Lease::discard);
    return CompletableFuture.allOf(
        many.close().toCompletableFuture(), single.close().toCompletableFuture());
  }
}
