package dev.tollgate.http.engine;

import dev.tollgate.kernel.Deadlines;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One event loop of the front door: its listener, its routes with their own clients, its waits.
 *
 * <p>Everything here happens on that loop, but for {@link #inFlight}, which a shutdown reads.
 */
final class Loop extends VerticleBase {

  private static final long SWEEP_MILLIS = 100;
  private static final Duration IDLE_CONNECTION = Duration.ofSeconds(75);

  private final FrontDoor door;
  private final Deadlines deadlines = new Deadlines();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final IdentityHashMap<HttpConnection, Quiet> connections = new IdentityHashMap<>();

  private Router router;
  private HttpMeters meters;
  private @Nullable Doorkeeper doorkeeper;

  /** Since when a connection has carried no request, and how many it carries. */
  private static final class Quiet {
    private int requests;
    private long sinceNanos;
  }

  Loop(FrontDoor door) {
    this.door = door;
    this.router = new Router(door.early());
    this.meters = new HttpMeters(door.registry(), door.early());
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(SWEEP_MILLIS, ignored -> sweep());
    HttpServer server =
        vertx
            .createHttpServer(Listeners.options(door.config()))
            .connectionHandler(this::connected)
            .invalidRequestHandler(
                request -> Listeners.malformed(request, door.strangers().apply(request)))
            .requestHandler(this::arrived);
    return server
        .listen(door.address())
        .recover(cause -> Future.failedFuture(door.cannotListen(cause)))
        .onSuccess(listening -> door.listening(listening));
  }

  /** From any thread; completes when this loop serves {@code routes}. */
  Future<Void> serve(Doorkeeper keeper, Routes routes) {
    Promise<Void> serving = Promise.promise();
    context.runOnContext(ignored -> {
      try {
        List<Route> opened = routes.open(vertx, deadlines);
        meters = new HttpMeters(door.registry(), opened);
        router = new Router(opened);
        doorkeeper = keeper;
        serving.complete();
      } catch (RuntimeException failed) {
        serving.fail(failed);
      }
    });
    return serving.future();
  }

  private void connected(HttpConnection connection) {
    Quiet quiet = new Quiet();
    quiet.sinceNanos = door.clock().nanoTime();
    connections.put(connection, quiet);
    connection.closeHandler(ignored -> connections.remove(connection));
  }

  private void arrived(HttpServerRequest request) {
    inFlight.incrementAndGet();
    @Nullable Quiet quiet = connections.get(request.connection());
    if (quiet != null) {
      quiet.requests++;
    }
    new Arrival(this, request, door.clock().nanoTime(), () -> left(quiet)).start();
  }

  private void left(@Nullable Quiet quiet) {
    inFlight.decrementAndGet();
    if (quiet != null) {
      quiet.requests--;
      quiet.sinceNanos = door.clock().nanoTime();
    }
  }

  private void sweep() {
    long now = door.clock().nanoTime();
    deadlines.sweep(now);
    for (Map.Entry<HttpConnection, Quiet> entry : List.copyOf(connections.entrySet())) {
      Quiet quiet = entry.getValue();
      if (quiet.requests == 0 && now - quiet.sinceNanos > IDLE_CONNECTION.toNanos()) {
        entry.getKey().close();
      }
    }
  }

  <T> Future<T> blocking(Callable<T> work) {
    return door.blockingCalls().run(vertx.getOrCreateContext(), work);
  }

  int inFlight() {
    return inFlight.get();
  }

  /** Null while the gateway is starting. */
  @Nullable Doorkeeper doorkeeper() {
    return doorkeeper;
  }

  Router router() {
    return router;
  }

  HttpMeters meters() {
    return meters;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  FrontDoor door() {
    return door;
  }
}
