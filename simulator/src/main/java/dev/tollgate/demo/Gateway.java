package dev.tollgate.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The gateway as a child process, in a directory of its own; it ends when this is closed. */
final class Gateway implements AutoCloseable {

  private static final Duration TO_START = Duration.ofMinutes(2);
  private static final Duration TO_END = Duration.ofSeconds(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  /** The story's MCP server is on this very machine, where connectors may not reach by default. */
  private static final String CONFIG =
      """
      listen: { host: 127.0.0.1, port: 0 }
      connectors: { allow-private-addresses: ["127.0.0.0/8"] }
      """;

  private static final int LONGEST_LINE = 2_000;

  private final List<String> command;
  private final Path directory;
  private final Path log;
  private final String adminKey;
  private final Process process;
  private volatile boolean closing;

  private Gateway(List<String> command, Path directory, String adminKey) throws IOException {
    this.command = command;
    this.directory = directory;
    this.log = directory.resolve("gateway.log");
    this.adminKey = adminKey;
    Files.writeString(config(), CONFIG);
    this.process = start("serve");
  }

  /** Starts {@code command serve} and does not wait. */
  static Gateway start(List<String> command, Path directory, String adminKey) {
    try {
      return new Gateway(command, directory, adminKey);
    } catch (IOException e) {
      throw new UncheckedIOException("the gateway could not be started by " + command, e);
    }
  }

  /** Where it is reached, as it wrote into its data directory; known once it is ready. */
  String url() {
    try {
      return Files.readString(address(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("the gateway does not say where it is reached", e);
    }
  }

  /** Whether it ends because it was told to. */
  boolean closing() {
    return closing;
  }

  /** Waits until it says that it is ready. */
  void awaitReady() {
    long deadline = System.nanoTime() + TO_START.toNanos();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!ready(client)) {
        Unexpected.unless(process.isAlive(), "the gateway ended while it started");
        Unexpected.unless(
            System.nanoTime() < deadline, "the gateway was not ready within " + TO_START);
        Thread.sleep(BETWEEN_LOOKS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unexpected("interrupted while the gateway started", e);
    }
  }

  /** Runs another command of the gateway's on the same data; returns what it printed. */
  String run(String... arguments) {
    try {
      Process other = process(arguments).redirectErrorStream(true).start();
      other.getOutputStream().close();
      String printed =
          new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      Unexpected.unless(
          other.waitFor(TO_END.toSeconds(), TimeUnit.SECONDS) && other.exitValue() == 0,
          "'%s' failed and said: %s".formatted(String.join(" ", arguments), printed));
      return printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unexpected("interrupted while a command ran", e);
    }
  }

  private Path config() {
    return directory.resolve("tollgate.yaml");
  }

  private Path address() {
    return data().resolve("address");
  }

  private Path data() {
    return directory.resolve("data");
  }

  /** The last lines of its log, each cut where it is very long. */
  List<String> lastLines(int count) {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return lines.subList(Math.max(0, lines.size() - count), lines.size()).stream()
          .map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line)
          .toList();
    } catch (IOException e) {
      return List.of("(its log cannot be read: " + e + ")");
    }
  }

  /**
   * Ends it: asked first, forced after a while. One that is still starting is asked when it has
   * started, because its database and Redis are processes that only it knows to stop.
   */
  @Override
  public void close() {
    closing = true;
    try {
      long deadline = System.nanoTime() + TO_END.toNanos();
      while (process.isAlive() && !Files.exists(address()) && System.nanoTime() < deadline) {
        Thread.sleep(BETWEEN_LOOKS);
      }
      process.destroy();
      if (!process.waitFor(TO_END.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(TO_END.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private boolean ready(HttpClient client) throws InterruptedException {
    if (!Files.exists(address())) {
      return false;
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + "/health/ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private Process start(String... arguments) throws IOException {
    Process started =
        process(arguments).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    started.getOutputStream().close();
    return started;
  }

  private ProcessBuilder process(String... arguments) {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(arguments));
    line.addAll(List.of("--config", config().toString(), "--data", data().toString()));
    ProcessBuilder builder = new ProcessBuilder(line);
    // What the reader's own gateway is configured by must not reach this one.
    builder.environment().keySet().removeIf(Gateway::configures);
    builder.environment().put("TOLLGATE_ADMIN_KEY", adminKey);
    return builder;
  }

  private static boolean configures(String variable) {
    return variable.startsWith("TOLLGATE_")
        || variable.equals("DATABASE_URL")
        || variable.equals("REDIS_URL");
  }
}
