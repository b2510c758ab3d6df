package dev.tollgate.upstreams;

import dev.tollgate.egress.Pinned;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Seal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Servers as one event loop reaches them: its own client, its own waits. */
public final class UpstreamLoop {

  private static final Logger LOG = LoggerFactory.getLogger(UpstreamLoop.class);

  private static final int CONNECTIONS = 512;

  /** Streams that last have connections of their own, or calls would wait for those to end. */
  private static final int LISTENING = 8_192;

  private static final int WAITING = 4_096;
  private static final int HEADER_BYTES = 64 * 1024;
  private static final int KEEP_ALIVE_SECONDS = 30;
  private static final long SWEEP_MILLIS = 60_000;

  private final Upstreams upstreams;
  private final Context context;
  private final Deadlines deadlines;
  private final HttpClientAgent client;
  private final HttpClientAgent listening;

  UpstreamLoop(Upstreams upstreams, Vertx vertx, Deadlines deadlines) {
    this.upstreams = upstreams;
    this.context = vertx.getOrCreateContext();
    this.deadlines = deadlines;
    this.client = client(vertx, CONNECTIONS);
    this.listening = client(vertx, LISTENING);
    vertx.setPeriodic(
        SWEEP_MILLIS,
        ignored -> {
          upstreams.sessions().sweep();
          upstreams.parking().sweep();
        });
  }

  private static HttpClientAgent client(Vertx vertx, int connections) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setTcpNoDelay(true)
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setMaxHeaderSize(HEADER_BYTES),
        new PoolOptions().setHttp1MaxSize(connections).setMaxWaitQueueSize(WAITING));
  }

  /** How {@code target} presents itself to {@code caller}, in the caller's era where it has it. */
  public Future<Introduction> introduce(Target target, Client caller, String affinity) {
    return era(target, caller, affinity)
        .compose(era ->
            switch (era) {
              case MODERN -> discovered(target, caller);
              case LEGACY ->
                  inSession(
                      target,
                      caller,
                      affinity,
                      opened -> new Introduction(Era.LEGACY, opened.face(), opened.version()));
            });
  }

  private Future<Introduction> discovered(Target target, Client caller) {
    return Probe.of(this, target, url(target), caller)
        .compose(verdict ->
            switch (verdict) {
              case Probe.Verdict.Modern modern ->
                  Future.succeededFuture(new Introduction(Era.MODERN, modern.face(), null));
              case Probe.Verdict.NotModern notAnyMore -> {
                upstreams.eras().forget(target);
                yield Future.failedFuture(Probe.noEra(target));
              }
              case Probe.Verdict.Unsure failing -> Future.failedFuture(Probe.noEra(target));
            });
  }

  /**
   * Sends a request, if its server does not fail all the time; the era is the caller's where the
   * server has it, else it is translated.
   */
  public Ongoing call(Target target, Invocation invocation, Listener listener) {
    return GuardedCall.begin(this, upstreams.breakers(), target, invocation, listener);
  }

  /**
   * Listens, for a legacy caller, to what belongs to no call.
   *
   * @param uris of resources whose changes it subscribed to
   */
  public Ongoing listen(
      Target target, Client caller, String affinity, Set<String> uris, Hearing hearing) {
    return new Relistening(this, target, caller, affinity, uris, hearing).begin();
  }

  /** Sends a notification of a legacy caller, where there is a session that it belongs to. */
  public Future<Void> send(
      Target target, Client caller, String affinity, Message.Notification notification) {
    return era(target, caller, affinity)
        .compose(era ->
            era == Era.MODERN || target.stateless()
                ? Future.succeededFuture()
                : take(target, caller, affinity).compose(taken -> send(taken, notification)));
  }

  private Future<Void> send(Loan loan, Message.Notification notification) {
    return here(loan.session().send(this, notification)).onComplete(sent -> loan.end());
  }

  /** The downstream session is over, and what was kept for it. */
  public void release(String affinity) {
    upstreams.sessions().release(affinity);
  }

  /** Which era to speak: finds out at the first call. */
  Future<Era> era(Target target, Client caller, String affinity) {
    if (!(target.endpoint() instanceof Endpoint.Http)) {
      return Future.succeededFuture(Era.LEGACY);
    }
    Eras.Seen seen = upstreams.eras().of(target);
    return caller.revision().era() == Era.MODERN
        ? preferModern(seen, target, caller)
        : preferLegacy(seen, target, caller, affinity);
  }

  private Future<Era> preferModern(Eras.Seen seen, Target target, Client caller) {
    Boolean modern = seen.modern();
    if (modern != null) {
      return Future.succeededFuture(modern ? Era.MODERN : Era.LEGACY);
    }
    return probe(seen, target, caller);
  }

  private Future<Era> probe(Eras.Seen seen, Target target, Client caller) {
    return Probe.of(this, target, url(target), caller)
        .map(verdict ->
            switch (verdict) {
              case Probe.Verdict.Modern found -> {
                seen.modern(true);
                if (!found.alsoLegacy()) {
                  seen.legacy(false);
                }
                yield Era.MODERN;
              }
              case Probe.Verdict.NotModern none -> {
                seen.modern(false);
                yield Era.LEGACY;
              }
              case Probe.Verdict.Unsure failing -> {
                // If it opens a session, that will do; else nothing was learned.
                seen.unsure(true);
                yield Era.LEGACY;
              }
            });
  }

  private Future<Era> preferLegacy(Eras.Seen seen, Target target, Client caller, String affinity) {
    Boolean legacy = seen.legacy();
    if (legacy != null) {
      return Future.succeededFuture(legacy ? Era.LEGACY : Era.MODERN);
    }
    return inSession(target, caller, affinity, opened -> Era.LEGACY)
        .onSuccess(era -> seen.legacy(true))
        .recover(refused -> {
          if (!(refused instanceof Handshake.NotLegacy)) {
            return Future.failedFuture(refused);
          }
          return probe(seen, target, caller)
              .compose(era -> era == Era.MODERN ? settled(seen, false) : neither(target));
        });
  }

  /** What was seen of a server that speaks neither era must be wrong. */
  private Future<Era> neither(Target target) {
    upstreams.eras().forget(target);
    return Future.failedFuture(Probe.noEra(target));
  }

  /** What a session tells by itself. */
  private <T> Future<T> inSession(
      Target target, Client caller, String affinity, Function<LegacySession, T> told) {
    return borrow(target, caller, affinity, null)
        .loan()
        .map(loan -> {
          loan.end();
          return told.apply(loan.session());
        });
  }

  private static Future<Era> settled(Eras.Seen seen, boolean legacy) {
    seen.legacy(legacy);
    return Future.succeededFuture(legacy ? Era.LEGACY : Era.MODERN);
  }

  /**
   * A session for one call.
   *
   * @param level from which severity on the call wants log lines; null: it did not say
   */
  Borrowing borrow(Target target, Client caller, String affinity, @Nullable String level) {
    if (!target.stateless()) {
      return new Borrowing(take(target, caller, affinity).map(taken -> taken), () -> {});
    }
    upstreams.outdate(target);
    return upstreams
        .shared()
        .borrow(this, SessionKey.of(target, caller, level), Opening.overSingleStream(this, target));
  }

  /** The session that is this caller's own, or that all listen to where none is. */
  Future<Sessions.Taken> take(Target target, Client caller, String affinity) {
    upstreams.outdate(target);
    return here(
        upstreams.sessions().take(this, target, caller, target.stateless() ? "" : affinity));
  }

  Ongoing modern(Target target, Invocation invocation, Listener listener) {
    return new ModernCall(this, target, url(target), invocation, listener).start();
  }

  private static URI url(Target target) {
    return switch (target.endpoint()) {
      case Endpoint.Http http -> http.url();
      case Endpoint.Sse sse -> sse.url();
      case Endpoint.Stdio stdio -> throw new IllegalStateException("no url: " + stdio.command());
    };
  }

  /** The outcome of {@code future}, back on this loop. */
  <T> Future<T> here(Future<T> future) {
    if (future.succeeded()) {
      return Future.succeededFuture(future.result());
    }
    Promise<T> back = Promise.promise();
    future.onComplete(
        value -> context.runOnContext(ignored -> back.complete(value)),
        failure -> context.runOnContext(ignored -> back.fail(failure)));
    return back.future();
  }

  /** Where {@code url} leads, if it may be gone to. */
  Future<Pinned> pin(URI url) {
    return Future.fromCompletionStage(upstreams.egress().check(url), context);
  }

  /**
   * Runs {@code action} on this loop, from any thread; once the loop is closed, nobody needs it.
   */
  void run(Runnable action) {
    try {
      context.runOnContext(ignored -> action.run());
    } catch (RejectedExecutionException closed) {
      LOG.debug("the event loop is closed", closed);
    }
  }

  /** Who the gateway says that its caller is. */
  Raw introducing(@Nullable Raw info) {
    return info == null ? upstreams.introduction() : info;
  }

  /** How the gateway presents itself. */
  public Raw introduction() {
    return upstreams.introduction();
  }

  /**
   * The connections of a request.
   *
   * @param lasting whether its answer is a stream that ends when its reader likes
   */
  HttpClientAgent client(boolean lasting) {
    return lasting ? listening : client;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Clock clock() {
    return upstreams.clock();
  }

  int resultBytes() {
    return upstreams.config().resultBytes();
  }

  long nextId() {
    return upstreams.nextId();
  }

  ToolSchemas schemas() {
    return upstreams.schemas();
  }

  Seal seal() {
    return upstreams.seal();
  }

  /** For the questions of one call to {@code target}. */
  OpenQuestions questions(Target target) {
    return new OpenQuestions(upstreams.questions(), target.owner());
  }

  Parking parking() {
    return upstreams.parking();
  }

  Upstreams upstreams() {
    return upstreams;
  }
}
