package dev.tollgate.spend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The journal's files: for their owner alone, made whole or not at all, never silently deleted. */
final class OwnerFiles {

  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWNER_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** How many files that were set aside are kept; older ones go. */
  static final int KEPT_ASIDE = 16;

  private static final String ASIDE = ".aside-";
  private static final String FRESH = ".new";

  private OwnerFiles() {}

  /** Makes {@code directory} and its parents; its name is durable when this returns. */
  static Path directory(Path directory) throws IOException {
    Path made = Files.createDirectories(directory, OWNER_DIRECTORY);
    Path parent = made.toAbsolutePath().getParent();
    if (parent != null) {
      sync(parent);
    }
    return made;
  }

  /**
   * Makes {@code file} of {@code start} and zeros up to {@code size}, replacing what was there. The
   * zeros are written: a store into the mapping must not find the disk full.
   */
  static void make(Path file, ByteBuffer start, long size) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + FRESH);
    Files.deleteIfExists(fresh);
    try {
      try (FileChannel channel =
          FileChannel.open(
              fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_FILE)) {
        writeAll(channel, start);
        ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
        while (channel.position() < size) {
          zeros.clear().limit((int) Math.min(zeros.capacity(), size - channel.position()));
          writeAll(channel, zeros);
        }
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Renames {@code file} out of the way. */
  static Path setAside(Path file) throws IOException {
    Path aside = Files.move(file, freeName(file), StandardCopyOption.ATOMIC_MOVE);
    prune(file);
    return aside;
  }

  /** Keeps {@code bytes} that were cut off {@code file}, on the disk when this returns. */
  static void keepAside(Path file, ByteBuffer bytes) throws IOException {
    Path aside = freeName(file);
    make(aside, bytes, 0);
    try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    prune(file);
  }

  /** Makes the names in {@code directory} durable, whoever interrupts. */
  static void sync(Path directory) throws IOException {
    boolean interrupted = false;
    while (!forced(directory)) {
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean forced(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  /** Deletes what a process left half made. */
  static void deleteHalfMade(Path directory) throws IOException {
    for (Path file : list(directory, FRESH + "$")) {
      Files.deleteIfExists(file);
    }
  }

  /** The files whose name has a match of {@code pattern}, by name. */
  static List<Path> list(Path directory, String pattern) throws IOException {
    java.util.regex.Pattern compiled = java.util.regex.Pattern.compile(pattern);
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> compiled.matcher(file.getFileName().toString()).find())
          .sorted()
          .toList();
    }
  }

  private static Path freeName(Path file) throws IOException {
    for (int number = 0; number < 1_000_000; number++) {
      Path aside = file.resolveSibling("%s%s%06d".formatted(file.getFileName(), ASIDE, number));
      if (Files.notExists(aside)) {
        return aside;
      }
    }
    throw new FileAlreadyExistsException(file + ASIDE);
  }

  private static void prune(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      return;
    }
    List<Path> aside =
        list(parent, ASIDE + "\\d{6}$").stream()
            .sorted(java.util.Comparator.comparingLong(OwnerFiles::modified).reversed())
            .toList();
    for (Path old : aside.subList(Math.min(KEPT_ASIDE, aside.size()), aside.size())) {
      Files.deleteIfExists(old);
    }
  }

  private static long modified(Path file) {
    return file.toFile().lastModified();
  }
}
