package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A directory held by this process alone; the operating system frees it when the process dies. */
final class DirectoryLock implements AutoCloseable {

  /**
   * The lock files that this process holds. They must not be opened a second time: closing any
   * descriptor of a file gives up the process's locks on it (POSIX, {@code fcntl}).
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private DirectoryLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes {@code directory}, which must be there.
   *
   * @throws Failure with {@link ErrorCode#CONFLICT} that names the process that holds it
   */
  static DirectoryLock take(Path directory) {
    try {
      Path file = file(directory);
      if (!HELD.add(file)) {
        throw taken(directory, String.valueOf(ProcessHandle.current().pid()));
      }
      try {
        return new DirectoryLock(file, lock(directory, file));
      } catch (RuntimeException | IOException e) {
        HELD.remove(file);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + directory, e);
    }
  }

  private static FileChannel lock(Path directory, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw taken(directory, Files.readString(file).strip());
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
      return channel;
    } catch (RuntimeException | IOException e) {
      channel.close();
      throw e;
    }
  }

  private static Failure taken(Path directory, String pid) {
    return Failure.of(ErrorCode.CONFLICT, directory + " is in use by the process " + pid);
  }

  /** Whether some process, this one included, holds {@code directory}. */
  static boolean isTaken(Path directory) {
    try {
      Path file = file(directory);
      if (HELD.contains(file)) {
        return true;
      }
      if (!Files.exists(file)) {
        return false;
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        return channel.tryLock() == null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at the lock of " + directory, e);
    }
  }

  private static Path file(Path directory) throws IOException {
    return directory.toRealPath().resolve("lock");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unlock a directory", e);
    } finally {
      HELD.remove(file);
    }
  }
}
