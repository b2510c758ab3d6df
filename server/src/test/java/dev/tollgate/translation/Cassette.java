package dev.tollgate.translation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A conversation as both sides see it, in files: what the caller sends ({@code request.json}) and
 * the provider gets ({@code request.upstream.json}); what the provider answers ({@code
 * answer.upstream.json}, {@code stream.upstream.txt}) and the caller gets ({@code answer.json},
 * {@code stream.txt}). {@code target} names the model.
 */
record Cassette(Path folder) {

  static final Path ALL = Path.of("src", "test", "resources", "dev", "tollgate", "translation");

  static List<Cassette> all() {
    try (Stream<Path> files = Files.walk(ALL, 2)) {
      return files
          .filter(path -> path.getNameCount() == ALL.getNameCount() + 2)
          .sorted()
          .map(Cassette::new)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Translation translation() {
    return Targets.direction(folder.getName(folder.getNameCount() - 2).toString());
  }

  Target target() {
    return Targets.named(text("target").strip());
  }

  boolean has(String file) {
    return Files.exists(folder.resolve(file));
  }

  byte[] bytes(String file) {
    try {
      return Files.readAllBytes(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text(String file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  /** What of the request decides on the answer. */
  Asked asked() {
    return has("request.json")
        ? translation().request(bytes("request.json"), target()).asked()
        : new Asked(true, true);
  }

  @Override
  public String toString() {
    return ALL.relativize(folder).toString();
  }
}
