package dev.tollgate.limits;

import dev.tollgate.kernel.Clock;
import dev.tollgate.tenancy.RateLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One call that takes all that it asks for of all of its scopes, or nothing: at once where this
 * node has it, else when the others have answered.
 */
final class Entering {

  /** Others may take what was fetched for this call; so often it asks again. */
  private static final int ROUNDS = 16;

  private static final long CROWDED = Rules.nanos(1_000);

  private final Gauges gauges;
  private final Scope[] scopes;
  private final Need[] needs;
  private final Demand demand;
  private final LimitMeters meters;
  private final Clock clock;
  private int rounds;

  /** Whose limits the call is under, as its key has them. */
  record Scope(Level level, UUID id, RateLimits limits) {}

  /**
   * @param scopes in the order key, user, organization; at least one
   */
  Entering(Gauges gauges, Scope[] scopes, Demand demand, LimitMeters meters, Clock clock) {
    this.gauges = gauges;
    this.scopes = scopes;
    this.needs = new Need[scopes.length];
    this.demand = demand;
    this.meters = meters;
    this.clock = clock;
  }

  CompletionStage<Entry> start() {
    List<Flight> flights = new ArrayList<>(0);
    Entry entry = attempt(flights);
    if (entry != null) {
      return CompletableFuture.completedFuture(entry);
    }
    CompletableFuture<Entry> result = new CompletableFuture<>();
    await(flights, result);
    return result;
  }

  private void await(List<Flight> flights, CompletableFuture<Entry> result) {
    CompletableFuture<?>[] landed =
        flights.stream().map(flight -> flight.landed).toArray(CompletableFuture[]::new);
    var _ =
        CompletableFuture.allOf(landed)
            .thenRun(() -> again(result))
            .exceptionally(bug -> {
              result.completeExceptionally(bug);
              return null;
            });
  }

  private void again(CompletableFuture<Entry> result) {
    List<Flight> flights = new ArrayList<>(2);
    Entry entry = attempt(flights);
    if (entry == null) {
      await(flights, result);
    } else {
      result.complete(entry);
    }
  }

  /**
   * Decides, where it can be decided now.
   *
   * @param flights gets what must be waited for where the answer is null
   */
  private @Nullable Entry attempt(List<Flight> flights) {
    List<Runnable> departures = new ArrayList<>(0);
    long now = clock.nanoTime();
    lock(now);
    try {
      if (covered(now)) {
        Entry admitted = admitted(now);
        refill(departures, now);
        return admitted;
      }
      Refusal refusal = refusal(now);
      if (refusal != null) {
        return limited(refusal, now);
      }
      for (Need need : needs) {
        need.board(flights, departures, now);
      }
      return null;
    } finally {
      unlock(needs.length);
      departures.forEach(Runnable::run);
    }
  }

  private void lock(long now) {
    int locked = 0;
    try {
      for (Scope scope : scopes) {
        Gauge gauge = gauges.locked(scope.level(), scope.id());
        gauge.set(scope.limits(), now);
        needs[locked++] = gauge.need(demand);
      }
    } catch (RuntimeException failed) {
      unlock(locked);
      throw failed;
    }
  }

  private void unlock(int count) {
    for (int i = 0; i < count; i++) {
      needs[i].gauge().unlock();
    }
  }

  private boolean covered(long now) {
    for (Need need : needs) {
      if (!need.covered(now)) {
        return false;
      }
    }
    return true;
  }

  private Entry admitted(long now) {
    for (Need need : needs) {
      need.take(now);
    }
    return new Entry.Admitted(new Permit(needs, demand.tokens(), now), readings(now));
  }

  private void refill(List<Runnable> departures, long now) {
    for (Need need : needs) {
      if (need.low(now)) {
        departures.addAll(need.gauge().unrest(now));
      }
    }
  }

  /** The one with the longest wait, as the call passes when that is over; null: it may pass. */
  private @Nullable Refusal refusal(long now) {
    Refusal longest = null;
    for (Need need : needs) {
      longest = Refusal.longer(longest, need.refusal(now));
    }
    if (longest != null || rounds++ < ROUNDS) {
      return longest;
    }
    // Whoever is quicker always gets what comes: rather than to wait forever.
    for (Need need : needs) {
      longest = Refusal.longer(longest, need.lacking(CROWDED, now));
    }
    return longest;
  }

  private Entry limited(Refusal refusal, long now) {
    Allowance in = refusal.in();
    meters.refused(in.gauge.level(), in.kind);
    return new Entry.Limited(
        in.gauge.level(),
        in.kind,
        in.limit,
        refusal.amount(),
        refusal.never() ? null : Duration.ofNanos(refusal.nanos()),
        readings(now));
  }

  private Readings readings(long now) {
    Instant at = clock.now();
    return new Readings(tightest(Kind.REQUESTS, at, now), tightest(Kind.TOKENS, at, now));
  }

  /** Of all scopes the limit of which, by its size, the least is left; null: there is none. */
  private @Nullable Reading tightest(Kind kind, Instant at, long now) {
    Gauge tightest = null;
    double least = Double.POSITIVE_INFINITY;
    for (Need need : needs) {
      double share = need.gauge().share(kind, now);
      if (share < least) {
        tightest = need.gauge();
        least = share;
      }
    }
    return tightest == null ? null : tightest.reading(kind, at, now);
  }
}
