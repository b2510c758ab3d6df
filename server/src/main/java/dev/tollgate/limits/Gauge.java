package dev.tollgate.limits;

import dev.tollgate.kernel.Clock;
import dev.tollgate.tenancy.RateLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One key, user or organization that has limits.
 *
 * <p>Its lock guards all of its allowances and is held for arithmetic alone, never over a question.
 * Who needs several takes them in the order key, user, organization.
 */
final class Gauge {

  private final Level level;
  private final UUID id;
  private final Place place;
  private final Duration reset;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Window requests;
  private @Nullable Window tokens;
  private @Nullable Slots streams;
  private RateLimits limits = RateLimits.NONE;
  private int inside;
  private boolean retired;

  /** Where all gauges of a node stand. */
  record Place(Rules rules, Shared shared, Away away, Clock clock) {}

  Gauge(Level level, UUID id, Place place) {
    this.level = level;
    this.id = id;
    this.place = place;
    this.reset = Duration.ofMillis(place.rules().keep());
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  <T extends @Nullable Object> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  void locked(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  /** The limits as the caller's key has them now. */
  void set(RateLimits now, long nanos) {
    if (now.equals(limits)) {
      return;
    }
    limits = now;
    requests = window(requests, Kind.REQUESTS, now.requestsPerMinute(), nanos);
    tokens = window(tokens, Kind.TOKENS, now.tokensPerMinute(), nanos);
    Long most = now.concurrentStreams();
    if (most != null) {
      streams = streams == null ? new Slots(this, most, place.rules(), nanos) : streams;
      streams.limit = most;
    }
  }

  private @Nullable Window window(
      @Nullable Window old, Kind kind, @Nullable Long limit, long nanos) {
    if (limit == null) {
      return old;
    }
    Window window = old == null ? new Window(this, kind, limit, place.rules(), nanos) : old;
    window.limit = limit;
    return window;
  }

  /** What a call needs of it. */
  Need need(Demand demand) {
    return new Need(
        this,
        limits.requestsPerMinute() == null ? null : requests,
        limits.tokensPerMinute() == null || demand.tokens() == 0 ? null : tokens,
        limits.concurrentStreams() == null || !demand.stream() ? null : streams,
        demand.tokens());
  }

  /** How a limit stands; null: there is none. */
  @Nullable Reading reading(Kind kind, Instant at, long now) {
    Window window = window(kind);
    Long limit = limit(kind);
    return window == null || limit == null
        ? null
        : new Reading(level, at, limit, window.remaining(now), reset);
  }

  /** What part of a limit is left, from 0 to 1; infinite: there is none. */
  double share(Kind kind, long now) {
    Window window = window(kind);
    Long limit = limit(kind);
    return window == null || limit == null
        ? Double.POSITIVE_INFINITY
        : (double) window.remaining(now) / limit;
  }

  private @Nullable Window window(Kind kind) {
    return kind == Kind.REQUESTS ? requests : tokens;
  }

  private @Nullable Long limit(Kind kind) {
    return kind == Kind.REQUESTS ? limits.requestsPerMinute() : limits.tokensPerMinute();
  }

  /** What to ask or to tell though no call waits; to be run without the lock. */
  List<Runnable> unrest(long now) {
    List<Runnable> departures = new ArrayList<>(0);
    add(departures, requests, now);
    add(departures, tokens, now);
    add(departures, streams, now);
    return departures;
  }

  private static void add(List<Runnable> departures, @Nullable Allowance allowance, long now) {
    Runnable departure = allowance == null ? null : allowance.unrest(now);
    if (departure != null) {
      departures.add(departure);
    }
  }

  /** Forgets it where nothing of it matters any more. */
  boolean retire(long now) {
    retired = inside == 0 && idle(now);
    return retired;
  }

  private boolean idle(long now) {
    return (requests == null || requests.idle(now))
        && (tokens == null || tokens.idle(now))
        && (streams == null || streams.idle());
  }

  /** A call that took something of it is under way. */
  void entered() {
    inside++;
  }

  void left() {
    inside--;
  }

  /** Nothing may be taken of it any more: another one stands in its place. */
  boolean retired() {
    return retired;
  }

  Level level() {
    return level;
  }

  UUID id() {
    return id;
  }

  Away away() {
    return place.away();
  }

  Shared shared() {
    return place.shared();
  }

  Rules rules() {
    return place.rules();
  }

  Clock clock() {
    return place.clock();
  }
}
