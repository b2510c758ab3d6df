package dev.tollgate.bootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a PostgreSQL server writes about itself into its data directory: {@code postmaster.pid}
 * (PostgreSQL's {@code miscadmin.h}, "LOCK_FILE_LINE").
 *
 * @param pid the server, or whoever bears its number now
 */
record PostmasterFile(long pid, int port) {

  /** No process bears this number: it is above the kernel's highest. */
  private static final String NOBODY = String.valueOf(Integer.MAX_VALUE);

  /** Reads the file of {@code data}; null where there is none, or none that is whole. */
  static @Nullable PostmasterFile read(Path data) {
    List<String> lines = lines(data);
    if (lines.size() < 4) {
      return null;
    }
    try {
      return new PostmasterFile(
          Long.parseLong(lines.get(0).strip()), Integer.parseInt(lines.get(3).strip()));
    } catch (NumberFormatException _) {
      return null;
    }
  }

  /** Whether a PostgreSQL server of that number runs. */
  boolean runs() {
    return ServerProcess.runs(pid, "postgres");
  }

  /**
   * Makes the file name nobody. PostgreSQL refuses to start while the number is borne by any
   * process of the same user, which after a restart of a container is the rule. The file is not
   * deleted: by its other lines PostgreSQL finds shared memory that is still in use.
   */
  static void disown(Path data) {
    List<String> lines = lines(data);
    if (!lines.isEmpty()) {
      try {
        Files.writeString(
            data.resolve("postmaster.pid"),
            Stream.concat(Stream.of(NOBODY), lines.stream().skip(1))
                .collect(Collectors.joining("\n", "", "\n")));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write to " + data, e);
      }
    }
  }

  private static List<String> lines(Path data) {
    try {
      return Files.readAllLines(data.resolve("postmaster.pid"));
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the state of " + data, e);
    }
  }
}
