package dev.tollgate.bootstrap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.telemetry.Telemetry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * {@code /metrics} on a listener of its own, without a key, for a network that only the monitoring
 * sees.
 */
final class MetricsListener implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private MetricsListener(HttpServer server, Telemetry telemetry) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/metrics", exchange -> answer(exchange, telemetry));
    server.start();
  }

  static MetricsListener open(TelemetrySection.MetricsListen listen, Telemetry telemetry) {
    try {
      return new MetricsListener(
          HttpServer.create(new InetSocketAddress(listen.host(), listen.port()), 64), telemetry);
    } catch (IOException e) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "metrics cannot be served at %s:%d (telemetry.metrics-listen): %s"
              .formatted(listen.host(), listen.port(), e.getMessage()),
          e);
    }
  }

  private static void answer(HttpExchange exchange, Telemetry telemetry) throws IOException {
    byte[] body = telemetry.scrape().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", Telemetry.CONTENT_TYPE);
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
