package dev.tollgate.upstreams;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which eras each server was seen to speak: the set, not one of them. Bounded, and forgotten after
 * a while, since servers are upgraded. Thread-safe.
 */
final class Eras {

  /** What was seen of one server; null: not tried yet. */
  static final class Seen {
    private volatile @Nullable Boolean modern;
    private volatile @Nullable Boolean legacy;
    private volatile boolean unsure;
    private volatile boolean eventsOnly;

    @Nullable Boolean modern() {
      return modern;
    }

    @Nullable Boolean legacy() {
      return legacy;
    }

    /** Whether its legacy is HTTP+SSE. */
    boolean eventsOnly() {
      return eventsOnly;
    }

    /** Whether it failed when it was asked. */
    void unsure(boolean failed) {
      unsure = failed;
    }

    /** A session was opened: whoever was not sure need not ask again. */
    void opened() {
      if (unsure) {
        unsure = false;
        modern = modern != null && modern;
      }
    }

    void modern(boolean speaks) {
      modern = speaks;
    }

    void legacy(boolean speaks) {
      legacy = speaks;
    }

    void eventsOnly(boolean only) {
      eventsOnly = only;
    }
  }

  private final Cache<String, Seen> servers =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(30)).build();

  Seen of(Target target) {
    return servers.get(target.key(), key -> new Seen());
  }

  /** No session could be opened: that it is not modern may be wrong. */
  void unopened(Target target) {
    if (Boolean.FALSE.equals(of(target).modern())) {
      forget(target);
    }
  }

  /** What was assumed of a server turned out wrong. */
  void forget(Target target) {
    servers.invalidate(target.key());
  }
}
