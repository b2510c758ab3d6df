package dev.tollgate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gateway in a process of its own, that may be killed and started again on its data and port. */
final class GatewayNode implements AutoCloseable {

  private final String name;
  private final int port;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private @Nullable Process process;
  private volatile int life;
  private volatile int answeredIn = -1;

  GatewayNode(
      String name, int port, List<String> command, Map<String, String> environment, Path log) {
    this.name = name;
    this.port = port;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.log = log;
  }

  synchronized void start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process = builder.start();
  }

  /** {@code kill -9}, and a start at once. */
  synchronized void killAndStart() throws IOException, InterruptedException {
    life++;
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor();
    }
    start();
  }

  /** How often it was killed: what it answers belongs to a life. */
  int life() {
    return life;
  }

  void answered(int in) {
    answeredIn = in;
  }

  /** Whether it answered a call since its last start. */
  boolean hasAnswered() {
    return answeredIn == life;
  }

  String name() {
    return name;
  }

  /** What the kernel knows of its process. */
  synchronized Target target() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return new Target(name, port, List.of(running.pid()));
  }

  int port() {
    return port;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Ends it in order, within a minute. */
  @Override
  public synchronized void close() {
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroy();
    try {
      if (!running.waitFor(60, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
