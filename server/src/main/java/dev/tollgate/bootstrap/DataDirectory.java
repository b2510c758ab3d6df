package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node keeps between its starts: who it is, its first keys, and the embedded servers' data.
 * Held by one process at a time; for its owner's eyes alone.
 */
final class DataDirectory implements AutoCloseable {

  private final Path path;
  private final DirectoryLock lock;

  private DataDirectory(Path path, DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /** {@code $TOLLGATE_DATA}, else {@code tollgate} where the desktop keeps programs' data. */
  static Path preset(Map<String, String> environment) {
    String named = environment.getOrDefault("TOLLGATE_DATA", "");
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
    return xdg.isEmpty()
        ? home(environment).resolve(Path.of(".local", "share", "tollgate"))
        : Path.of(xdg, "tollgate");
  }

  /** {@code $HOME}, as a shell's {@code ~}; the JVM's own notion is that of the user database. */
  static Path home(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home") : home);
  }

  /**
   * Makes the directory if need be, and takes it.
   *
   * @throws Failure CONFLICT when another process has it
   */
  static DataDirectory take(Path directory) {
    Path absolute = PrivateFiles.directory(directory.toAbsolutePath().normalize());
    try {
      return new DataDirectory(absolute, DirectoryLock.take(absolute));
    } catch (Failure taken) {
      throw Failure.of(
          taken.code(),
          "the data directory "
              + taken.getMessage()
              + ": stop that, or choose another directory by --data",
          taken);
    }
  }

  Path path() {
    return path;
  }

  /** What this node is called in the database, made at the first start. */
  UUID nodeId() {
    Path file = path.resolve("node-id");
    String kept = PrivateFiles.read(file);
    if (kept != null) {
      return UUID.fromString(kept);
    }
    UUID made = UUID.randomUUID();
    PrivateFiles.write(file, made.toString());
    return made;
  }

  Path postgres() {
    return path.resolve("postgres");
  }

  Path redis() {
    return path.resolve("redis");
  }

  /** Where the first administrator's key is written. */
  static Path administratorKey(Path directory) {
    return directory.resolve("administrator.key");
  }

  /** Where the key of the organization {@code default} is written. */
  static Path organizationKey(Path directory) {
    return directory.resolve("default.key");
  }

  /** Where a running node writes how it is reached. */
  static Path address(Path directory) {
    return directory.resolve("address");
  }

  /** A file's text; null: it is not there. */
  static @Nullable String read(Path file) {
    return PrivateFiles.read(file);
  }

  void keep(Path file, Secret secret) {
    PrivateFiles.write(file, secret.reveal());
  }

  @Override
  public void close() {
    lock.close();
  }
}
