package dev.tollgate.upstreams;

import dev.tollgate.kernel.Clock;
import dev.tollgate.mcp.Owned;
import dev.tollgate.mcp.Seal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for their client to come back: bounded in number, in all and for one caller, and
 * in time. Thread-safe.
 */
final class Parking {

  private static final int MOST = 2_000;
  private static final int MOST_OF_ONE = 64;
  static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String PREFIX = "p";

  private final UUID node;
  private final Clock clock;
  private final Seal seal;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Place> places = new ConcurrentHashMap<>();

  private record Place(Parked call, long sinceNanos) {}

  Parking(UUID node, Clock clock, Seal seal) {
    this.node = node;
    this.clock = clock;
    this.seal = seal;
  }

  /** Gives a call a name to come back to; false: there is no room. */
  boolean take(Parked call) {
    long mine =
        places.values().stream()
            .filter(each -> each.call().affinity().equals(call.affinity()))
            .count();
    if (places.size() >= MOST || mine >= MOST_OF_ONE) {
      return false;
    }
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    call.named(id);
    places.put(id, new Place(call, clock.nanoTime()));
    return true;
  }

  /** What a client brings back for {@code id}: to this node, which it names. */
  String state(String id, String context) {
    return new Owned(node, seal.close(PREFIX + id, context)).text();
  }

  /** Whether an opened state is one of here. */
  static boolean isName(String opened) {
    return opened.startsWith(PREFIX);
  }

  /** The call that an opened state names, which nobody else gets any more; null: there is none. */
  @Nullable Parked find(String opened) {
    Place place = places.get(opened.substring(PREFIX.length()));
    return place == null || place.call().attended() ? null : place.call();
  }

  /** It asked again: whoever is to answer has as long as the first time. */
  void renew(Parked call) {
    String id = call.name();
    if (id != null) {
      places.computeIfPresent(id, (_, there) -> new Place(there.call(), clock.nanoTime()));
    }
  }

  void remove(Parked call) {
    String id = call.name();
    if (id != null) {
      places.remove(id);
    }
  }

  /** Cancels those that nobody came back to. */
  void sweep() {
    long now = clock.nanoTime();
    for (Place place : Map.copyOf(places).values()) {
      if (!place.call().attended() && now - place.sinceNanos() > PATIENCE.toNanos()) {
        place.call().cancel();
      }
    }
  }

  /** Cancels all: nobody can come back to this node. */
  void end() {
    Map.copyOf(places).values().forEach(place -> place.call().cancel());
  }

  int size() {
    return places.size();
  }
}
