package dev.tollgate.upstreams;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Client;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Sessions with legacy servers: one for each downstream session, or one for all callers of a
 * stateless server who have the same authority and declare the same. Made once by whoever comes
 * first; the others wait for the same. Thread-safe.
 */
final class Sessions implements AutoCloseable {

  private final UpstreamsConfig config;
  private final Clock clock;
  private final Map<String, Held> open = new ConcurrentHashMap<>();

  /** A session, or the wait for one. */
  private static final class Held {
    private final String affinity;
    private final UpstreamLoop loop;
    private final Promise<LegacySession> session = Promise.promise();
    private volatile long usedNanos;

    Held(String affinity, UpstreamLoop loop) {
      this.affinity = affinity;
      this.loop = loop;
    }

    boolean dead() {
      Future<LegacySession> future = session.future();
      return future.isComplete() && (future.failed() || !future.result().alive());
    }

    void close() {
      session.future().onSuccess(opened -> loop.run(() -> opened.close(loop)));
    }
  }

  Sessions(UpstreamsConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /** The session of these, made by {@code opening} where there is none that lives. */
  Future<LegacySession> acquire(
      UpstreamLoop loop,
      Target target,
      Client client,
      String affinity,
      Supplier<Future<LegacySession>> opening) {
    String key = key(target, client, affinity);
    Held mine = new Held(affinity, loop);
    mine.usedNanos = clock.nanoTime();
    Held held = open.compute(key, (ignored, there) -> there == null || there.dead() ? mine : there);
    if (held != mine) {
      held.usedNanos = clock.nanoTime();
      return held.session.future();
    }
    if (open.size() > config.sessions()) {
      open.remove(key, mine);
      mine.session.fail(
          Failure.of(
              ErrorCode.OVERLOADED, "too many sessions with servers are open; try again soon"));
    } else {
      opening
          .get()
          .onFailure(ignored -> open.remove(key, mine))
          .onComplete(mine.session::complete, mine.session::fail);
    }
    return mine.session.future();
  }

  /** The downstream session is over: what was only for it is closed. */
  void release(String affinity) {
    closeWhere(held -> held.affinity.equals(affinity));
  }

  /** Closes what nobody used for a while. */
  void sweep() {
    long now = clock.nanoTime();
    closeWhere(held -> now - held.usedNanos > config.idle().toNanos());
  }

  private void closeWhere(Predicate<Held> which) {
    for (Map.Entry<String, Held> entry : Map.copyOf(open).entrySet()) {
      if (which.test(entry.getValue()) && open.remove(entry.getKey(), entry.getValue())) {
        entry.getValue().close();
      }
    }
  }

  int size() {
    return open.size();
  }

  private static String key(Target target, Client client, String affinity) {
    return target.key()
        + "/"
        + client.revision()
        + "/"
        + client.capabilities().json()
        + "/"
        + (target.stateless() ? "" : affinity);
  }

  @Override
  public void close() {
    closeWhere(held -> true);
  }
}
