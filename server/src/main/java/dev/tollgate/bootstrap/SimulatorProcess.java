package dev.tollgate.bootstrap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simulator as a process of its own beside ours. It ends when its standard input does, so that
 * it never outlives us, however we end; when it dies under us it is started again at its port.
 */
final class SimulatorProcess implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SimulatorProcess.class);
  private static final String READY = "simulator listening on ";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A Ctrl-C at the terminal is for us, who still drain calls to it; an exec keeps this. */
  private static final List<String> DEAF =
      List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "simulator");

  private final AtomicReference<Process> process;
  private final String url;
  private final Watchdog watchdog;

  private SimulatorProcess(Process first, String url) {
    this.process = new AtomicReference<>(first);
    this.url = url;
    this.watchdog = Watchdog.over("the simulator", () -> process.get().isAlive(), this::startAgain);
  }

  static SimulatorProcess start() {
    Process process = launch(0);
    return new SimulatorProcess(process, url(process));
  }

  private void startAgain() {
    Process again = launch(URI.create(url).getPort());
    process.set(again);
    url(again);
  }

  private static Process launch(int port) {
    List<String> command = new ArrayList<>(DEAF);
    command.addAll(TryOut.java());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(List.of("-cp", TryOut.classPath(), TryOut.SIMULATOR));
    command.addAll(List.of("--port", String.valueOf(port), "--with-parent"));
    try {
      return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
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

  /** Kills it without warning. */
  void kill() {
    process.get().destroyForcibly();
  }

  @Override
  public void close() {
    watchdog.close();
    process.get().destroy();
  }
}
