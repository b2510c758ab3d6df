package dev.tollgate.toolcache;

import dev.tollgate.kernel.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Identical reads under way are one call: in this process by a map, over all nodes by a short lease
 * in Redis.
 */
final class Flights {

  /** Bytes of an answer that are looked through on an event loop. */
  private static final int SMALL = 1 << 14;

  private final CacheConfig config;
  private final LevelOne one;
  private final LevelTwo two;
  private final Keeping keeping;
  private final Direct direct;
  private final CacheMeters meters;
  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final Executor threads;
  private final Map<Digest, Flight> flights = new ConcurrentHashMap<>();

  Flights(
      CacheConfig config,
      LevelOne one,
      LevelTwo two,
      Keeping keeping,
      Direct direct,
      CacheMeters meters,
      Clock clock,
      ScheduledExecutorService timer,
      Executor threads) {
    this.config = config;
    this.one = one;
    this.two = two;
    this.keeping = keeping;
    this.direct = direct;
    this.meters = meters;
    this.clock = clock;
    this.timer = timer;
    this.threads = threads;
    long beat = config.flightLease().dividedBy(4).toNanos();
    var _ = timer.scheduleWithFixedDelay(this::renew, beat, beat, TimeUnit.NANOSECONDS);
  }

  /**
   * Tells the other nodes what this one still fetches: all at once, a timer each would cost more.
   */
  private void renew() {
    for (Flight flight : flights.values()) {
      LevelTwo.Place place = flight.leads();
      if (place != null) {
        two.renew(place);
      }
    }
  }

  /** Answers {@code caller} by the flight of its key, which begins where there is none. */
  void join(Digest key, Standing.Leased leased, Waiting caller) {
    while (true) {
      Flight mine = Flight.by(key, caller);
      Flight flight = flights.computeIfAbsent(key, absent -> mine);
      if (flight.join(caller)) {
        var _ = caller.future().whenComplete((got, thrown) -> left(flight, caller, thrown));
        if (flight == mine) {
          begin(flight, leased);
        }
        return;
      }
      flights.remove(key, flight);
    }
  }

  /** Fetches anew for nobody in particular, unless that is under way. */
  void refresh(Digest key, Standing.Leased leased, ReadCall call) {
    Flight mine = Flight.refreshing(key, call);
    if (flights.putIfAbsent(key, mine) == null) {
      var _ = timer.schedule(() -> abandon(mine), call.deadline().toNanos(), TimeUnit.NANOSECONDS);
      begin(mine, leased);
    }
  }

  private void left(Flight flight, Waiting caller, @Nullable Throwable thrown) {
    if (flight.leave(caller) && thrown != null) {
      abandon(flight);
    }
  }

  private void abandon(Flight flight) {
    List<Waiting> waiting = end(flight);
    if (waiting != null) {
      flight.cancel();
      waiting.forEach(caller -> direct.answer(caller, Cached.Status.MISS, (answer, took) -> {}));
    }
  }

  private @Nullable List<Waiting> end(Flight flight) {
    List<Waiting> waiting = flight.end();
    flights.remove(flight.key(), flight);
    return waiting;
  }

  private void begin(Flight flight, Standing.Leased leased) {
    if (!leased.shared()) {
      lead(flight, null);
      return;
    }
    Scope scope = flight.first().key().scope(config.environment());
    LevelTwo.Place place = LevelTwo.Place.of(scope, flight.key(), leased);
    find(flight, place, leased);
  }

  private void find(Flight flight, LevelTwo.Place place, Standing.Leased leased) {
    var _ =
        two.find(place, flight.first().provider(), flight.refresh())
            .whenComplete((found, thrown) -> {
              if (flight.over()) {
                two.leave(place);
              } else if (found == null) {
                lead(flight, null);
              } else if (found.entry() != null) {
                found(flight, found.entry(), leased);
              } else if (found.leads()) {
                lead(flight, place);
              } else if (flight.refresh()) {
                end(flight);
              } else {
                follow(flight, place, leased);
              }
            });
  }

  /** Redis had it. */
  private void found(Flight flight, Entry entry, Standing.Leased leased) {
    one.put(flight.key(), entry, meters);
    List<Waiting> waiting = end(flight);
    if (waiting != null) {
      Duration age = Duration.ofMillis(entry.ageMillis(clock.now().toEpochMilli()));
      boolean stale = age.toMillis() >= entry.ttlMillis();
      Cached.Status status = stale ? Cached.Status.STALE : Cached.Status.HIT;
      Cached hit = new Cached(entry.result(), false, status, age);
      if (stale) {
        refresh(flight.key(), leased, flight.first());
      }
      for (Waiting caller : waiting) {
        if (caller.call().control().satisfiedBy(age)) {
          hit(caller, hit);
        } else {
          alone(caller);
        }
      }
    }
  }

  private void hit(Waiting caller, Cached hit) {
    if (caller.future().complete(hit)) {
      meters.hit(caller.call().provider(), caller.call().tool());
    }
  }

  private void alone(Waiting caller) {
    meters.miss(caller.call().provider(), caller.call().tool());
    direct.answer(caller, Cached.Status.MISS, (answer, took) -> {});
  }

  /** Another node fetches it: hears when that is done, and takes over when it went silent. */
  private void follow(Flight flight, LevelTwo.Place place, Standing.Leased leased) {
    AtomicBoolean woken = new AtomicBoolean();
    AtomicReference<@Nullable Runnable> unfollow = new AtomicReference<>();
    Duration patience = config.flightLease().dividedBy(4);
    Runnable again =
        () -> {
          if (woken.compareAndSet(false, true)) {
            Runnable end = unfollow.get();
            if (end != null) {
              end.run();
            }
            find(flight, place, leased);
          }
        };
    ScheduledFuture<?> poll = timer.schedule(again, patience.toNanos(), TimeUnit.NANOSECONDS);
    Runnable ending =
        two.follow(
            place,
            stored -> {
              poll.cancel(false);
              if (stored) {
                again.run();
              } else if (woken.compareAndSet(false, true)) {
                lead(flight, null);
              }
            });
    unfollow.set(ending);
    if (woken.get()) {
      ending.run();
    }
  }

  /**
   * Makes the call.
   *
   * @param place where all nodes find it; null where it is for this one
   */
  private void lead(Flight flight, LevelTwo.@Nullable Place place) {
    ReadCall first = flight.first();
    long began = clock.nanoTime();
    AtomicBoolean asked = new AtomicBoolean();
    if (!flight.refresh()) {
      meters.miss(first.provider(), first.tool());
    }
    flight.leads(place);
    Upstream.Running running =
        Direct.begin(
            first,
            () -> {
              asked.set(true);
              asked(flight);
            });
    flight.runs(running.cancel());
    running
        .answer()
        .whenComplete((answer, thrown) -> {
          flight.leads(null);
          long took = clock.nanoTime() - began;
          // Whose call it is need not wait until others can have the answer too: they wait for the
          // flight, which goes on until it is kept.
          Waiting beginner = answer == null ? null : flight.beginner();
          if (beginner != null) {
            Direct.complete(beginner, answer, null, Cached.Status.MISS);
          }
          aside(
              answer,
              () -> {
                boolean keeps = answer != null && !asked.get();
                Entry entry = keeps ? keeping.entry(first, answer, took) : null;
                ended(flight, place, answer, thrown, entry);
              });
        });
  }

  /** Looks through an answer here, or off the event loop where it is large. */
  private void aside(Upstream.@Nullable Answer answer, Runnable work) {
    if (answer == null || answer.result().length <= SMALL) {
      work.run();
      return;
    }
    try {
      threads.execute(work);
    } catch (RejectedExecutionException closed) {
      work.run();
    }
  }

  /** The server asks the caller something: the answer will be for that one alone. */
  private void asked(Flight flight) {
    flights.remove(flight.key(), flight);
    flight.dismiss().forEach(this::alone);
  }

  private void ended(
      Flight flight,
      LevelTwo.@Nullable Place place,
      Upstream.@Nullable Answer answer,
      @Nullable Throwable thrown,
      @Nullable Entry entry) {
    if (entry != null) {
      one.put(flight.key(), entry, meters);
    }
    if (place != null && entry != null) {
      two.store(place, entry, Duration.ofMillis(entry.ttlMillis()).plus(config.staleFor()));
    } else if (place != null) {
      two.leave(place);
    }
    List<Waiting> waiting = end(flight);
    if (waiting == null) {
      return;
    }
    for (Waiting caller : waiting) {
      if (flight.begunBy(caller)) {
        Direct.complete(caller, answer, thrown, Cached.Status.MISS);
      } else if (entry != null) {
        hit(caller, new Cached(entry.result(), false, Cached.Status.HIT, Duration.ZERO));
      } else {
        alone(caller);
      }
    }
  }

  /** How many are under way. */
  int size() {
    return flights.size();
  }

  /** Keeps what a call outside of flights brought. */
  void keep(Digest key, Standing.Leased leased, ReadCall call, Upstream.Answer answer, long took) {
    aside(answer, () -> keepNow(key, leased, call, answer, took));
  }

  private void keepNow(
      Digest key, Standing.Leased leased, ReadCall call, Upstream.Answer answer, long took) {
    Entry entry = keeping.entry(call, answer, took);
    if (entry == null) {
      return;
    }
    one.put(key, entry, meters);
    if (leased.shared()) {
      Scope scope = call.key().scope(config.environment());
      LevelTwo.Place place = LevelTwo.Place.of(scope, key, leased);
      two.store(place, entry, Duration.ofMillis(entry.ttlMillis()).plus(config.staleFor()));
    }
  }
}
