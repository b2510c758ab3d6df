package dev.tollgate.bootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** What an embedded server writes about itself: {@code server.log}, bounded at each start. */
record ServerLog(Path file) {

  private static final long BOUND = 4 << 20;
  private static final int SHOWN = 5;

  static ServerLog in(Path home) {
    return new ServerLog(home.resolve("server.log"));
  }

  /** Sets a log that has grown aside; of those set aside only the last is kept. */
  void rotate() {
    try {
      if (Files.exists(file) && Files.size(file) > BOUND) {
        Files.move(file, file.resolveSibling("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot set aside " + file, e);
    }
  }

  /** The last lines, for the message of an error. */
  String end() {
    try (Stream<String> lines = Files.exists(file) ? Files.lines(file) : Stream.empty()) {
      List<String> all = lines.toList();
      return all.isEmpty()
          ? ""
          : "; the end of "
              + file
              + ":\n"
              + String.join("\n", all.subList(Math.max(0, all.size() - SHOWN), all.size()));
    } catch (IOException | UncheckedIOException e) {
      return "; " + file + " cannot be read: " + e.getMessage();
    }
  }
}
