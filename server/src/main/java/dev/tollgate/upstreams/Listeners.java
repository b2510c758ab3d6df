package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How many listen to servers at once: streams of changes last, and each may hold a connection. So
 * many of one caller with one connector, and so many of one organization. Thread-safe.
 */
final class Listeners {

  static final int OF_CALLER = 64;
  private static final int OF_OWNER = 1_024;

  private final Map<Object, Integer> open = new ConcurrentHashMap<>();

  private record Caller(UUID owner, UUID connector, String affinity) {}

  /** The place of one who listens; given back once, however often it is left. */
  final class Place {

    private final Caller caller;
    private final AtomicBoolean left = new AtomicBoolean();

    private Place(Caller caller) {
      this.caller = caller;
    }

    void leave() {
      if (left.compareAndSet(false, true)) {
        Listeners.this.leave(caller);
        Listeners.this.leave(caller.owner());
      }
    }
  }

  /** Null: as many listen already as may. */
  @Nullable Place enter(Target target, String affinity) {
    Caller caller = new Caller(target.owner(), target.connector(), affinity);
    if (!enter(caller, OF_CALLER)) {
      return null;
    }
    if (!enter(caller.owner(), OF_OWNER)) {
      leave(caller);
      return null;
    }
    return new Place(caller);
  }

  private boolean enter(Object who, int most) {
    boolean[] entered = {true};
    open.compute(
        who,
        (_, there) -> {
          int now = there == null ? 0 : there;
          entered[0] = now < most;
          return entered[0] ? (Integer) (now + 1) : there;
        });
    return entered[0];
  }

  private void leave(Object who) {
    open.computeIfPresent(who, (_, there) -> there == 1 ? null : (Integer) (there - 1));
  }

  static Failure full(Target target) {
    return Failure.of(
        ErrorCode.STREAMS_LIMITED,
        "too many streams of changes of connector "
            + target.name()
            + " are open with this key, or in this organization; end some");
  }
}
