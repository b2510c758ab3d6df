package dev.tollgate.toolcache;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The response cache. Ask it after the call was authorized, never before.
 *
 * <p>Thread-safe; nothing blocks. A future that {@link #read} returned may be cancelled: the call
 * goes on for others who wait for it. What is run on its completion may be on any thread.
 */
public final class ToolCache implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ToolCache.class);

  /** Bytes of arguments that are looked through on an event loop. */
  private static final int LARGEST_ARGUMENTS = 1 << 16;

  private final CacheConfig config;
  private final Clock clock;
  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("toolcache").factory());
  private final CacheMeters meters;
  private final Peers peers;
  private final Generations generations;
  private final Writes writes;
  private final LevelOne one;
  private final Keeping keeping;
  private final Direct direct;
  private final Flights flights;

  private ToolCache(
      CacheConfig config,
      Storage storage,
      @Nullable Redis redis,
      UUID node,
      MeterRegistry registry,
      Clock clock) {
    this.config = config;
    this.clock = clock;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("toolcache-timer").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.meters = new CacheMeters(registry);
    this.peers = new Peers(storage, node, clock, threads, config.lease());
    this.generations = new Generations(config, redis, peers, clock, timer);
    Revocations revocations =
        new Revocations(config, redis, node, generations, peers, clock, timer);
    this.writes = new Writes(config, generations, revocations, peers, clock);
    this.one = new LevelOne(config, meters, clock);
    this.keeping = new Keeping(config, clock);
    this.direct = new Direct(clock, timer);
    LevelTwo two = new LevelTwo(config, generations, redis);
    this.flights = new Flights(config, one, two, keeping, direct, meters, clock, timer, threads);
  }

  /**
   * Opens the cache of this node.
   *
   * @param redis null for none: then only a node that is alone keeps anything
   * @param node this node's row in the table of nodes
   */
  public static ToolCache open(
      CacheConfig config,
      Storage storage,
      @Nullable Redis redis,
      UUID node,
      MeterRegistry registry,
      Clock clock) {
    ToolCache cache = new ToolCache(config, storage, redis, node, registry, clock);
    long beat = Writes.BEAT.toNanos();
    var _ = cache.timer.scheduleWithFixedDelay(cache::beat, beat, beat, TimeUnit.NANOSECONDS);
    // The others are to know of this node before it is asked for anything.
    var _ = cache.peers.renew();
    return cache;
  }

  private void beat() {
    try {
      writes.beat();
    } catch (RuntimeException e) {
      LOG.warn("looking after marks of writes failed and will be tried again", e);
    }
  }

  /**
   * Answers a read: from what is kept, by a call under way, or by a call of its own.
   *
   * @return fails with what the upstream failed with, or with {@code UPSTREAM_TIMEOUT} at the
   *     deadline
   */
  public CompletableFuture<Cached> read(ReadCall call) {
    boolean large = call.key().arguments().length > LARGEST_ARGUMENTS;
    if (call.freshness().never() || !call.control().store() || large) {
      return bypass(direct.waiting(call));
    }
    CompletableFuture<Standing> standing =
        generations.standing(call.key().scope(config.environment()));
    if (standing.isDone() && !standing.isCompletedExceptionally()) {
      Cached hit = hit(call, standing.join());
      if (hit != null) {
        return CompletableFuture.completedFuture(hit);
      }
    }
    Waiting waiting = direct.waiting(call);
    var _ =
        standing.whenComplete((found, thrown) -> {
          if (found instanceof Standing.Leased leased) {
            answer(waiting, leased);
          } else {
            var _ = bypass(waiting);
          }
        });
    return waiting.future();
  }

  private CompletableFuture<Cached> bypass(Waiting waiting) {
    direct.answer(waiting, Cached.Status.BYPASS, (answer, took) -> {});
    return waiting.future();
  }

  private void answer(Waiting waiting, Standing.Leased leased) {
    ReadCall call = waiting.call();
    Cached hit = hit(call, leased);
    if (hit != null) {
      waiting.future().complete(hit);
    } else if (!keeping.allows(call.key())) {
      var _ = bypass(waiting);
    } else if (fetchesAnew(call, leased)) {
      meters.miss(call.provider(), call.tool());
      direct.answer(
          waiting,
          Cached.Status.MISS,
          (answer, took) -> flights.keep(key(call, leased), leased, call, answer, took));
    } else {
      flights.join(key(call, leased), leased, waiting);
    }
  }

  /** Whether the caller wants no kept answer, or one that is younger than the one there is. */
  private boolean fetchesAnew(ReadCall call, Standing.Leased leased) {
    return !call.control().lookup()
        || (call.control().maxAge() != null && one.get(key(call, leased)) != null);
  }

  private Digest key(ReadCall call, Standing.Leased leased) {
    return call.key().digest(config.environment(), leased.generation());
  }

  /** What level one has that will do. */
  private @Nullable Cached hit(ReadCall call, Standing standing) {
    if (!(standing instanceof Standing.Leased leased) || !call.control().lookup()) {
      return null;
    }
    Digest key = key(call, leased);
    Entry entry = one.get(key);
    if (entry == null) {
      return null;
    }
    long age = entry.ageMillis(clock.now().toEpochMilli());
    if (!call.control().satisfiedBy(Duration.ofMillis(age))) {
      return null;
    }
    boolean stale = age >= entry.ttlMillis();
    if (stale || one.early(entry, age)) {
      flights.refresh(key, leased, call);
    }
    meters.hit(call.provider(), call.tool());
    Cached.Status status = stale ? Cached.Status.STALE : Cached.Status.HIT;
    return new Cached(entry.result(), false, status, Duration.ofMillis(age));
  }

  /**
   * To be called before a call is sent that may change something; the call is sent when the future
   * completes, and {@link WriteTicket#after} is called when its outcome is known.
   *
   * @param alsoPublic whether the connector has tools whose answers are public
   * @param deadline after which the call is given up
   * @return fails with a {@link dev.tollgate.kernel.Failure} {@code UNAVAILABLE} where other nodes
   *     cannot be told: then the call must not be sent
   */
  public CompletableFuture<WriteTicket> beforeWrite(
      String organization, String connector, boolean alsoPublic, Duration deadline) {
    return writes.begin(scopes(organization, connector, alsoPublic), deadline);
  }

  /**
   * Ends all kept answers of an organization's connector, on every node.
   *
   * @return completes when no node gives one any more
   */
  public CompletableFuture<Void> invalidate(
      String organization, String connector, boolean alsoPublic) {
    return beforeWrite(organization, connector, alsoPublic, Duration.ZERO)
        .thenCompose(ticket -> ticket.after(WriteTicket.Outcome.ANSWERED));
  }

  private List<Scope> scopes(String organization, String connector, boolean alsoPublic) {
    List<Scope> scopes = new ArrayList<>();
    scopes.add(Scope.of(config.environment(), organization, connector));
    if (alsoPublic) {
      scopes.add(Scope.shared(config.environment(), connector));
    }
    return scopes;
  }

  /** Hits and misses since this node started. */
  public CacheHealth health() {
    return meters.health();
  }

  /** How many calls are under way for somebody who waits. */
  public int underWay() {
    return flights.size();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(2, TimeUnit.SECONDS)) {
        LOG.warn("PostgreSQL is still asked for the cache");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
