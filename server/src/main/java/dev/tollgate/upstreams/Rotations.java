package dev.tollgate.upstreams;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a connector was changed or its credential rotated: then what goes by the older one
 * is of no use any more. Thread-safe.
 */
final class Rotations {

  private final Cache<Place, Version> newest =
      Caffeine.newBuilder().maximumSize(50_000).expireAfterAccess(Duration.ofHours(2)).build();

  private record Place(UUID connector, UUID owner, String identity) {
    static Place of(Target target) {
      return new Place(target.connector(), target.owner(), target.identity());
    }
  }

  /** Each number only grows. */
  private record Version(long revision, long credential) {
    static Version of(Target target) {
      return new Version(target.revision(), target.credentialVersion());
    }

    boolean outdates(Version other) {
      return revision >= other.revision && credential >= other.credential && !equals(other);
    }
  }

  /** A caller came with {@code target}; which others it outdates; null: none that were there. */
  @Nullable Predicate<Target> seen(Target target) {
    Place place = Place.of(target);
    Version version = Version.of(target);
    Version before = newest.getIfPresent(place);
    if (before != null && !version.outdates(before)) {
      return null;
    }
    newest.put(place, version);
    return before == null
        ? null
        : other -> Place.of(other).equals(place) && version.outdates(Version.of(other));
  }
}
