package dev.tollgate.upstreams;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Client;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sessions with legacy servers that are one downstream session's own, or that all callers of a
 * stateless server listen to who have the same authority and declare the same. Made once by whoever
 * comes first; the others wait for the same. Thread-safe.
 */
final class Sessions {

  /** One caller has more than one with a server where he declares now this and now that. */
  private static final int MOST_OF_CALLER = 8;

  /** Those whom all of one credential listen to. */
  private static final int MOST_OF_ALL = 64;

  /** Of all there may be, those that one organization may have. */
  private static final int SHARE = 4;

  private final UpstreamsConfig config;
  private final Clock clock;
  private final Map<String, Held> open = new ConcurrentHashMap<>();

  /** A session, or the wait for one. */
  private static final class Held {
    private final Target target;
    private final String affinity;
    private final UpstreamLoop loop;
    private final Promise<LegacySession> session = Promise.promise();
    private final AtomicInteger users = new AtomicInteger();
    private volatile long usedNanos;
    private @Nullable SharedHearing hearing;

    Held(Target target, String affinity, UpstreamLoop loop, long nowNanos) {
      this.target = target;
      this.affinity = affinity;
      this.loop = loop;
      this.usedNanos = nowNanos;
    }

    boolean dead() {
      Future<LegacySession> future = session.future();
      return future.isComplete() && (future.failed() || !future.result().alive());
    }

    boolean idle() {
      return users.get() == 0 && session.future().isComplete();
    }

    synchronized SharedHearing hearing(LegacySession opened) {
      if (hearing == null) {
        hearing = new SharedHearing(loop, opened);
      }
      return hearing;
    }

    Future<Void> close() {
      Promise<Void> closed = Promise.promise();
      session
          .future()
          .onSuccess(opened -> loop.run(() -> opened.close(loop).onComplete(closed)))
          .onFailure(none -> closed.complete());
      return closed.future();
    }
  }

  /** A session that somebody uses, as others may at the same time. */
  final class Taken implements Loan {

    private final Held held;
    private final LegacySession session;
    private final AtomicBoolean over = new AtomicBoolean();

    private Taken(Held held, LegacySession session) {
      this.held = held;
      this.session = session;
    }

    @Override
    public LegacySession session() {
      return session;
    }

    /** All who listen to it. */
    SharedHearing hearing() {
      return held.hearing(session);
    }

    @Override
    public void end() {
      if (over.compareAndSet(false, true)) {
        held.usedNanos = clock.nanoTime();
        held.users.decrementAndGet();
      }
    }

    @Override
    public void giveUp() {
      end();
    }

    @Override
    public void setApart() {
      // Nobody else waits for it.
    }

    @Override
    public void lost() {
      end();
    }
  }

  Sessions(UpstreamsConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * The session of these, opened where there is none that lives.
   *
   * @param affinity whose it is; empty: that of all
   */
  Future<Taken> take(UpstreamLoop loop, Target target, Client client, String affinity) {
    Held mine = new Held(target, affinity, loop, clock.nanoTime());
    String key = SessionKey.of(target, client, null).digest() + affinity;
    Held held =
        open.compute(
            key,
            (ignored, there) -> {
              Held chosen = there == null || there.dead() ? mine : there;
              chosen.users.incrementAndGet();
              return chosen;
            });
    if (held == mine) {
      begin(key, mine, client);
    }
    return held.session
        .future()
        .map(opened -> new Taken(held, opened))
        .onFailure(none -> held.users.decrementAndGet());
  }

  private void begin(String key, Held mine, Client client) {
    if (!room(mine)) {
      open.remove(key, mine);
      mine.session.fail(
          Failure.of(
              ErrorCode.OVERLOADED, "too many sessions with servers are open; try again soon"));
    } else {
      Opening.open(mine.loop, mine.target, client)
          .onFailure(ignored -> open.remove(key, mine))
          .onComplete(mine.session::complete, mine.session::fail);
    }
  }

  /** Whether one more may be opened: what a group has had longest unused makes room for it. */
  private boolean room(Held mine) {
    int ofCaller = mine.affinity.isEmpty() ? MOST_OF_ALL : MOST_OF_CALLER;
    int ofOwner = Math.max(1, config.sessions() / SHARE);
    return room(
            mine, ofCaller, held -> held.affinity.equals(mine.affinity) && sameServer(held, mine))
        && room(mine, ofOwner, held -> held.target.owner().equals(mine.target.owner()))
        && open.size() <= config.sessions();
  }

  private static boolean sameServer(Held one, Held other) {
    return one.target.key().equals(other.target.key());
  }

  private boolean room(Held mine, int most, Predicate<Held> group) {
    List<Map.Entry<String, Held>> all = new ArrayList<>();
    for (Map.Entry<String, Held> each : open.entrySet()) {
      if (group.test(each.getValue())) {
        all.add(each);
      }
    }
    if (all.size() <= most) {
      return true;
    }
    return all.stream()
        .filter(each -> each.getValue() != mine && each.getValue().idle())
        .sorted(Comparator.comparingLong(each -> each.getValue().usedNanos))
        .anyMatch(this::closeIdle);
  }

  /** False: somebody came for it meanwhile. */
  private boolean closeIdle(Map.Entry<String, Held> oldest) {
    Held held = oldest.getValue();
    Held left =
        open.computeIfPresent(
            oldest.getKey(), (_, there) -> there == held && held.idle() ? null : there);
    if (left != null) {
      return false;
    }
    held.close();
    return true;
  }

  /** The downstream session is over: what was only for it is closed. */
  void release(String affinity) {
    closeWhere(held -> held.affinity.equals(affinity));
  }

  /** Closes those of such servers. */
  void drain(Predicate<Target> which) {
    closeWhere(held -> which.test(held.target));
  }

  /** Closes what nobody used for a while. */
  void sweep() {
    long now = clock.nanoTime();
    closeWhere(held ->
        held.users.get() == 0 && now - held.usedNanos > config.pool().times().idle().toNanos());
  }

  private List<Future<Void>> closeWhere(Predicate<Held> which) {
    List<Future<Void>> closed = new ArrayList<>();
    for (Map.Entry<String, Held> entry : Map.copyOf(open).entrySet()) {
      if (which.test(entry.getValue()) && open.remove(entry.getKey(), entry.getValue())) {
        closed.add(entry.getValue().close());
      }
    }
    return closed;
  }

  int size() {
    return open.size();
  }

  /** Completes when all were closed. */
  Future<Void> close() {
    return Future.join(closeWhere(held -> true)).mapEmpty();
  }
}
