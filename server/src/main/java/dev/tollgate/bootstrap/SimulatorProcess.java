package dev.tollgate.bootstrap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simulator as a process of its own beside ours. It ends when its standard input does, so that
 * it never outlives us, however we end.
 */
final class SimulatorProcess implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SimulatorProcess.class);
  private static final String READY = "simulator listening on ";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final String url;

  private SimulatorProcess(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  static SimulatorProcess start() {
    List<String> command = new ArrayList<>(TryOut.java());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(
        List.of("-cp", TryOut.classPath(), TryOut.SIMULATOR, "--port", "0", "--with-parent"));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return new SimulatorProcess(process, url(process));
    } catch (IOException e) {
      throw new UncheckedIOException("the simulator cannot be started", e);
    }
  }

  private static String url(Process process) {
    CompletableFuture<String> ready = new CompletableFuture<>();
    Thread.ofVirtual().name("simulator-output").start(() -> read(process, ready));
    try {
      return ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      process.destroy();
      throw new IllegalStateException("the simulator did not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
      throw new IllegalStateException("interrupted while the simulator started", e);
    }
  }

  private static void read(Process process, CompletableFuture<String> ready) {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(READY)) {
          ready.complete(line.substring(READY.length()).strip());
        }
      }
      ready.completeExceptionally(new IllegalStateException("it ended"));
    } catch (IOException e) {
      log.debug("the simulator's output ended", e);
      ready.completeExceptionally(e);
    }
  }

  String url() {
    return url;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
