package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, within a deadline. */
final class Command {

  private Command() {}

  /**
   * How a program ended.
   *
   * @param output what it wrote on both its streams, stripped
   */
  record Ended(int status, String output) {

    boolean succeeded() {
      return status == 0;
    }
  }

  /** Runs {@code words} in the directory {@code home}; a program that overstays is ended. */
  static Ended run(List<String> words, Path home, Duration deadline) {
    try {
      Path output = Files.createTempFile("tollgate-", ".out");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(words)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        clean(builder.environment());
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
          process.destroyForcibly();
        }
        String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
        return ended
            ? new Ended(process.exitValue(), text)
            : new Ended(-1, text + "\nended after " + deadline.toSeconds() + " s");
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      return new Ended(-1, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(ErrorCode.UNAVAILABLE, "interrupted while running " + words.getFirst(), e);
    }
  }

  /** Takes away what would lead PostgreSQL's programs astray. */
  private static void clean(Map<String, String> environment) {
    environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
    environment.put("LC_ALL", "C");
  }
}
