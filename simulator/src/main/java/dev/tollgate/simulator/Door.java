package dev.tollgate.simulator;

import dev.tollgate.simulator.Meter.End;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The listener of one event loop: reads a request whole and hands it to who answers. */
final class Door extends VerticleBase {

  private static final int BIGGEST_BODY = 64 << 20;
  private static final int LONGEST_HEADERS = 64 << 10;

  private final Simulation simulation;
  private final String host;
  private final int port;
  private final AtomicInteger bound;

  /**
   * A listener yet to be deployed.
   *
   * @param port to listen at; 0: any that is free, the same for all loops
   * @param bound where to put the port
   */
  Door(Simulation simulation, String host, int port, AtomicInteger bound) {
    this.simulation = simulation;
    this.host = host;
    this.port = port;
    this.bound = bound;
  }

  @Override
  public Future<?> start() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setTcpNoDelay(true)
            .setMaxHeaderSize(LONGEST_HEADERS)
            .setAcceptBacklog(1_024);
    return vertx
        .createHttpServer(options)
        .connectionHandler(this::count)
        .requestHandler(this::handle)
        .listen(address())
        .onSuccess(this::listening);
  }

  private SocketAddress address() {
    return port == 0
        ? SocketAddress.sharedRandomPort(1, host)
        : SocketAddress.inetSocketAddress(port, host);
  }

  private void listening(HttpServer server) {
    bound.set(server.actualPort());
  }

  private void count(HttpConnection connection) {
    simulation.meter().connections.increment();
    connection.closeHandler(_ -> simulation.meter().connections.decrement());
  }

  private void handle(HttpServerRequest request) {
    if (request.path() != null && request.path().startsWith(Control.PREFIX)) {
      body(request, () -> {}, body -> Control.answer(simulation, request, body));
      return;
    }
    boolean anthropic = request.getHeader("anthropic-version") != null;
    String path = String.valueOf(request.path());
    Endpoint endpoint = Endpoint.of(path);
    Exchange exchange =
        new Exchange(
            request,
            simulation.meter(),
            endpoint.dialect(Endpoint.isAzure(path), anthropic),
            Answer.id("req_", simulation.next()));
    body(request, () -> exchange.end(End.CUT), body -> answer(exchange, endpoint, body));
  }

  private void answer(Exchange exchange, Endpoint endpoint, Buffer body) {
    record(exchange.request(), body);
    new Upstream(vertx, simulation, exchange, endpoint, body).answer();
  }

  private void record(HttpServerRequest request, Buffer body) {
    if (simulation.log().records()) {
      simulation
          .log()
          .add(
              new Recorded(
                  request.method().name(),
                  request.uri(),
                  request.headers().entries().stream().map(Map.Entry::copyOf).toList(),
                  body));
    }
  }

  /** Reads the body within its bound; beyond it, the connection ends. */
  private static void body(HttpServerRequest request, Runnable tooBig, Consumer<Buffer> whole) {
    Buffer body = Buffer.buffer();
    request.handler(part -> {
      if (body.length() + part.length() <= BIGGEST_BODY) {
        body.appendBuffer(part);
      } else {
        tooBig.run();
        request.connection().close();
      }
    });
    request.endHandler(_ -> whole.accept(body));
  }
}
