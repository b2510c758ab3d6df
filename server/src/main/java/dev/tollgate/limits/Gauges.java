package dev.tollgate.limits;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The gauges of those whose calls were limited in the last minute. */
final class Gauges {

  /** So many keys, users and organizations with limits may call within a minute. */
  private static final int MOST = 200_000;

  private final ConcurrentMap<UUID, Gauge> gauges = new ConcurrentHashMap<>();
  private final Gauge.Place place;

  Gauges(Gauge.Place place) {
    this.place = place;
  }

  /**
   * The gauge of {@code id}, whose lock the caller has from here on.
   *
   * @throws Failure OVERLOADED when there are too many
   */
  Gauge locked(Level level, UUID id) {
    while (true) {
      Gauge gauge = of(level, id);
      gauge.lock();
      if (!gauge.retired()) {
        return gauge;
      }
      gauge.unlock();
    }
  }

  private Gauge of(Level level, UUID id) {
    Gauge gauge = gauges.get(id);
    if (gauge != null) {
      return gauge;
    }
    if (gauges.size() >= MOST) {
      throw Failure.of(ErrorCode.OVERLOADED, "too many limits are in use at once; try again");
    }
    return gauges.computeIfAbsent(id, absent -> new Gauge(level, id, place));
  }

  /** Tells the others what they should know, and forgets the gauges that nobody uses. */
  void tick(long now) {
    for (Gauge gauge : gauges.values()) {
      List<Runnable> departures = gauge.locked(() -> gauge.unrest(now));
      departures.forEach(Runnable::run);
      if (gauge.locked(() -> gauge.retire(now))) {
        gauges.remove(gauge.id(), gauge);
      }
    }
  }

  int size() {
    return gauges.size();
  }
}
