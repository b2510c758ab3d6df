package dev.tollgate.http.engine;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener: one verticle an event loop on the native transport, all on one port.
 *
 * <p>Closing is graceful: no connection is accepted and no call begun any more, calls under way end
 * within {@link FrontDoorConfig#drain}, then whatever is left is cut.
 */
public final class FrontDoor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FrontDoor.class);

  private static final Duration LAST = Duration.ofSeconds(5);

  private final FrontDoorConfig config;
  private final List<Route> early;
  private final Function<HttpServerRequest, ErrorDialect> strangers;
  private final MeterRegistry registry;
  private final Clock clock;
  private final BodyBudget bodies;
  private final JsonReplies json = new JsonReplies();
  private final BlockingCalls blockingCalls = new BlockingCalls();
  private final Vertx vertx;
  private final List<Loop> loops = new ArrayList<>();
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

  private volatile Runnable closing = () -> {};
  private volatile Supplier<CompletionStage<Void>> last =
      () -> CompletableFuture.completedFuture(null);
  private volatile boolean draining;
  private volatile boolean leaving;
  private volatile boolean serving;
  private volatile int port;

  private FrontDoor(
      FrontDoorConfig config,
      List<Route> early,
      Function<HttpServerRequest, ErrorDialect> strangers,
      MeterRegistry registry,
      Clock clock) {
    this.config = config;
    this.early = List.copyOf(early);
    this.strangers = strangers;
    this.registry = registry;
    this.clock = clock;
    this.bodies = new BodyBudget(config.bodiesInFlight());
    this.vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(config.loops()))
            .withTransport(transport())
            .build();
    Gauge.builder("http.request.bodies.bytes", bodies, BodyBudget::taken)
        .description("Bytes of request bodies that are held now")
        .register(registry);
  }

  /**
   * Opens the listener. Until {@link #serve}, only {@code early} routes are answered and all else
   * is 503: a client that comes too soon is told to come again.
   *
   * @param early open routes, such as liveness
   * @param strangers the dialect in which a path that no route knows is refused
   */
  public static FrontDoor open(
      FrontDoorConfig config,
      List<Route> early,
      Function<HttpServerRequest, ErrorDialect> strangers,
      MeterRegistry registry,
      Clock clock) {
    FrontDoor door = new FrontDoor(config, early, strangers, registry, clock);
    try {
      if (config.tls() != null) {
        Listeners.requirePair(door.vertx, config.tls());
      }
      for (int i = 0; i < config.loops(); i++) {
        Loop loop = new Loop(door);
        door.loops.add(loop);
        await(door.vertx.deployVerticle(loop, new DeploymentOptions()), Duration.ofSeconds(30));
      }
    } catch (RuntimeException failed) {
      door.close();
      throw failed;
    }
    return door;
  }

  /** Begins to serve {@code routes}, which are opened on each event loop. */
  public void serve(Doorkeeper doorkeeper, Routes routes) {
    for (Loop loop : loops) {
      await(loop.serve(doorkeeper, routes), Duration.ofSeconds(30));
    }
    serving = true;
  }

  /**
   * What closing begins and ends with.
   *
   * @param begins ends what would go on as long as its client likes; must not block
   * @param ends what needs the event loops once all calls are over; waited for, within bounds
   */
  public void whenClosing(Runnable begins, Supplier<CompletionStage<Void>> ends) {
    closing = begins;
    last = ends;
  }

  /** The port that is listened on. */
  public int port() {
    return port;
  }

  /** Reads the certificate and its key anew, for connections from now on. */
  public void reloadCertificates() {
    ServerSSLOptions options = Listeners.options(config).getSslOptions();
    if (config.tls() == null || options == null) {
      return;
    }
    Listeners.requirePair(vertx, config.tls());
    for (HttpServer server : servers) {
      // Forced: the paths are the same, what is behind them is not.
      await(server.updateSSLOptions(options, true), Duration.ofSeconds(10));
    }
  }

  @Override
  public void close() {
    giveNotice();
    draining = true;
    closing.run();
    int left = inFlight();
    if (left > 0) {
      log.info("draining {} calls, for at most {} s", left, config.drain().toSeconds());
    }
    List<Future<Void>> shutdowns = new ArrayList<>();
    for (HttpServer server : servers) {
      shutdowns.add(server.shutdown(config.drain()));
    }
    try {
      await(Future.join(shutdowns), config.drain().plusSeconds(5));
    } catch (RuntimeException late) {
      log.warn("{} calls were cut: {}", inFlight(), late.getMessage());
    }
    try {
      await(Future.fromCompletionStage(last.get()), LAST);
    } catch (RuntimeException late) {
      log.warn("not everything behind could be told of the end: {}", late.getMessage());
    }
    await(vertx.close(), Duration.ofSeconds(10));
  }

  private void giveNotice() {
    leaving = true;
    if (!serving || config.notice().isZero()) {
      return;
    }
    log.info("not ready any more; calls are taken for {} s", config.notice().toSeconds());
    try {
      Thread.sleep(config.notice());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it is about to close: whoever sends calls should send them elsewhere. */
  public boolean leaving() {
    return leaving;
  }

  private int inFlight() {
    return loops.stream().mapToInt(Loop::inFlight).sum();
  }

  private static Transport transport() {
    Transport available = Transport.nativeTransport();
    return available == null ? Transport.NIO : available;
  }

  private static <T> T await(Future<T> future, Duration bound) {
    try {
      return future.await(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new IllegalStateException("not done within " + bound, late);
    }
  }

  void listening(HttpServer server) {
    servers.add(server);
    port = server.actualPort();
  }

  /** Any free port is one port for all loops. */
  SocketAddress address() {
    return config.port() == 0
        ? SocketAddress.sharedRandomPort(1, config.host())
        : SocketAddress.inetSocketAddress(config.port(), config.host());
  }

  Failure cannotListen(Throwable cause) {
    String why = String.valueOf(cause.getMessage()).replaceFirst("^bind\\(.*?: ", "");
    return Failure.of(
        ErrorCode.INVALID_REQUEST,
        "cannot listen at "
            + config.host()
            + ":"
            + config.port()
            + " (listen.host, listen.port): "
            + why,
        cause);
  }

  boolean draining() {
    return draining;
  }

  List<Route> early() {
    return early;
  }

  Function<HttpServerRequest, ErrorDialect> strangers() {
    return strangers;
  }

  MeterRegistry registry() {
    return registry;
  }

  Clock clock() {
    return clock;
  }

  FrontDoorConfig config() {
    return config;
  }

  BodyBudget bodies() {
    return bodies;
  }

  JsonReplies json() {
    return json;
  }

  BlockingCalls blockingCalls() {
    return blockingCalls;
  }
}
