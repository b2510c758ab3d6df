package dev.tollgate.limits;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.Entitlements;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.RateLimits;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls in as far as the limits of their keys, users and organizations allow.
 *
 * <p>Thread-safe and never blocks. A call that nothing limits costs nothing; one that this node has
 * leased enough for is decided at once.
 */
public final class Limits implements AutoCloseable {

  private static final CompletionStage<Entry> OPEN =
      CompletableFuture.completedFuture(new Entry.Admitted(Permit.OPEN, Readings.NONE));

  private final Gauges gauges;
  private final LimitMeters meters;
  private final Clock clock;
  private final @Nullable Upkeep upkeep;

  private Limits(Gauge.Place place, MeterRegistry registry, @Nullable Nodes nodes) {
    this.gauges = new Gauges(place);
    this.clock = place.clock();
    this.meters = new LimitMeters(registry, place.away());
    this.upkeep = nodes == null ? null : Upkeep.start(this::tick, nodes);
  }

  /**
   * Opens the room.
   *
   * @param redis by which nodes share limits; null: each has an equal share of them
   * @param node the same in the table of nodes and after a restart
   */
  public static Limits open(
      Storage storage, @Nullable Redis redis, UUID node, MeterRegistry registry, Clock clock) {
    Rules rules = Rules.DEFAULT;
    Shared shared = redis == null ? new Nobody() : new RedisShared(redis, node, rules);
    Nodes nodes = new Nodes(storage);
    return new Limits(
        new Gauge.Place(rules, shared, new Away(nodes::last, redis != null), clock),
        registry,
        nodes);
  }

  /** Without upkeep but what {@link #tick} does. */
  static Limits open(
      Rules rules, Shared shared, IntSupplier nodes, MeterRegistry registry, Clock clock) {
    return new Limits(new Gauge.Place(rules, shared, new Away(nodes), clock), registry, null);
  }

  /**
   * Asks for a call to be let in.
   *
   * @return complete at once where this node knows the answer; else it completes on any thread,
   *     within the few seconds that Redis may take. It never fails but by a bug
   * @throws dev.tollgate.kernel.Failure OVERLOADED when too many limits are in use
   */
  public CompletionStage<Entry> enter(OrgScope scope, Demand demand) {
    Entitlements entitled = scope.entitlements();
    if (entitled.unlimited()) {
      return OPEN;
    }
    Entering.Scope[] scopes = new Entering.Scope[3];
    int count = add(scopes, 0, Level.KEY, scope.keyId(), entitled.key().limits());
    count = add(scopes, count, Level.USER, scope.userId(), entitled.user());
    count = add(scopes, count, Level.ORGANIZATION, scope.organizationId(), entitled.organization());
    return count == 0
        ? OPEN
        : new Entering(gauges, Arrays.copyOf(scopes, count), demand, meters, clock).start();
  }

  private int add(
      Entering.Scope[] scopes, int count, Level level, @Nullable UUID id, RateLimits limits) {
    if (id == null || limits.none()) {
      return count;
    }
    scopes[count] = new Entering.Scope(level, id, limits);
    return count + 1;
  }

  /** Tells the others what they should know, and forgets what nobody uses. */
  void tick() {
    gauges.tick(clock.nanoTime());
  }

  /** How many keys, users and organizations it keeps something of. */
  int known() {
    return gauges.size();
  }

  @Override
  public void close() {
    if (upkeep != null) {
      upkeep.close();
    }
  }

  /** No Redis: whatever is asked, it is away. */
  private static final class Nobody implements Shared {

    @Override
    public CompletionStage<Leased> lease(Lease lease) {
      return CompletableFuture.failedFuture(new IllegalStateException("none is configured"));
    }

    @Override
    public CompletionStage<Long> slots(Slotting slotting) {
      return CompletableFuture.failedFuture(new IllegalStateException("none is configured"));
    }
  }
}
