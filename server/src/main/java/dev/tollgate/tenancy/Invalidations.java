package dev.tollgate.tenancy;

import dev.tollgate.storage.Redis;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be forgotten: here at once, on other nodes as soon as they hear of it by Redis. */
final class Invalidations {

  private static final Logger LOG = LoggerFactory.getLogger(Invalidations.class);
  private static final String CHANNEL = "tenancy.invalidated";

  private final KeyCache cache;
  private final @Nullable Redis redis;

  Invalidations(KeyCache cache, @Nullable Redis redis) {
    this.cache = cache;
    this.redis = redis;
    if (redis != null) {
      redis.subscribe(CHANNEL, this::heard);
    }
  }

  void key(UUID id) {
    tell("key", id);
  }

  void organization(UUID id) {
    tell("organization", id);
  }

  void administrator(UUID id) {
    tell("administrator", id);
  }

  private void tell(String kind, UUID id) {
    cache.invalidate(belonging(kind, id));
    if (redis != null) {
      redis.publish(CHANNEL, kind + ' ' + id);
    }
  }

  private void heard(String message) {
    int space = message.indexOf(' ');
    try {
      cache.invalidate(
          belonging(message.substring(0, space), UUID.fromString(message.substring(space + 1))));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      LOG.warn("Redis told of something that is not ours on {}", CHANNEL);
    }
  }

  private static Predicate<Caller> belonging(String kind, UUID id) {
    return switch (kind) {
      case "key" ->
          caller -> caller instanceof Caller.Tenant(var scope) && id.equals(scope.keyId());
      case "organization" ->
          caller -> caller instanceof Caller.Tenant(var scope) && id.equals(scope.organizationId());
      case "administrator" ->
          caller -> caller instanceof Caller.Administrator(var own, _) && id.equals(own);
      default -> throw new IllegalArgumentException(kind);
    };
  }
}
