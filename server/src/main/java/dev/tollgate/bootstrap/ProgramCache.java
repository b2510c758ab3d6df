package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The embedded servers' programs, unpacked once from the jars that bring them.
 *
 * <p>A program's directory is named by its checksum, made aside under a file lock and renamed, so
 * that any number of processes may ask at once and none sees half a directory.
 */
final class ProgramCache {

  private final Path root;

  ProgramCache(Path root) {
    this.root = root;
  }

  /** The user's own cache: {@code $XDG_CACHE_HOME/tollgate}, else {@code ~/.cache/tollgate}. */
  static ProgramCache ofUser() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path caches =
        xdg == null || xdg.isBlank()
            ? DataDirectory.home(System.getenv()).resolve(".cache")
            : Path.of(xdg);
    return new ProgramCache(caches.resolve("tollgate"));
  }

  /** The directory of PostgreSQL: {@code bin}, {@code lib} and {@code share} are in it. */
  Path postgres() {
    String arch = arch().equals("arm64") ? "arm_64" : "x86_64";
    return unpacked("postgres", "/postgres-linux-" + arch + ".txz", ProgramCache::untar);
  }

  /** The server of Redis. */
  Path redis() {
    String program =
        arch().equals("arm64")
            ? "redis-server-6.2.7-linux-arm64"
            : "redis-server-6.2.6-v5-linux-amd64";
    return unpacked("redis", "/" + program, ProgramCache::copy).resolve("redis-server");
  }

  private static String arch() {
    String system = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    if (system.equals("Linux") && arch.equals("amd64")) {
      return "amd64";
    }
    if (system.equals("Linux") && arch.equals("aarch64")) {
      return "arm64";
    }
    throw Failure.of(
        ErrorCode.UNAVAILABLE,
        "Tollgate brings no PostgreSQL and no Redis for "
            + system
            + " on "
            + arch
            + ": set TOLLGATE_DATABASE_URL and TOLLGATE_REDIS_URL to servers of your own");
  }

  private interface Unpacking {
    void into(Path directory, InputStream resource) throws IOException;
  }

  private Path unpacked(String name, String resource, Unpacking unpacking) {
    URL source = ProgramCache.class.getResource(resource);
    if (source == null) {
      throw Failure.of(ErrorCode.UNAVAILABLE, "no " + resource + " on the class path");
    }
    try {
      Path directory = root.resolve(name + "-" + checksum(source));
      if (!Files.isDirectory(directory)) {
        PrivateFiles.directory(root);
        unpackUnderLock(directory, source, unpacking);
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + resource + " to " + root, e);
    }
  }

  private void unpackUnderLock(Path directory, URL source, Unpacking unpacking) throws IOException {
    Path lockFile = root.resolve("unpack.lock");
    synchronized (ProgramCache.class) {
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        if (Files.isDirectory(directory)) {
          return;
        }
        Path fresh = root.resolve(directory.getFileName() + ".new");
        delete(fresh);
        Files.createDirectory(fresh);
        try (InputStream in = new BufferedInputStream(source.openStream())) {
          unpacking.into(fresh, in);
        }
        Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static String checksum(URL source) throws IOException {
    if (source.openConnection() instanceof JarURLConnection jar) {
      return HexFormat.of().toHexDigits((int) jar.getJarEntry().getCrc());
    }
    throw new IOException(source + " is not in a jar");
  }

  private static void copy(Path directory, InputStream resource) throws IOException {
    Path program = directory.resolve("redis-server");
    Files.copy(resource, program);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void untar(Path directory, InputStream resource) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZCompressorInputStream(resource))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        extract(directory, entry, tar);
      }
    }
  }

  private static void extract(Path directory, TarArchiveEntry entry, TarArchiveInputStream tar)
      throws IOException {
    Path target = directory.resolve(entry.getName()).normalize();
    if (!target.startsWith(directory)) {
      throw new IOException(entry.getName() + " leads out of the archive");
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, target);
      boolean program = (entry.getMode() & 0100) != 0;
      Files.setPosixFilePermissions(
          target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }

  /** Deletes {@code directory} with all that is in it; nothing happens where it is not there. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
