package dev.tollgate.bench;

import dev.tollgate.simulator.Simulator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A proxied model call of 1 KB with an answer of 1.5 KB, through the gateway (budget, ledger and
 * metrics on) and through nginx as a reverse proxy, in turn, in one run: CPU a request of each, and
 * the time to the first and the last byte.
 *
 * <p>Arguments: connections (32), seconds a measurement (10), rounds (3). Needs nginx on the path.
 */
public final class ProxyBench {

  private static final Duration START = Duration.ofSeconds(60);

  private final int connections;
  private final Duration time;
  private final int rounds;
  private final Path scratch;
  private final List<Process> started = new ArrayList<>();

  private ProxyBench(int connections, int seconds, int rounds, Path scratch) {
    this.connections = connections;
    this.time = Duration.ofSeconds(seconds);
    this.rounds = rounds;
    this.scratch = scratch;
  }

  public static void main(String[] arguments) throws Exception {
    Path scratch = Files.createTempDirectory("tollgate-bench");
    ProxyBench bench =
        new ProxyBench(
            argument(arguments, 0, 32),
            argument(arguments, 1, 10),
            argument(arguments, 2, 3),
            scratch);
    Vertx vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(1))
            .withTransport(Transport.EPOLL)
            .build();
    try (Simulator upstream = Simulator.start()) {
      upstream.behave("input-tokens=300 output-tokens=100 answer-bytes=1500");
      bench.run(vertx, upstream);
    } finally {
      bench.started.forEach(Process::destroy);
      for (Process process : bench.started) {
        process.waitFor(20, TimeUnit.SECONDS);
      }
      vertx.close().await();
    }
  }

  private static int argument(String[] arguments, int at, int preset) {
    return arguments.length > at ? Integer.parseInt(arguments[at]) : preset;
  }

  private void run(Vertx vertx, Simulator upstream) throws Exception {
    Target gateway = gateway(upstream);
    String key = Files.readString(scratch.resolve("data/default.key")).strip();
    Target nginx = nginx(upstream);
    Buffer body = body();
    System.out.printf("gateway idle: %d MiB resident%n", gateway.residentMib());
    for (int round = 0; round <= rounds; round++) {
      for (Target target : List.of(nginx, gateway)) {
        measure(vertx, target, key, body, round == 0);
      }
    }
    System.out.printf("gateway after load: %d MiB resident%n", gateway.residentMib());
  }

  private void measure(Vertx vertx, Target target, String key, Buffer body, boolean warmUp)
      throws InterruptedException {
    Load load = Load.ofMessages(vertx, target.port(), key, body, connections);
    long before = target.cpuMillis();
    Load.Result result = load.run(connections, time);
    long cpu = target.cpuMillis() - before;
    System.out.printf(
        "%-8s %s %7d answered %4d failed  %.4f CPU-ms a request  first byte p50 %5d us p99 %6d us"
            + "  last byte p50 %5d us p99 %6d us%n",
        target.name(),
        warmUp ? "(warm-up)" : "         ",
        result.answered(),
        result.failed(),
        (double) cpu / Math.max(1, result.answered()),
        result.first50(),
        result.first99(),
        result.last50(),
        result.last99());
  }

  private static Buffer body() {
    return Buffer.buffer(
        "{\"model\":\"claude-sonnet-5-5\",\"max_tokens\":1000,\"messages\":[{\"role\":\"user\","
            + "\"content\":\""
            + "word ".repeat(185)
            + "\"}]}");
  }

  private Target gateway(Simulator upstream) throws IOException, InterruptedException {
    Path config = scratch.resolve("tollgate.yaml");
    Files.writeString(
        config,
        """
        listen: { port: 0 }
        logs: { access: false }
        providers:
          - { name: upstream, dialect: anthropic, base-url: "%s", api-keys: ["x"] }
        """
            .formatted(upstream.url()));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Those of production, which this process runs with itself.
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "dev.tollgate.bootstrap.Main",
            "serve",
            "--config",
            config.toString(),
            "--data",
            scratch.resolve("data").toString()));
    Process process = start(command, scratch.resolve("gateway.log"));
    String url = await(scratch.resolve("data/address"));
    return new Target(
        "gateway",
        Integer.parseInt(url.substring(url.lastIndexOf(':') + 1)),
        List.of(process.pid()));
  }

  private static String await(Path file) throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < end) {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IllegalStateException("the gateway did not start; its log is beside " + file);
  }

  private Target nginx(Simulator upstream) throws IOException, InterruptedException {
    int port = freePort();
    Path config = scratch.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.log;
        worker_processes auto;
        events { worker_connections 1024; }
        http {
          access_log off;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          keepalive_requests 1000000000;
          upstream models { server 127.0.0.1:%2$d; keepalive 256; keepalive_requests 1000000000; }
          server {
            listen 127.0.0.1:%3$d;
            location / {
              proxy_pass http://models;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
            }
          }
        }
        """
            .formatted(scratch, upstream.port(), port));
    Process process =
        start(List.of("nginx", "-c", config.toString()), scratch.resolve("nginx.out"));
    await(scratch.resolve("nginx.pid"));
    TimeUnit.MILLISECONDS.sleep(500);
    return new Target("nginx", port, Target.family(process));
  }

  private Process start(List<String> command, Path output) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    started.add(process);
    return process;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
