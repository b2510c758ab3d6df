package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MigrationsTest {

  private static final Path FILES = Path.of("src", "main", "resources", "db", "migration");

  @Test
  void knowsTheNewestMigration() throws IOException {
    assertThat(files().stream().mapToInt(MigrationsTest::version).max())
        .hasValue(Migrations.NEWEST);
  }

  /** A pool in transaction mode may run a migration in another session than the one before. */
  @Test
  void everyMigrationSetsItsOwnSearchPath() throws IOException {
    for (Path file : files()) {
      assertThat(Files.readString(file))
          .as(file.toString())
          .contains("SET LOCAL search_path TO tollgate");
    }
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      return files.toList();
    }
  }

  private static int version(Path file) {
    String name = file.getFileName().toString();
    return Integer.parseInt(name.substring(1, name.indexOf("__")));
  }
}
