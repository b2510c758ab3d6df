package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Closer;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.StorageConfig;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The database for a command of a few seconds: the configured one, that of a gateway that runs on
 * the data directory, or that directory's own, started for the while.
 */
final class CommandDatabase implements AutoCloseable {

  private final Closer closer = new Closer();
  private final StorageConfig storage;
  private final String place;

  CommandDatabase(DatabaseSection config, Path directory) {
    DatabaseUrl url = config.url();
    this.storage = url != null ? config.storage(url) : config.storage(embedded(directory));
    this.place = url != null ? "the configured database" : "the database in " + directory;
  }

  private PostgresAddress embedded(Path directory) {
    Path home = directory.toAbsolutePath().normalize().resolve("postgres");
    if (!Files.isDirectory(home)) {
      throw Failure.of(
          ErrorCode.NOT_FOUND,
          "there is no database in " + directory + ": give --data, or set TOLLGATE_DATABASE_URL");
    }
    PostgresAddress running = EmbeddedPostgres.running(home);
    return running != null ? running : closer.add(EmbeddedPostgres.start(home)).owner();
  }

  /** Which one it is, for people. */
  String place() {
    return place;
  }

  StorageConfig storage() {
    return storage;
  }

  @Override
  public void close() {
    closer.close();
  }
}
