package dev.tollgate.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A throw-away directory with a gateway in it; closing ends the one and removes the other.
 *
 * <p>Closed by whoever opened it or, when the process is told to end, by a shutdown hook: whichever
 * comes first. Guarded by its own monitor.
 */
final class Playground implements AutoCloseable {

  private final Path directory;
  private final Gateway gateway;
  private boolean closed;

  private Playground(Path directory, Gateway gateway) {
    this.directory = directory;
    this.gateway = gateway;
  }

  /** Starts a gateway by {@code command}. */
  static Playground open(List<String> command, String adminKey) {
    try {
      Path directory = Files.createTempDirectory("tollgate-demo-");
      Playground playground =
          new Playground(directory, Gateway.start(command, directory, adminKey));
      Runtime.getRuntime().addShutdownHook(new Thread(playground::close, "demo-clean-up"));
      return playground;
    } catch (IOException e) {
      throw new UncheckedIOException("no directory for temporary files", e);
    }
  }

  Gateway gateway() {
    return gateway;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      gateway.close();
      remove(directory);
    }
  }

  private static void remove(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " could not be removed", e);
    }
  }
}
